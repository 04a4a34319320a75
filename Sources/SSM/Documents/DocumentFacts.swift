import Crypto
import JSON
import Kernel
import Model

/// What is told of a document: its description, its line in a list, and its versions.
struct DocumentFacts {
    private let document: StoredDocument
    private let content: JSON
    private let tags: [Tag]

    init(_ document: StoredDocument, in context: ReadContext) throws {
        self.document = document
        // What was accepted can be read.
        content = try DocumentContent.parse(document.content, format: document.format)
        tags =
            document.owner == context.account
            ? try context.tags(of: document.arn(in: context)).map { Tag(key: $0.key, value: $0.value) } : []
    }

    /// - Parameter status: `Creating` and `Updating` in the answers to a change; the change itself is done by then. They
    ///   have no categories.
    func description(status: DocumentStatus = .active) throws -> DocumentDescription {
        let categories: JSON? = status == .active ? [] : nil
        let digest = SHA256.hash(data: Array(document.content.utf8))
        return DocumentDescription(
            json: .object([
                "Hash": .string(Hexadecimal.encode(Array(digest))), "HashType": "Sha256",
                "Name": .string(document.name), "DisplayName": document.displayName.map(JSON.string),
                "VersionName": document.versionName.map(JSON.string), "Owner": .string(document.owner),
                "CreatedDate": document.versionCreated.json, "Status": status.json,
                "DocumentVersion": .string("\(document.version)"), "Description": content["description"],
                "Parameters": .array(try ParameterDeclaration.list(content["parameters"]).map(\.json)),
                "PlatformTypes": platforms, "DocumentType": document.type.json,
                "SchemaVersion": schemaVersion, "LatestVersion": .string("\(document.latestVersion)"),
                "DefaultVersion": .string("\(document.defaultVersion)"), "DocumentFormat": document.format.json,
                "TargetType": document.targetType.map(JSON.string), "Tags": tags.json, "Requires": document.requires,
                "Category": categories, "CategoryEnum": categories,
            ]))
    }

    func identifier(name: String) -> DocumentIdentifier {
        DocumentIdentifier(
            json: .object([
                "Name": .string(name), "CreatedDate": document.created.json,
                "DisplayName": document.displayName.map(JSON.string), "Owner": .string(document.owner),
                "VersionName": document.versionName.map(JSON.string), "PlatformTypes": platforms,
                "DocumentVersion": .string("\(document.version)"), "DocumentType": document.type.json,
                "SchemaVersion": schemaVersion, "DocumentFormat": document.format.json,
                "TargetType": document.targetType.map(JSON.string), "Tags": tags.json, "Requires": document.requires,
            ]))
    }

    private var schemaVersion: JSON? { content["schemaVersion"].map { .string(AutomationValue.text($0)) } }

    /// A document for managed nodes runs where all its actions do.
    var platforms: JSON {
        let steps = content["mainSteps"]?.array ?? []
        let actions = Set(
            steps.compactMap { $0["action"]?.string } + (content["runtimeConfig"]?.object ?? JSONObject()).map(\.name))
        if document.type == .command, actions == ["aws:runShellScript"] { return ["Linux", "MacOS"] }
        if document.type == .command, actions == ["aws:runPowerShellScript"], schemaVersion == "1.2" {
            return ["Windows"]
        }
        return ["Windows", "Linux", "MacOS"]
    }
}
