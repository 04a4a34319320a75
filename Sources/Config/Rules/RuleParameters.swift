import ConfigFacts
import JSON
import Kernel
import Model

/// The input parameters of a rule.
struct RuleParameters: Sendable {
    /// With the types that a managed rule's list gives them, its defaults among them; texts in other rules.
    let values: JSONObject

    init(values: JSONObject) { self.values = values }

    /// - Parameter text: a JSON object, as PutConfigRule has checked it.
    init(_ text: String?, of rule: ManagedRule?) {
        let given = text.flatMap { try? JSON(parsing: $0) }?.object ?? JSONObject()
        guard let rule else {
            values = given
            return
        }
        var values = JSONObject()
        for parameter in rule.parameters {
            let text = given[parameter.name].map { $0.string ?? $0.description } ?? parameter.defaultValue
            if let text { values[parameter.name] = Self.value(text, parameter.type) }
        }
        self.values = values
    }

    subscript(name: String) -> JSON? { values[name] }

    func texts(_ name: String) -> [String]? { values[name]?.array?.compactMap(\.string) }

    private static func value(_ text: String, _ type: ManagedRule.ParameterType) -> JSON {
        switch type {
        case .integer: Int(text).map(JSON.number) ?? .string(text)
        case .double: Double(text).map { JSON.number("\($0)") } ?? .string(text)
        case .boolean: ["true": true, "false": false][text.lowercased()].map(JSON.bool) ?? .string(text)
        case .commaSeparated: .array(list(text).map(JSON.string))
        case .stringMap: (try? JSON(parsing: text)) ?? .string(text)
        case .string: .string(text)
        }
    }

    /// The items of a comma-separated list, without the blanks around them.
    static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { item in
            String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    // MARK: Checking

    /// Throws AWS's complaints of the parameters of a rule.
    static func check(_ text: String?, of rule: ManagedRule?) throws(AWSError) {
        guard let text else {
            if let rule { try checkRequired([], of: rule) }
            return
        }
        guard let given = (try? JSON(parsing: text))?.object else {
            throw .invalidParameter("Invalid json \(text) passed in the InputParameters field")
        }
        for (name, value) in given.members {
            guard let value = value.string, value.contains(where: { $0 != " " }) else {
                throw .invalidParameter("Blank spaces are not acceptable for input parameter: \(name)")
            }
        }
        guard let rule else { return }
        let known = Set(rule.parameters.map(\.name))
        guard given.members.allSatisfy({ known.contains($0.name) }) else {
            throw .invalidParameter("Unknown parameters provided in the inputParameters: \(text)")
        }
        try checkRequired(given.members.map(\.name), of: rule)
        for parameter in rule.parameters {
            guard let value = given[parameter.name]?.string else { continue }
            try check(value, parameter)
        }
    }

    private static func checkRequired(_ names: [String], of rule: ManagedRule) throws(AWSError) {
        let missing = rule.parameters.filter { !$0.isOptional && !names.contains($0.name) }.map(\.name)
        guard missing.isEmpty else {
            throw .invalidParameter(
                "The required parameter [\(missing.joined(separator: ", "))] is not present in the inputParameters")
        }
    }

    private static func check(_ value: String, _ parameter: ManagedRule.Parameter) throws(AWSError) {
        let isValid =
            switch parameter.type {
            case .integer: Int(value) != nil
            case .double: Double(value) != nil
            case .boolean: ["true", "false"].contains(value.lowercased())
            case .string, .commaSeparated, .stringMap: true
            }
        guard isValid else {
            throw .invalidParameter("The value '\(value)' is not valid for input parameter: \(parameter.name)")
        }
    }
}
