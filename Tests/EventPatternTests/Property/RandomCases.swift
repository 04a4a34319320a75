import JSON
import PatternReference

/// Patterns and events of few names and values, so that they often nearly match.
struct RandomCases {
    var random: SplitMix

    private static let names = ["a", "b", "c", "a.b", "d-é"]
    private static let texts = [
        "", "a", "b", "ab", "ba", "abab", "aab", "A", "aB", "é", "É", "ß", "a\"\\b", "*", "10.0.0.1", "10.0.0.200", "1",
        "𝄞",
    ]
    private static let numbers = ["0", "-0.0", "1", "1.0", "1e0", "2.5", "-3", "100", "0.1", "1e3", "123456789012"]
    private static let wildcards = ["*", "a*", "*b", "a*b", "*a*", "*ab*", "a*a*b", "\u{e9}*", ""]

    // MARK: Events

    mutating func event() -> JSON { .object(object(depth: 3)) }

    private mutating func object(depth: Int) -> JSONObject {
        var object = JSONObject()
        for _ in 0...random.number(4) { object[random.one(of: Self.names)] = value(depth: depth - 1) }
        return object
    }

    private mutating func value(depth: Int) -> JSON {
        if depth > 0 {
            switch random.number(6) {
            case 0, 1: return .object(object(depth: depth))
            case 2, 3:
                var items: [JSON] = []
                for _ in 0..<random.number(4) { items.append(value(depth: depth - random.number(2))) }
                return .array(items)
            default: break
            }
        }
        return scalar()
    }

    private mutating func scalar() -> JSON {
        switch random.number(8) {
        case 0: .null
        case 1: .bool(random.once(in: 2))
        case 2, 3: .number(random.one(of: Self.numbers))
        default: .string(random.one(of: Self.texts))
        }
    }

    // MARK: Patterns

    mutating func pattern() -> JSON { .object(patternObject(depth: 3)) }

    private mutating func patternObject(depth: Int) -> JSONObject {
        var object = JSONObject()
        for _ in 0...random.number(2) {
            if random.once(in: 10) {
                var branches: [JSON] = []
                for _ in 0..<2 + random.number(2) { branches.append(.object(patternObject(depth: depth - 1))) }
                object["$or"] = .array(branches)
            } else {
                let isNested = depth > 1 && random.once(in: 3)
                object[random.one(of: Self.names)] =
                    isNested ? .object(patternObject(depth: depth - 1)) : .array(matchers())
            }
        }
        return object
    }

    private mutating func matchers() -> [JSON] {
        var matchers: [JSON] = []
        for _ in 0...random.number(2) { matchers.append(matcher()) }
        return matchers
    }

    private mutating func matcher() -> JSON {
        let text = JSON.string(random.one(of: Self.texts))
        switch random.number(12) {
        case 0: return ["exists": .bool(random.once(in: 2))]
        case 1: return [random.one(of: ["prefix", "suffix"]): text]
        case 2: return [random.one(of: ["prefix", "suffix"]): ["equals-ignore-case": text]]
        case 3: return ["equals-ignore-case": text]
        case 4: return ["wildcard": .string(random.one(of: Self.wildcards))]
        case 5: return ["numeric": .array(range())]
        case 6: return ["cidr": .string("10.0.0.\(random.number(256))/\(random.number(33))")]
        case 7, 8: return ["anything-but": anythingBut()]
        default: return scalar()
        }
    }

    private mutating func bound() -> JSON { .number(random.one(of: Array(Self.numbers.dropLast()))) }

    private mutating func range() -> [JSON] {
        guard random.once(in: 3) else { return [.string(random.one(of: ["=", "<", "<=", ">", ">="])), bound()] }
        return [
            .string(random.one(of: [">", ">="])), .number(random.one(of: ["-3", "0", "0.1"])),
            .string(random.one(of: ["<", "<="])), .number(random.one(of: ["1", "2.5", "100"])),
        ]
    }

    private mutating func anythingBut() -> JSON {
        var texts: [JSON] = []
        for _ in 0...random.number(2) { texts.append(.string(random.one(of: Self.texts))) }
        let some = random.once(in: 2) ? texts[0] : .array(texts)
        let kept = texts.filter { $0 != "" }
        switch random.number(5) {
        case 0: return random.once(in: 2) ? bound() : [bound(), bound()]
        case 1 where !kept.isEmpty: return [random.one(of: ["prefix", "suffix"]): .array(kept)]
        case 2: return ["equals-ignore-case": some]
        case 3: return ["wildcard": .string(random.one(of: Self.wildcards))]
        default: return some
        }
    }

    // MARK: Text

    /// The same value in another spelling: blanks between the parts, escapes within strings.
    mutating func text(_ value: JSON) -> String {
        switch value {
        case .object(let object):
            "{\(blank())\(object.map { "\(string($0.name))\(blank()):\(text($0.value))" }.joined(separator: ","))}"
        case .array(let items): "[\(blank())\(items.map { text($0) }.joined(separator: ",\(blank())"))\(blank())]"
        case .string(let text): string(text)
        default: "\(blank())\(value)\(blank())"
        }
    }

    private mutating func blank() -> String { random.once(in: 6) ? random.one(of: [" ", "\n", "\t \r\n"]) : "" }

    private mutating func string(_ text: String) -> String {
        guard random.once(in: 4) else { return JSON.string(text).description }
        return "\"\(text.utf16.map { "\\u" + String(0x10000 + Int($0), radix: 16).dropFirst() }.joined())\""
    }
}
