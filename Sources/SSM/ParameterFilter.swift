import Kernel
import Model
import SQLite

/// The filters of DescribeParameters as a condition on `p`, a row of `ssm_parameter`.
///
/// Source: the AWS page on `ParameterStringFilter`, and answers of the service.
struct ParameterFilter {
    private(set) var condition = ""
    private(set) var values: [any Bindable] = []

    init(_ filters: [ParameterStringFilter], in context: ReadContext) throws(AWSError) {
        var seen: Set<String> = []
        for filter in filters {
            guard seen.insert(filter.key).inserted else {
                throw AWSError(
                    "InvalidFilterKey",
                    "The following filter is duplicated in the request: \(filter.key). A request can contain only one "
                        + "occurrence of a specific filter.")
            }
            let (condition, values) = try Self.translate(filter, context)
            self.condition += condition
            self.values += values
        }
    }

    /// The old form of filters: the beginning of a name, and equality of the others.
    init(old filters: [ParametersFilter]) throws(AWSError) {
        for filter in filters {
            let column =
                switch filter.key {
                case .name: "p.spelling"
                case .type: "p.type"
                case .keyId: "p.key_id"
                }
            if filter.key == .type { try Self.checkTypes(filter.values) }
            let option = filter.key == .name ? "BeginsWith" : "Equals"
            let (condition, values) = Self.comparison(option, column: column, filter.values)
            self.condition += condition
            self.values += values
        }
    }

    private static func translate(
        _ filter: ParameterStringFilter, _ context: ReadContext
    ) throws(AWSError) -> (String, [any Bindable]) {
        if filter.key.hasPrefix("tag:") { return try tag(filter, context) }
        if filter.key == "Label" {
            throw AWSError(
                "InvalidFilterKey",
                "The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier]."
            )
        }
        let wanted = try values(of: filter)
        switch filter.key {
        case "Name":
            return try comparison(
                filter, column: filter.option == "Contains" ? "'/' || p.name" : "p.name",
                options: ["BeginsWith", "Equals", "Contains"],
                filter.option == "Contains" ? wanted : wanted.map(ParameterName.key))
        case "Path": return try path(filter, wanted)
        case "Type":
            if filter.option != "BeginsWith" { try checkTypes(wanted) }
            return try comparison(filter, column: "p.type", options: ["BeginsWith", "Equals"], wanted)
        case "KeyId": return try comparison(filter, column: "p.key_id", options: ["BeginsWith", "Equals"], wanted)
        case "Tier":
            for tier in wanted where ParameterTier(rawValue: tier) == nil {
                throw .invalidFilterValue(tier, valid: "Standard, Advanced, Intelligent-Tiering")
            }
            return try comparison(filter, column: "p.tier", options: ["Equals"], wanted)
        default: return try comparison(filter, column: "p.data_type", options: ["Equals"], wanted)
        }
    }

    private static func path(
        _ filter: ParameterStringFilter, _ wanted: [String]
    ) throws(AWSError) -> (String, [any Bindable]) {
        let option = filter.option ?? "OneLevel"
        guard ["Recursive", "OneLevel"].contains(option) else {
            throw .invalidFilterOption(option, valid: "Recursive, OneLevel")
        }
        var conditions: [String] = []
        var values: [any Bindable] = []
        for text in wanted {
            let start = ParameterName.key(text).prefix(3).lowercased()
            if start == "aws" || start == "ssm" {
                throw .validation(
                    "Filters for common parameters can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). When using "
                        + "global parameters, please specify within a global namespace.")
            }
            let path = try ParameterPath(text)
            conditions.append("(1" + path.condition(recursive: option == "Recursive") + ")")
            values += path.values(recursive: option == "Recursive")
        }
        return (" AND (\(conditions.joined(separator: " OR ")))", values)
    }

    private static func tag(
        _ filter: ParameterStringFilter, _ context: ReadContext
    ) throws(AWSError) -> (String, [any Bindable]) {
        let prefix = "\(context.arn("parameter/"))"
        let exists = """
             AND EXISTS (SELECT 1 FROM tag AS t WHERE t.account = p.account AND t.region = p.region
            AND t.resource = ? || p.name AND t.key = ?
            """
        let key = String(filter.key.dropFirst("tag:".count))
        guard let wanted = filter.values, !wanted.isEmpty else { return (exists + ")", [prefix, key]) }
        let (condition, values) = try comparison(filter, column: "t.value", options: ["BeginsWith", "Equals"], wanted)
        return (exists + condition + ")", [prefix, key] + values)
    }

    /// Any of the wanted values, compared as the option says; `Equals` unless said otherwise.
    static func comparison(
        _ filter: ParameterStringFilter, column: String, options: [String], _ wanted: [String]
    ) throws(AWSError) -> (String, [any Bindable]) {
        let option = filter.option ?? "Equals"
        guard options.contains(option) else {
            throw .invalidFilterOption(option, valid: options.joined(separator: ", "))
        }
        return comparison(option, column: column, wanted)
    }

    private static func comparison(
        _ option: String, column: String, _ wanted: [String]
    ) -> (String, [any Bindable]) {
        let test =
            switch option {
            case "BeginsWith": "substr(\(column), 1, length(?)) = ?"
            case "Contains": "instr(\(column), ?) > 0"
            default: "\(column) = ?"
            }
        let values: [any Bindable] = option == "BeginsWith" ? wanted.flatMap { [$0, $0] } : wanted
        return (" AND (\(wanted.map { _ in test }.joined(separator: " OR ")))", values)
    }

    static func values(of filter: ParameterStringFilter) throws(AWSError) -> [String] {
        guard let values = filter.values, !values.isEmpty else {
            throw AWSError(
                "InvalidFilterValue", "The following filter values are missing : null for filter key \(filter.key).")
        }
        return values
    }

    private static func checkTypes(_ types: [String]) throws(AWSError) {
        for type in types where ParameterType(rawValue: type) == nil {
            throw .invalidFilterValue(type, valid: "String, StringList, SecureString")
        }
    }
}

extension AWSError {
    fileprivate static func invalidFilterOption(_ option: String, valid: String) -> AWSError {
        AWSError(
            "InvalidFilterOption",
            "The following filter option is not valid: \(option). Valid options include: [\(valid)].")
    }

    fileprivate static func invalidFilterValue(_ value: String, valid: String) -> AWSError {
        AWSError(
            "InvalidFilterOption",
            "The following filter value is not valid: \(value). Valid values include: [\(valid)].")
    }
}
