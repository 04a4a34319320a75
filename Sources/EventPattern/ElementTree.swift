/// Which element of which array the values of an event lie in. Elements are numbered in the order of the text, so that what
/// lies below one has the numbers up to its array's next; number 0 is the event itself.
///
/// A value that stands in an array without an object or array around it belongs to what the array belongs to: only objects
/// and arrays are elements.
struct ElementTree {
    private(set) var parents: [Int32] = [0]
    /// The array that an element lies in.
    private(set) var arrays: [Int32] = [-1]
    /// The last number below an array.
    private(set) var arrayEnds: [Int32] = []

    var isFlat: Bool { parents.count == 1 }

    mutating func reset() {
        parents.removeLast(parents.count - 1)
        arrays.removeLast(arrays.count - 1)
        arrayEnds.removeAll(keepingCapacity: true)
    }

    mutating func openArray() -> Int32 {
        arrayEnds.append(0)
        return Int32(truncatingIfNeeded: arrayEnds.count - 1)
    }

    mutating func closeArray(_ array: Int32) {
        arrayEnds[Int(array)] = Int32(truncatingIfNeeded: parents.count - 1)
    }

    mutating func addElement(of array: Int32, below parent: Int32) -> Int32 {
        parents.append(parent)
        arrays.append(array)
        return Int32(truncatingIfNeeded: parents.count - 1)
    }
}
