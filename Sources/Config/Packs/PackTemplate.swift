import JSON
import YAML

/// The template of a conformance pack: YAML or JSON in the part of CloudFormation's language that packs are written in.
///
/// ```swift
/// let template = try PackTemplate(parsing: body)
/// let values = try template.parameterValues(["maxAge": "90"])
/// ```
///
/// Source: the developer guide's page "Creating Templates for Custom Conformance Packs", and CloudFormation's user guide for
/// the language.
struct PackTemplate {
    let parameters: [TemplateParameter]
    let mappings: JSONObject
    let conditions: JSONObject
    let resources: [Resource]
    let hasOutputs: Bool

    struct Resource {
        /// Its name within the template.
        let id: String
        let isRule: Bool
        /// The name of the condition under which there is such a resource.
        let condition: String?
        let properties: JSON
    }

    private static let sections: Set = [
        "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Mappings", "Conditions", "Resources",
        "Outputs",
    ]
    /// `Controls` is no attribute of CloudFormation's: a pack that AWS publishes, for NZISM, says there which of the standard's
    /// controls a rule is for.
    private static let attributes: Set = [
        "Type", "Properties", "Condition", "DependsOn", "Metadata", "DeletionPolicy", "UpdateReplacePolicy", "Controls",
    ]
    static let ruleType = "AWS::Config::ConfigRule"
    static let remediationType = "AWS::Config::RemediationConfiguration"
    /// Source: the developer guide's page "Service Limits".
    private static let rulesLimit = 130

    init(parsing text: String) throws(TemplateError) {
        let json = try Self.parse(text)
        guard let template = json.object else {
            throw TemplateError("Template format error: unsupported structure.")
        }
        let unknown = template.members.map(\.name).filter { !Self.sections.contains($0) }
        guard unknown.isEmpty else {
            throw TemplateError("Invalid template property or properties [\(unknown.joined(separator: ", "))]")
        }
        mappings = try Self.section("Mappings", of: template)
        conditions = try Self.section("Conditions", of: template)
        hasOutputs = try !Self.section("Outputs", of: template).isEmpty
        var parameters: [TemplateParameter] = []
        for (name, value) in try Self.section("Parameters", of: template).members {
            parameters.append(try TemplateParameter(name, value))
        }
        self.parameters = parameters
        var resources: [Resource] = []
        for (id, value) in try Self.section("Resources", of: template).members {
            resources.append(try Self.resource(id, value))
        }
        self.resources = resources
        try Self.checkOrder(try Self.section("Resources", of: template))
        guard !resources.isEmpty else {
            throw TemplateError("Template format error: At least one Resources member must be defined.")
        }
        // The text is one that users quote.
        guard resources.count(where: \.isRule) <= Self.rulesLimit else {
            throw TemplateError("Number of resources provided in the template exceeds the allowed limit")
        }
    }

    private static func parse(_ text: String) throws(TemplateError) -> JSON {
        // JSON may hold tabs, which YAML forbids.
        if text.first(where: { !$0.isWhitespace }) == "{", let json = try? JSON(parsing: text) { return json }
        do {
            return try YAML.parse(text)
        } catch {
            throw TemplateError("Template format error: YAML not well-formed. \(error)")
        }
    }

    private static func section(_ name: String, of template: JSONObject) throws(TemplateError) -> JSONObject {
        guard let section = template[name], !section.isNull else { return JSONObject() }
        guard let object = section.object else {
            throw TemplateError("Template format error: \(name) must be an object.")
        }
        return object
    }

    private static func resource(_ id: String, _ json: JSON) throws(TemplateError) -> Resource {
        guard let object = json.object, let type = object["Type"]?.string else {
            throw TemplateError(
                "Template format error: [/Resources/\(id)] Every Resources object must contain a Type member.")
        }
        guard type == ruleType || type == remediationType else {
            throw TemplateError(
                "Resource \(id) is of the type \(type). Only \(ruleType) and \(remediationType) are supported")
        }
        let unknown = object.members.map(\.name).filter { !attributes.contains($0) }
        guard unknown.isEmpty else {
            throw TemplateError("Invalid template resource property '\(unknown[0])'")
        }
        guard object["Condition"]?.string != nil || object["Condition"] == nil else {
            throw TemplateError("Template format error: [/Resources/\(id)/Condition] must be a string.")
        }
        return Resource(
            id: id, isRule: type == ruleType, condition: object["Condition"]?.string,
            properties: object["Properties"] ?? .object(JSONObject()))
    }

    /// Rules are made before what is about them, whatever `DependsOn` says; but what it names must be there.
    private static func checkOrder(_ resources: JSONObject) throws(TemplateError) {
        for (_, resource) in resources.members {
            guard let others = resource["DependsOn"] else { continue }
            for other in others.array ?? [others] where resources[other.string ?? ""] == nil {
                throw TemplateError(
                    "Template format error: Unresolved resource dependencies [\(templateText(other))] in the Resources block of the template"
                )
            }
        }
    }

    // MARK: Parameters

    /// What the parameters are: what was given, or their defaults. The texts are CloudFormation's.
    func parameterValues(_ given: [String: String]) throws(TemplateError) -> [String: JSON] {
        let unknown = Set(given.keys).subtracting(parameters.map(\.name))
        guard unknown.isEmpty else {
            throw TemplateError(
                "Parameters: [\(unknown.sorted().joined(separator: ", "))] do not exist in the template")
        }
        var values: [String: JSON] = [:]
        var missing: [String] = []
        for parameter in parameters {
            guard let text = given[parameter.name] ?? parameter.defaultValue else {
                missing.append(parameter.name)
                continue
            }
            values[parameter.name] = try parameter.value(of: text)
        }
        guard missing.isEmpty else {
            throw TemplateError("Parameters: [\(missing.joined(separator: ", "))] must have values")
        }
        return values
    }
}

/// What is wrong with a template.
struct TemplateError: Error, Hashable {
    let message: String
    init(_ message: String) { self.message = message }
}
