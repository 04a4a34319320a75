import JSON

/// Rules about the events of `LotEvents`: five for each kind of operator.
enum LotRules {
    /// The x of a corner that some lots share.
    static let landmark = -29.912345678901

    static let classes: [(name: String, rules: [JSON])] = [
        ("EXACT", names.map { property("LOT_NAME", $0) }),
        ("WILDCARD", wildcards.map { property("LOT_NAME", ["wildcard": $0]) }),
        ("PREFIX", beginnings.map { property("STREET", ["prefix": $0]) }),
        (
            "PREFIX_EQUALS_IGNORE_CASE",
            mixed(beginnings).map { property("STREET", ["prefix": ["equals-ignore-case": $0]]) }
        ),
        ("SUFFIX", endings.map { property("STREET", ["suffix": $0]) }),
        (
            "SUFFIX_EQUALS_IGNORE_CASE",
            mixed(endings).map { property("STREET", ["suffix": ["equals-ignore-case": $0]]) }
        ),
        ("EQUALS_IGNORE_CASE", mixed(streets).map { property("STREET", ["equals-ignore-case": $0]) }),
        ("NUMERIC", ranges.map { ["geometry": .object(["firstCorner": ["x": [["numeric": $0]]]])] }),
        ("ANYTHING_BUT", streets.map { property("STREET", ["anything-but": [$0]]) }),
        ("ANYTHING_BUT_IGNORE_CASE", mixed(streets).map { property("STREET", butLike("equals-ignore-case", [$0])) }),
        ("ANYTHING_BUT_PREFIX", beginnings.map { property("STREET", butLike("prefix", $0)) }),
        ("ANYTHING_BUT_SUFFIX", endings.map { property("STREET", butLike("suffix", $0)) }),
        ("ANYTHING_BUT_WILDCARD", wildcards.map { property("LOT_NAME", butLike("wildcard", $0)) }),
        ("COMPLEX_ARRAYS", ranges.map { ["geometry": ["type": ["Polygon"], "corners": ["x": [["numeric": $0]]]]] }),
    ]

    private static let names: [JSON] = ["VILLA1", "VILLA2", "VILLA3", "VILLA4", "VILLA5"]
    private static let wildcards: [JSON] = ["14*", "2*0*1*7", "*088", "3*5*2", "VI*4"]
    private static let beginnings: [JSON] = ["AN", "BAR", "FL", "HA", "SE"]
    private static let endings: [JSON] = ["ER", "OR", "DA", "NG", "TH"]
    private static let streets: [JSON] = ["ANCHOR", "GALLEON", "HARBOR", "QUAY", "31ST"]
    private static let ranges: [JSON] = [
        ["=", .number("\(landmark)")], ["<", .number("-29.95")], [">", .number("-29.95")],
        [">", .number("-29.97"), "<", .number("-29.93")], [">=", .number("-29.901")],
    ]

    private static func property(_ name: String, _ matcher: JSON) -> JSON {
        .object(["properties": .object([name: [matcher]])])
    }

    private static func butLike(_ kind: String, _ value: JSON) -> JSON { ["anything-but": .object([kind: value])] }

    /// Every other letter small.
    private static func mixed(_ texts: [JSON]) -> [JSON] {
        texts.map { text in
            .string(
                (text.string ?? "").enumerated().map { $0.offset % 2 == 0 ? "\($0.element)" : $0.element.lowercased() }
                    .joined())
        }
    }
}
