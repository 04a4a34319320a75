/// The header fields of a message, in their order. Names are compared without regard to case.
///
/// ```swift
/// var headers: Headers = ["Content-Type": "text/plain"]
/// headers.add("Vary", "Origin")
/// headers["content-type"]  // "text/plain"
/// ```
///
/// The fields are one run of bytes, as they are on the wire, and the places of names and values in it: reading a request
/// makes no string that nobody asks for, and writing an answer copies bytes.
public struct Headers: Sendable, ExpressibleByDictionaryLiteral {
    /// Where one field stands in `bytes`.
    struct Field: Sendable {
        let nameStart: UInt32
        let nameEnd: UInt32
        let valueStart: UInt32
        let valueEnd: UInt32

        init(name: Range<Int>, value: Range<Int>) {
            // A head is limited far below what 32 bits can count.
            nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
            nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
            valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
            valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
        }

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    private(set) var bytes: [UInt8] = []
    private(set) var places: [Field] = []

    public init() {}

    public init(dictionaryLiteral elements: (String, String)...) {
        places.reserveCapacity(elements.count)
        bytes.reserveCapacity(elements.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count + 2 })
        for (name, value) in elements { add(name, value) }
    }

    /// - Parameter places: each one within `bytes`.
    init(bytes: [UInt8], places: [Field]) {
        self.bytes = bytes
        self.places = places
    }

    /// All fields in their order.
    public var fields: [(name: String, value: String)] {
        places.map { (name: text($0.name), value: text($0.value)) }
    }

    /// The first value of that name.
    public subscript(name: String) -> String? {
        place(name).map { text($0.value) }
    }

    /// What `body` makes of the bytes of the first value of that name; nil where there is none.
    public func withValue<Result>(of name: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        place(name).map { field in
            bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[field.value])) }
        }
    }

    public func contains(_ name: String) -> Bool { place(name) != nil }

    /// Whether a field has a name that begins like this.
    public func contains(namePrefix prefix: StaticString) -> Bool {
        places.contains { begins($0.name, prefix) }
    }

    /// Whether the first value of that name begins like this, without regard to case.
    public func value(of name: String, hasPrefix prefix: StaticString) -> Bool {
        place(name).map { begins($0.value, prefix) } ?? false
    }

    /// All values of that name in their order.
    public func values(_ name: String) -> [String] {
        places.filter { isName($0, name) }.map { text($0.value) }
    }

    /// Adds a field behind the others. What would break the framing of a message is made harmless: control characters
    /// become spaces in a value and underscores in a name, other characters that a name cannot have also underscores.
    public mutating func add(_ name: String, _ value: String) {
        let nameStart = bytes.count
        bytes.append(contentsOf: name.utf8)
        for index in nameStart..<bytes.count where !Octet.isToken(bytes[index]) { bytes[index] = UInt8(ascii: "_") }
        let nameEnd = bytes.count
        bytes.append(UInt8(ascii: ":"))
        bytes.append(Octet.space)
        let valueStart = bytes.count
        bytes.append(contentsOf: value.utf8)
        for index in valueStart..<bytes.count where !Octet.isFieldContent(bytes[index]) { bytes[index] = Octet.space }
        places.append(Field(name: nameStart..<nameEnd, value: valueStart..<bytes.count))
    }

    /// Puts one field in the place of all of that name.
    public mutating func set(_ name: String, _ value: String) {
        places = places.filter { !isName($0, name) }
        add(name, value)
    }

    private func place(_ name: String) -> Field? {
        // A loop, since this is looked up several times for each request.
        for place in places where isName(place, name) { return place }
        return nil
    }

    @inline(__always)
    private func isName(_ place: Field, _ name: String) -> Bool {
        let name = name.utf8
        guard place.name.count == name.count else { return false }
        var index = place.name.lowerBound
        for byte in name {
            guard Octet.lower(byte) == Octet.lower(bytes[index]) else { return false }
            index += 1
        }
        return true
    }

    private func begins(_ range: Range<Int>, _ prefix: StaticString) -> Bool {
        guard range.count >= prefix.utf8CodeUnitCount else { return false }
        return prefix.withUTF8Buffer { prefix in
            prefix.indices.allSatisfy { Octet.lower(bytes[range.lowerBound + $0]) == Octet.lower(prefix[$0]) }
        }
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}
