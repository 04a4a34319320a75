import JSON
import Kernel
import Model
import YAML

extension SSM {
    /// Sources: the page "AWS Systems Manager endpoints and quotas", and the API reference of CreateDocument.
    private static let documentLimit = 500
    private static let documentVersionLimit = 1000
    private static let reservedPrefixes = ["aws-", "amazon", "amzn", "awsec2", "awsconfigremediation", "awssupport"]

    @Sendable static func createDocument(_ input: CreateDocumentRequest, in context: WriteContext) throws
        -> CreateDocumentResult
    {
        let arn = StoredDocument.arn(input.name, account: context.account, in: context)
        context.access("ssm:CreateDocument", on: arn.description)
        guard input.attachments?.isEmpty ?? true else {
            throw AWSError.validation("Attachments are not supported for documents of this type.")
        }
        guard !reservedPrefixes.contains(where: input.name.lowercased().hasPrefix) else {
            throw AWSError.validation("The document name \(input.name) begins with a reserved prefix.")
        }
        let (type, format) = (input.documentType ?? .command, input.documentFormat ?? .json)
        let content = try DocumentContent(input.content, format: format, type: type)
        guard try StoredDocument.defaultVersion(of: input.name, account: context.account, in: context) == nil else {
            // Recorded from AWS.
            throw AWSError("DocumentAlreadyExists", "Document with same name \(input.name) already exists")
        }
        guard try StoredDocument.count(in: context) < documentLimit else {
            throw AWSError("DocumentLimitExceeded", "You can have at most \(documentLimit) active SSM documents.")
        }
        let document = StoredDocument(
            owner: context.account, name: input.name, type: type, created: context.now,
            requires: input.requires.map(\.json), versionName: input.versionName, displayName: input.displayName,
            targetType: input.targetType, format: format, content: input.content)
        try document.insert(in: context)
        try addTags(input.tags ?? [], to: arn, in: context)
        try context.record(
            .created, arn, operation: "CreateDocument",
            detail: .object(["type": type.json, "schemaVersion": .string(content.schemaVersion)]))
        return CreateDocumentResult(
            documentDescription: try DocumentFacts(document, in: context).description(status: .creating))
    }

    @Sendable static func getDocument(_ input: GetDocumentRequest, in context: ReadContext) throws -> GetDocumentResult
    {
        let document = try DocumentLookup.find(
            input.name, version: input.documentVersion, versionName: input.versionName, in: context)
        context.access("ssm:GetDocument", on: document.arn(in: context).description)
        let format = input.documentFormat ?? .json
        var content = document.content
        if format != document.format {
            let json = try DocumentContent.parse(content, format: document.format)
            switch format {
            case .yaml: content = YAML.text(of: json)
            case .json: content = json.spacedText
            case .text: throw AWSError.validation("The format TEXT is not valid for documents of this type.")
            }
        }
        return GetDocumentResult(
            json: .object([
                "Name": .string(document.name), "CreatedDate": document.versionCreated.json,
                "DisplayName": document.displayName.map(JSON.string),
                "VersionName": document.versionName.map(JSON.string),
                "DocumentVersion": .string("\(document.version)"), "Status": "Active", "Content": .string(content),
                "DocumentType": document.type.json, "DocumentFormat": format.json, "Requires": document.requires,
            ]))
    }

    @Sendable static func describeDocument(_ input: DescribeDocumentRequest, in context: ReadContext) throws
        -> DescribeDocumentResult
    {
        let document = try DocumentLookup.find(
            input.name, version: input.documentVersion, versionName: input.versionName, in: context)
        context.access("ssm:DescribeDocument", on: document.arn(in: context).description)
        return DescribeDocumentResult(document: try DocumentFacts(document, in: context).description())
    }

