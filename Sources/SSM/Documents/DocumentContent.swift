import JSON
import Model
import YAML

/// The content of a document, read and found to be what its type asks for.
struct DocumentContent {
    let json: JSON
    let schemaVersion: String
    let parameters: [ParameterDeclaration]

    /// Bytes. Source: the page "AWS Systems Manager endpoints and quotas".
    static let sizeLimit = 65_536

    /// The schema versions of each type that is served. Source: the user guide's page "SSM document schema features and
    /// examples" and those of the types. Templates have none.
    static let schemaVersions: [DocumentType: [String]] = [
        .automation: ["0.3"], .command: ["1.2", "2.0", "2.2"], .policy: ["2.0"], .session: ["1.0"],
        .conformancePackTemplate: [],
    ]

    init(_ text: String, format: DocumentFormat, type: DocumentType) throws(AWSError) {
        guard let versions = Self.schemaVersions[type] else {
            throw .validation("Documents of the type \(type.rawValue) are not served.")
        }
        guard text.utf8.count <= Self.sizeLimit else {
            throw AWSError("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB.")
        }
        json = try Self.parse(text, format: format)
        guard json.object != nil else { throw .invalidContent("The content must be an object.") }
        guard AutomationValue.depth(of: json) <= AutomationValue.depthLimit else {
            throw .invalidContent("The content is nested deeper than \(AutomationValue.depthLimit).")
        }
        if type == .conformancePackTemplate {
            // What is in it is AWS Config's own.
            guard json["Resources"]?.object?.isEmpty == false else {
                throw .invalidContent("The content has no Resources.")
            }
            (schemaVersion, parameters) = ("", [])
            return
        }
        guard let version = json["schemaVersion"].map(AutomationValue.text) else {
            throw .invalidContent("The content has no schemaVersion.")
        }
        guard versions.contains(version) else {
            throw .documentSchemaVersion
        }
        schemaVersion = version
        parameters = try ParameterDeclaration.list(json["parameters"]) { name in
            guard format == .json, let place = ContentPlace(endOf: ["parameters", name], in: text) else { return "" }
            return " at \(place)"
        }
        switch type {
        case .automation: _ = try RunbookContent(json)
        case .command, .policy: try CommandContent.check(json, schemaVersion: version, parameters: parameters)
        default: break
        }
    }

    static func parse(_ text: String, format: DocumentFormat) throws(AWSError) -> JSON {
        switch format {
        case .json:
            do {
                return try JSON(parsing: text)
            } catch {
                // As in "JSON not well-formed. at Line: 13, Column: 6", recorded from AWS.
                throw .invalidContent("JSON not well-formed. at \(ContentPlace(error.offset, in: text))")
            }
        case .yaml:
            do {
                return try YAML.parse(text)
            } catch {
                throw .invalidContent("YAML not well-formed. at Line: \(error.line), Column: \(error.column)")
            }
        case .text: throw .validation("The format TEXT is not valid for documents of this type.")
        }
    }
}

/// The checks of documents for managed nodes. They are kept, listed and shared; nodes to run them on are not served.
enum CommandContent {
    /// Source: the user guide's page "Command document plugin reference", and the API reference of CommandPlugin.
    private static let plugins: Set = [
        "aws:applications", "aws:cloudWatch", "aws:configureDocker", "aws:configurePackage", "aws:domainJoin",
        "aws:downloadContent", "aws:psModule", "aws:refreshAssociation", "aws:runDockerAction", "aws:runDocument",
        "aws:runPowerShellScript", "aws:runShellScript", "aws:softwareInventory", "aws:updateAgent",
        "aws:updateSsmAgent",
    ]

    static func check(_ json: JSON, schemaVersion: String, parameters: [ParameterDeclaration]) throws(AWSError) {
        let (main, other) =
            schemaVersion == "1.2" ? ("runtimeConfig", "mainSteps") : ("mainSteps", "runtimeConfig")
        // The texts were recorded from AWS.
        guard json[other] == nil else { throw .invalidContent("Unknown property \"\(other)\".") }
        guard json[main] != nil else { throw .invalidContent("Missing \"\(main)\" in the document.") }
        if schemaVersion == "1.2" {
            guard let configuration = json["runtimeConfig"]?.object, !configuration.isEmpty else {
                throw .invalidContent("The content has no runtimeConfig.")
            }
            for member in configuration { try checkPlugin(member.name) }
        } else {
            guard let steps = json["mainSteps"]?.array, !steps.isEmpty else {
                throw .invalidContent("The content has no mainSteps.")
            }
            var names: Set<String> = []
            for step in steps {
                guard let action = step["action"]?.string else { throw .invalidContent("A step has no action.") }
                try checkPlugin(action)
                guard let name = step["name"]?.string, !name.isEmpty else {
                    throw .invalidContent("A step of the action \(action) has no name.")
                }
                guard schemaVersion != "2.0" || step["precondition"] == nil else {
                    // Recorded from AWS.
                    throw .invalidContent(
                        "Unrecognized field \"precondition\". Precondition is supported only for Command and Policy document types and for schema version 2.2 or higher. Step name: \(name)"
                    )
                }
                guard names.insert(name).inserted else {
                    throw .invalidContent("Step name \(name) is not unique.")
                }
                guard step["inputs"].map({ $0.object != nil }) ?? true else {
                    throw .invalidContent("The inputs of step \(name) must be an object.")
                }
            }
        }
        let declared = Set(parameters.map(\.name))
        for case .parameter(let name) in Expression.references(in: json) where !declared.contains(name) {
            // What the node itself knows.
            guard !["platformType"].contains(name) else { continue }
            throw .undeclaredParameter(name)
        }
    }

    /// Names are compared without case: the references spell some of them in two ways.
    private static func checkPlugin(_ name: String) throws(AWSError) {
        guard plugins.contains(where: { $0.lowercased() == name.lowercased() }) else {
            // Recorded from AWS.
            throw .invalidContent("Unknown plugin name: \(name)")
        }
    }
}

extension AWSError {
    static func invalidContent(_ message: String) -> AWSError { AWSError("InvalidDocumentContent", message) }

    /// Recorded from AWS.
    static func undeclaredParameter(_ name: String) -> AWSError {
        .invalidContent("Parameter \"\(name)\" is not declared.")
    }
}
