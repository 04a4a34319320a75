/// The schema's text: a node on a line, children behind their parent.
///
/// A line is the node's depth in one hexadecimal digit, its name and, for a property, a blank and the letter of its type.
/// Depth 0 is the name of a resource type, or `*` for properties that belong to no type in particular.
struct PropertyTree: Sendable {
    static let schema = PropertyTree(EmbeddedSchema.resourceTypes.bytes)

    /// Where the properties of each type stand in the text.
    let types: [String: Range<Int>]
    private let text: [UInt8]

    var all: Range<Int> { text.indices }

    private init(_ text: [UInt8]) {
        self.text = text
        var types: [String: Range<Int>] = [:]
        var open: (name: String, start: Int)?
        Self.eachLine(of: text, in: text.indices) { line in
            guard text[line.lowerBound] == UInt8(ascii: "0") else { return }
            if let open { types[open.name] = open.start..<line.lowerBound }
            open = (String(decoding: text[line.dropFirst()], as: UTF8.self), line.upperBound + 1)
        }
        // The last one is `*`, no type.
        self.types = types
    }

    /// Calls with the dotted path of every property in a part of the text.
    func visit(_ lines: Range<Int>, property: (String, PropertyType) -> Void) {
        var path: [UInt8] = []
        // The length of the path at each depth.
        var ends = [Int](repeating: 0, count: 17)
        Self.eachLine(of: text, in: lines) { line in
            let depth = Int(text[line.lowerBound] & 15) + (text[line.lowerBound] >= UInt8(ascii: "a") ? 9 : 0)
            guard depth > 0 else { return }
            path.removeSubrange(ends[depth - 1]...)
            if depth > 1 { path.append(UInt8(ascii: ".")) }
            let node = text[line.dropFirst()]
            let name = node.prefix { $0 != UInt8(ascii: " ") }
            path += name
            ends[depth] = path.count
            guard name.count < node.count, let letter = node.last,
                let type = PropertyType(rawValue: Character(Unicode.Scalar(letter)))
            else { return }
            property(String(decoding: path, as: UTF8.self), type)
        }
    }

    private static func eachLine(of text: [UInt8], in range: Range<Int>, line: (Range<Int>) -> Void) {
        var start = range.lowerBound
        while let end = text[start..<range.upperBound].firstIndex(of: UInt8(ascii: "\n")) {
            line(start..<end)
            start = end + 1
        }
    }
}
