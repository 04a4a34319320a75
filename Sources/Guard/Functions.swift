import JSON
import YAML

/// https://docs.aws.amazon.com/cfn-guard/latest/ug/function-reference.html
enum Function: String, Sendable {
    case count, join, now, substring
    case jsonParse = "json_parse"
    case regexReplace = "regex_replace"
    case toLower = "to_lower"
    case toUpper = "to_upper"
    case urlDecode = "url_decode"
    case parseInt = "parse_int"
    case parseFloat = "parse_float"
    case parseBoolean = "parse_boolean"
    case parseString = "parse_string"
    case parseChar = "parse_char"
    case parseEpoch = "parse_epoch"

    var argumentCount: Int {
        switch self {
        case .now: 0
        case .join: 2
        case .substring, .regexReplace: 3
        default: 1
        }
    }
}

extension Evaluator {
    /// Most functions are about each value of their first argument, and leave out those of the wrong type. The results have
    /// the paths of the values that they are made of.
    func results(of call: FunctionCall, in scope: Scope) throws(GuardError) -> [QueryResult] {
        var arguments: [[QueryResult]] = []
        for argument in call.arguments { arguments.append(try results(of: argument, in: scope)) }
        switch call.function {
        case .now: return [.resolved(Located(.int(now)))]
        case .count:
            let count = arguments[0].count { $0.located != nil }
            return [.resolved(Located(.int(Int64(count)), at: path(of: arguments[0])))]
        case .join:
            return [.resolved(Located(.string(try join(arguments)), at: path(of: arguments[0])))]
        case .substring:
            let from = try number(arguments[1], "The second argument of substring")
            let to = try number(arguments[2], "The third argument of substring")
            return try map(arguments[0]) { value, _ throws(GuardError) in substring(value, from, to) }
        case .regexReplace:
            let pattern = try text(arguments[1], "The second argument of regex_replace")
            let replacement = try text(arguments[2], "The third argument of regex_replace")
            let regex = try regex(pattern)
            return try map(arguments[0]) { value, _ throws(GuardError) in try replace(regex, replacement, value) }
        default:
            return try map(arguments[0]) { value, path throws(GuardError) in
                try convert(value, call.function, path)
            }
        }
    }

    private func map(
        _ results: [QueryResult], _ body: (Value, Path) throws(GuardError) -> Value?
    ) throws(GuardError) -> [QueryResult] {
        var mapped: [QueryResult] = []
        for result in results {
            guard let located = result.located else { continue }
            try spend()
            if let value = try body(located.value, located.path) {
                mapped.append(.resolved(Located(value, at: located.path)))
            }
        }
        return mapped
    }

    private func path(of results: [QueryResult]) -> Path {
        switch results.first {
        case .literal(let located), .resolved(let located): located.path
        case .unresolved(let missing): missing.reached.path
        case nil: .root
        }
    }

    // MARK: Arguments

    private func text(_ argument: [QueryResult], _ name: String) throws(GuardError) -> String {
        guard case .string(let text) = argument.first?.located?.value else { throw error("\(name) is a text.") }
        return text
    }

    /// Taken as 16 bits without a sign, as cfn-guard does.
    private func number(_ argument: [QueryResult], _ name: String) throws(GuardError) -> Int {
        switch argument.first?.located?.value {
        case .int(let int): return Int(UInt16(truncatingIfNeeded: int))
        case .float(let float): return Int(min(max(float.isNaN ? 0 : float, 0), 65535))
        default: throw error("\(name) is a number.")
        }
    }

    private func regex(_ pattern: String) throws(GuardError) -> RustRegex {
        do {
            return try RustRegex(pattern)
        } catch {
            throw self.error("The regular expression cannot be read: \(error.message)")
        }
    }

    // MARK: Texts

    private func join(_ arguments: [[QueryResult]]) throws(GuardError) -> String {
        let separator: String
        switch arguments[1].first?.located?.value {
        case .string(let text): separator = text
        case .char(let char): separator = String(char)
        default: throw error("The second argument of join is a text or a character.")
        }
        var parts: [String] = []
        for result in arguments[0] {
            guard let value = result.located?.value else { throw error("join is given a value that is not there.") }
            guard case .string(let text) = value else {
                throw error("join takes texts and no value of the type \(value.typeName).")
            }
            try spend(1 + (text.utf8.count + separator.utf8.count) / Work.bytesOfAStep)
            parts.append(text)
        }
        return parts.joined(separator: separator)
    }

