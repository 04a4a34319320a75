import JSON

/// A place in a document's text, as AWS's errors name it: from 1, in bytes.
struct ContentPlace: CustomStringConvertible {
    let line: Int
    let column: Int

    var description: String { "Line: \(line), Column: \(column)" }

    init(_ offset: Int, in text: String) {
        let before = text.utf8.prefix(offset)
        line = before.reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { before.index(after: $0) } ?? before.startIndex
        column = before.distance(from: start, to: before.endIndex) + 1
    }

    /// Where the object at a path of members of a JSON text ends; nil where there is none.
    init?(endOf path: [String], in text: String) {
        let bytes = Array(text.utf8)
        /// The member that each of the open objects and arrays is at.
        var open: [(isObject: Bool, member: String?)] = []
        var offset = 0
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "{"): open.append((true, nil))
            case UInt8(ascii: "["): open.append((false, nil))
            case UInt8(ascii: "]"): _ = open.popLast()
            case UInt8(ascii: "}"):
                _ = open.popLast()
                guard open.map(\.member) == path.map(Optional.some) else { break }
                self.init(offset, in: text)
                return
            case UInt8(ascii: ","):
                if open.last?.isObject == true { open[open.count - 1].member = nil }
            case UInt8(ascii: "\""):
                let start = offset
                offset += 1
                while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
                    offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard let last = open.last, last.isObject, last.member == nil, offset < bytes.count else { break }
                open[open.count - 1].member = (try? JSON(parsing: Array(bytes[start...offset])))?.string ?? ""
            default: break
            }
            offset += 1
        }
        return nil
    }
}
