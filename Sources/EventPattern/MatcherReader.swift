import JSON

/// Reads one item of a field's array.
enum MatcherReader {
    static let operators: Set<String> = [
        "prefix", "suffix", "equals-ignore-case", "wildcard", "numeric", "cidr", "exists", "anything-but", "exactly",
    ]
    /// Wildcards whose stars multiply the engine's states are refused.
    private static let starLimit = 10

    static func matcher(_ item: JSON, _ dialect: Dialect) throws(PatternError) -> Matcher {
        switch item {
        case .string(let text): return .string(Array(text.utf8))
        case .number: return .number(try number(item))
        case .bool, .null: return .token(item)
        case .array: throw PatternError("Match value must be String, number, true, false, or null")
        case .object(let object):
            guard let member = object.members.first else { throw PatternError("Empty expression found") }
            guard object.count == 1 else { throw PatternError("Only one key allowed in match expression") }
            return try expression(member.name, member.value)
        }
    }

    private static func expression(_ name: String, _ value: JSON) throws(PatternError) -> Matcher {
        switch name {
        case "exactly": return .string(Array(try text(value, "exact").utf8))
        case "prefix", "suffix": return try affix(name, value)
        case "equals-ignore-case": return .equalsIgnoringCase(try text(value, name).lowercased())
        case "wildcard": return .wildcard(try wildcard(try text(value, name)))
        case "cidr": return .cidr(try AddressRange(try text(value, "prefix")))
        case "exists":
            guard let wanted = value.bool else {
                throw PatternError("exists match pattern must be either true or false.")
            }
            return .exists(wanted)
        case "numeric":
            guard let items = value.array else { throw PatternError("Value of numeric must be an array.") }
            return .numeric(try NumberRange(items))
        case "anything-but": return .anythingBut(try anythingBut(value))
        default: throw PatternError("Unrecognized match type \(name)")
        }
    }

    private static func text(_ value: JSON, _ name: String) throws(PatternError) -> String {
        guard let text = value.string else { throw PatternError("\(name) match pattern must be a string") }
        return text
    }

    static func number(_ value: JSON) throws(PatternError) -> Double {
        // A number too small for a double is not zero.
        let isTooSmall =
            value.numberValue == 0
            && value.description.prefix { $0 != "e" && $0 != "E" }.contains { "123456789".contains($0) }
        guard let number = value.numberValue, number.isFinite, !isTooSmall else {
            throw PatternError("Cannot compare number : \(value)")
        }
        return number
    }

    private static func wildcard(_ text: String) throws(PatternError) -> Wildcard {
        let wildcard = try Wildcard(text)
        guard wildcard.starCount <= starLimit else {
            throw PatternError(
                "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a "
                    + "wildcard character")
        }
        return wildcard
    }

    /// `{"prefix": "a"}` or `{"prefix": {"equals-ignore-case": "a"}}`.
    private static func affix(_ name: String, _ value: JSON) throws(PatternError) -> Matcher {
        if let object = value.object {
            guard let member = object.members.first, object.count == 1 else {
                throw PatternError("Only one key allowed in match expression")
            }
            guard member.name == "equals-ignore-case" else {
                throw PatternError("Unsupported \(name) pattern: \(member.name)")
            }
            let wanted = try text(member.value, name).lowercased()
            return name == "prefix" ? .prefixIgnoringCase(wanted) : .suffixIgnoringCase(wanted)
        }
        let wanted = Array(try text(value, name).utf8)
        return name == "prefix" ? .prefix(wanted) : .suffix(wanted)
    }

    // MARK: anything-but

    private static func anythingBut(_ value: JSON) throws(PatternError) -> [Matcher] {
        switch value {
        case .string(let text): return [.string(Array(text.utf8))]
        case .number: return [.number(try number(value))]
        case .array(let items): return try list(items)
        case .object(let object):
            guard let member = object.members.first, object.count == 1 else {
                throw PatternError("Only one key allowed in match expression")
            }
            return try inner(member.name, member.value)
        default: throw PatternError("Value of anything-but must be an array or single string/number value.")
        }
    }