    private func substring(_ value: Value, _ from: Int, _ to: Int) -> Value? {
        guard case .string(let text) = value else { return nil }
        let scalars = text.unicodeScalars
        guard from < to, to <= scalars.count else { return nil }
        var part = String.UnicodeScalarView()
        part.append(contentsOf: scalars.dropFirst(from).prefix(to - from))
        return .string(String(part))
    }

    private func replace(_ regex: RustRegex, _ replacement: String, _ value: Value) throws(GuardError) -> Value? {
        guard case .string(let text) = value else { return nil }
        guard let replaced = regex.expansions(of: replacement, in: text, work) else {
            throw error("The expression /\(regex.pattern)/ needs more work than is allowed.")
        }
        return .string(replaced)
    }

    // MARK: Conversions

    private func convert(_ value: Value, _ function: Function, _ path: Path) throws(GuardError) -> Value? {
        switch function {
        case .parseInt: return try parseInt(value, path)
        case .parseFloat: return try parseFloat(value, path)
        case .parseBoolean: return try parseBoolean(value, path)
        case .parseString: return parseString(value)
        case .parseChar: return try parseChar(value, path)
        default: break
        }
        guard case .string(let text) = value else { return nil }
        try spend(text.utf8.count / Work.bytesOfAStep)
        switch function {
        case .toLower: return .string(text.lowercased())
        case .toUpper: return .string(text.uppercased())
        case .urlDecode: return urlDecoded(text).map(Value.string)
        case .jsonParse:
            // Whatever its name says, cfn-guard reads YAML here, which JSON is a part of.
            do {
                return Value(try YAML.parse(text, as: .cfnGuard))
            } catch {
                throw self.error("The text at \(path.text) is neither JSON nor YAML: \(error).")
            }
        case .parseEpoch:
            guard let seconds = RFC3339.seconds(text) else { throw unreadable(text, "a time", path) }
            return .int(seconds)
        default: return nil
        }
    }

    private func unreadable(_ text: String, _ what: String, _ path: Path) -> GuardError {
        error("\"\(text)\" at \(path.text) is not \(what).")
    }

    private func parseInt(_ value: Value, _ path: Path) throws(GuardError) -> Value? {
        switch value {
        case .int: return value
        case .float(let float): return .int(Int64(exactly: float.rounded(.towardZero)) ?? (float > 0 ? .max : .min))
        case .string(let text):
            guard let int = Int64(text) else { throw unreadable(text, "an integer", path) }
            return .int(int)
        case .char(let char):
            guard let int = Int64(String(char)) else { throw unreadable(String(char), "an integer", path) }
            return .int(int)
        default: return nil
        }
    }

    private func parseFloat(_ value: Value, _ path: Path) throws(GuardError) -> Value? {
        switch value {
        case .float: return value
        case .int(let int): return .float(Double(int))
        case .string(let text):
            guard let float = Double(text) else { throw unreadable(text, "a number", path) }
            return .float(float)
        case .char(let char):
            guard let int = Int64(String(char)) else { throw unreadable(String(char), "a number", path) }
            return .float(Double(int))
        default: return nil
        }
    }

    private func parseBoolean(_ value: Value, _ path: Path) throws(GuardError) -> Value? {
        switch value {
        case .bool: return value
        case .string(let text):
            switch text.lowercased() {
            case "true": return .bool(true)
            case "false": return .bool(false)
            default: throw unreadable(text, "true or false", path)
            }
        default: return nil
        }
    }

    private func parseString(_ value: Value) -> Value? {
        switch value {
        case .string: value
        case .int(let int): .string(String(int))
        // Rust writes 1.0 as 1.
        case .float(let float):
            .string(float == float.rounded() && abs(float) < 1e15 ? String(Int64(float)) : "\(float)")
        case .bool(let bool): .string(String(bool))
        case .char(let char): .string(String(char))
        default: nil
        }
    }

    private func parseChar(_ value: Value, _ path: Path) throws(GuardError) -> Value? {
        switch value {
        case .char(let char): return .string(String(char))
        case .int(let int):
            guard (0...9).contains(int), let char = String(int).unicodeScalars.first else {
                throw unreadable(String(int), "one character", path)
            }
            return .char(char)
        case .string(let text):
            guard text.utf8.count <= 1 else { throw unreadable(text, "one character", path) }
            return text.unicodeScalars.first.map(Value.char)
        default: return nil
        }
    }

    /// Nil when the bytes are no UTF-8. A percent sign without two digits behind it stands for itself.
    private func urlDecoded(_ text: String) -> String? {
        var decoded: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, !digits.contains(UInt8(ascii: "+")),
                !digits.contains(UInt8(ascii: "-")),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                decoded.append(value)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }
}