    @Sendable static func updateDocument(_ input: UpdateDocumentRequest, in context: WriteContext) throws
        -> UpdateDocumentResult
    {
        var document = try DocumentLookup.own(input.name, version: "$LATEST", in: context)
        context.access("ssm:UpdateDocument", on: document.arn(in: context).description)
        guard input.attachments?.isEmpty ?? true else {
            throw AWSError.validation("Attachments are not supported for documents of this type.")
        }
        // The model says that the version may be left out; AWS does not (recorded).
        guard let version = input.documentVersion, version != "$DEFAULT" else {
            throw AWSError(
                "InvalidDocumentVersion", "Document version for UpdateDocument must be number or $LATEST")
        }
        guard try DocumentLookup.own(input.name, version: version, in: context).version == document.latestVersion else {
            throw AWSError.notLatestVersion(of: input.name)
        }
        let format = input.documentFormat ?? .json
        let content = try DocumentContent(input.content, format: format, type: document.type)
        // The user guide's page "Schemas, features, and examples": a document of 1.2 is changed by saving it under
        // another name.
        let stored = try DocumentContent.parse(document.content, format: document.format)
        guard content.schemaVersion != "1.2", stored["schemaVersion"] != "1.2" else {
            // Recorded from AWS.
            throw AWSError(
                "InvalidDocumentSchemaVersion",
                "Update is not allowed for documentType: \(document.type.rawValue), schemaVersion: 1.2")
        }
        guard input.content != document.content || format != document.format else {
            // Recorded from AWS, as is the next.
            throw AWSError(
                "DuplicateDocumentContent",
                "Document to be updated with name \(input.name) has the same metadata and content as document version provided in request"
            )
        }
        let versions = try StoredDocument.versions(of: document.name, account: context.account, in: context)
        if let name = input.versionName, versions.contains(where: { $0.versionName == name }) {
            throw AWSError(
                "DuplicateDocumentVersionName",
                "Document version name \(name) has already been used for another version of this document"
            )
        }
        guard versions.count < documentVersionLimit else {
            // The text of the API reference.
            throw AWSError(
                "DocumentVersionLimitExceeded",
                "The document has too many versions. Delete one or more document versions and try again.")
        }
        document.version = try document.nextVersion(in: context)
        document.latestVersion = document.version
        (document.format, document.content, document.versionCreated) = (format, input.content, context.now)
        document.versionName = input.versionName
        document.displayName = input.displayName ?? document.displayName
        document.targetType = input.targetType ?? document.targetType
        try document.insertVersion(in: context)
        try context.record(
            .changed, document.arn(in: context), operation: "UpdateDocument",
            detail: .object(["version": .number(document.version)]))
        return UpdateDocumentResult(
            documentDescription: try DocumentFacts(document, in: context).description(status: .updating))
    }

    @Sendable static func updateDocumentDefaultVersion(
        _ input: UpdateDocumentDefaultVersionRequest, in context: WriteContext
    ) throws -> UpdateDocumentDefaultVersionResult {
        let standard = try DocumentLookup.own(input.name, in: context)
        guard
            let document = try StoredDocument.version(
                Int(input.documentVersion) ?? 0, of: standard.name, account: standard.owner, in: context)
        else {
            // Recorded from AWS.
            throw AWSError(
                "InvalidDocumentVersion",
                "Document with name \(input.name) with version \(input.documentVersion) does not exist.")
        }
        context.access("ssm:UpdateDocumentDefaultVersion", on: document.arn(in: context).description)
        try StoredDocument.setDefault(document.version, of: document.name, in: context)
        try context.record(
            .changed, document.arn(in: context), operation: "UpdateDocumentDefaultVersion",
            detail: .object(["version": .number(document.version)]))
        return UpdateDocumentDefaultVersionResult(
            description: DocumentDefaultVersionDescription(
                name: document.name, defaultVersion: "\(document.version)"))
    }

    @Sendable static func deleteDocument(_ input: DeleteDocumentRequest, in context: WriteContext) throws
        -> DeleteDocumentResult
    {
        let arn = StoredDocument.arn(input.name, account: context.account, in: context)
        context.access("ssm:DeleteDocument", on: arn.description)
        guard try StoredDocument.defaultVersion(of: input.name, account: context.account, in: context) != nil else {
            // Recorded from AWS.
            throw AWSError("InvalidDocument", "Document \(input.name) does not exist in your account")
        }
        if input.documentVersion != nil || input.versionName != nil {
            let document = try DocumentLookup.own(
                input.name, version: input.documentVersion, versionName: input.versionName, in: context)
            guard document.version != document.defaultVersion else {
                throw AWSError("InvalidDocumentOperation", "Default version of the document can't be deleted.")
            }
            try document.deleteVersion(in: context)
            try context.record(
                .changed, arn, operation: "DeleteDocument", detail: .object(["version": .number(document.version)]))
            return DeleteDocumentResult()
        }
        guard try DocumentShare.list(of: input.name, account: context.account, in: context).isEmpty else {
            // Recorded from AWS.
            throw AWSError("InvalidDocumentOperation", "Must unshare document first before delete")
        }
        try StoredDocument.delete(input.name, in: context)
        try context.record(.deleted, arn, operation: "DeleteDocument")
        return DeleteDocumentResult()
    }
}