    private static func list(_ items: [JSON]) throws(PatternError) -> [Matcher] {
        guard !items.isEmpty else { throw PatternError("Empty arrays are not allowed") }
        var matchers: [Matcher] = []
        for item in items {
            switch item {
            case .string(let text): matchers.append(.string(Array(text.utf8)))
            case .number: matchers.append(.number(try number(item)))
            default: throw PatternError("Inside anything but list, start|null|boolean is not supported.")
            }
        }
        let strings = items.count { $0.string != nil }
        guard strings == 0 || strings == items.count else {
            throw PatternError(
                "Inside anything but list, either all values are number or string, mixed type is not supported")
        }
        return matchers
    }

    private static func inner(_ name: String, _ value: JSON) throws(PatternError) -> [Matcher] {
        guard ["prefix", "suffix", "equals-ignore-case", "wildcard"].contains(name) else {
            throw PatternError("Unsupported anything-but pattern: \(name)")
        }
        if value.object != nil {
            throw PatternError("Value of anything-but must be an array or single string/number value.")
        }
        let items = value.array ?? [value]
        guard !items.isEmpty else { throw PatternError("Empty arrays are not allowed") }
        var matchers: [Matcher] = []
        for item in items {
            guard let text = item.string else {
                switch name {
                case "equals-ignore-case":
                    throw PatternError(
                        "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.")
                case "wildcard": throw PatternError("wildcard match pattern must be a string")
                default: throw PatternError("prefix/suffix match pattern must be a string")
                }
            }
            switch name {
            case "equals-ignore-case": matchers.append(.equalsIgnoringCase(text.lowercased()))
            case "wildcard": matchers.append(.wildcard(try wildcard(text)))
            default:
                guard !text.isEmpty else { throw PatternError("Null prefix/suffix not allowed") }
                matchers.append(name == "prefix" ? .prefix(Array(text.utf8)) : .suffix(Array(text.utf8)))
            }
        }
        return matchers
    }
}

extension NumberRange {
    /// `["=", 5]`, `["<", 10]` or `[">", 0, "<=", 5]`.
    init(_ items: [JSON]) throws(PatternError) {
        guard let first = items.first?.string else {
            throw PatternError("Invalid member in numeric match: \(items.first?.description ?? "]")")
        }
        guard ["=", "<", "<=", ">", ">="].contains(first) else {
            throw PatternError("Unrecognized numeric range operator: \(first)")
        }
        func value(_ place: Int, of name: String) throws(PatternError) -> Double {
            guard items.count > place, items[place].numberValue != nil else {
                throw PatternError("Value of \(name) must be numeric")
            }
            return try MatcherReader.number(items[place])
        }
        let number = try value(1, of: first == "=" ? "equals" : first)
        let bound = Bound(value: number, isIncluded: first.hasSuffix("="))
        guard first.hasPrefix(">"), items.count > 2 else {
            guard items.count == 2 else {
                throw PatternError(
                    first == "="
                        ? "Too many terms in numeric range expression" : "Too many elements in numeric expression")
            }
            self.init(lower: first.hasPrefix("<") ? nil : bound, upper: first.hasPrefix(">") ? nil : bound)
            return
        }
        guard let second = items[2].string else { throw PatternError("Bad value in numeric range: \(items[2])") }
        guard ["<", "<="].contains(second) else { throw PatternError("Bad numeric range operator: \(second)") }
        let top = try value(3, of: second)
        guard items.count == 4 else { throw PatternError("Too many terms in numeric range expression") }
        guard number < top else { throw PatternError("Bottom must be less than top") }
        self.init(lower: bound, upper: Bound(value: top, isIncluded: second == "<="))
    }
}
