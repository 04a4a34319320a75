/// A rule that AWS Config brings along (https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html).
///
/// ```swift
/// ManagedRule("ACCESS_KEYS_ROTATED")?.parameters.first?.name      // "maxAccessKeyAge"
/// ```
public struct ManagedRule: Sendable {
    public enum ParameterType: Character, Sendable {
        case string = "s"
        case integer = "i"
        case double = "d"
        case boolean = "b"
        case commaSeparated = "c"
        case stringMap = "m"
    }

    public struct Parameter: Sendable {
        public let name: String
        public let type: ParameterType
        public let isOptional: Bool
        /// What the console fills in; the API takes no default for a parameter that is not optional.
        public let defaultValue: String?
    }

    public let identifier: String
    public let isTriggeredByChanges: Bool
    public let isPeriodic: Bool
    /// Empty for a rule about the account.
    public let resourceTypes: [String]
    public let parameters: [Parameter]

    /// Nil for an identifier that AWS does not have.
    public init?(_ identifier: String) {
        guard let line = Self.lines[identifier] else { return nil }
        self.init(line: line)
    }

    public static var identifiers: some Collection<String> & Sendable { lines.keys }

    private static let lines: [String: String] = {
        var lines: [String: String] = [:]
        for line in EmbeddedSchema.managedRules.bytes.split(separator: UInt8(ascii: "\n")) {
            let identifier = line.prefix { $0 != UInt8(ascii: "\t") }
            lines[String(decoding: identifier, as: UTF8.self)] = String(decoding: line, as: UTF8.self)
        }
        return lines
    }()

    /// The identifier, `C` for changes and `P` for periodic, the types without their `AWS::`, then a column a parameter.
    private init(line: String) {
        let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
        identifier = String(columns[0])
        isTriggeredByChanges = columns[1].contains("C")
        isPeriodic = columns[1].contains("P")
        resourceTypes = columns[2].split(separator: ",").map { "AWS::\($0)" }
        parameters = columns.dropFirst(3).compactMap(Parameter.init)
    }
}

extension ManagedRule.Parameter {
    /// `name!i=90`: required (`?` optional), an integer, 90 by default.
    fileprivate init?(_ column: Substring) {
        guard let mark = column.firstIndex(where: { $0 == "!" || $0 == "?" }) else { return nil }
        let rest = column[mark...].dropFirst()
        guard let type = rest.first.flatMap(ManagedRule.ParameterType.init) else { return nil }
        self.init(
            name: String(column[..<mark]), type: type, isOptional: column[mark] == "?",
            defaultValue: rest.dropFirst().first == "=" ? String(rest.dropFirst(2)) : nil)
    }
}
