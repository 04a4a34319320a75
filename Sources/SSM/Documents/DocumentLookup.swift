import Kernel
import Model

/// Finds a document by its name or ARN: the caller's own, one of AWS's, or one that is shared with the caller.
enum DocumentLookup {
    /// Throws InvalidDocument, or InvalidDocumentVersion where there is no such version.
    static func find(
        _ text: String, version: String? = nil, versionName: String? = nil, in context: ReadContext
    ) throws -> StoredDocument {
        let (name, account) = try parts(of: text, in: context)
        if account != StoredDocument.amazon,
            let standard = try StoredDocument.defaultVersion(of: name, account: account, in: context)
        {
            let document = try pick(version, versionName, of: standard, in: context)
            if account != context.account, try !DocumentShare.allows(document, in: context) {
                throw AWSError.documentNotFound(text)
            }
            return document
        }
        guard account == StoredDocument.amazon || account == context.account,
            let document = AmazonDocuments.document(named: name)
        else { throw AWSError.documentNotFound(text) }
        guard versionName == nil, ["1", "$DEFAULT", "$LATEST", nil].contains(version) else {
            throw AWSError.invalidDocumentVersion
        }
        return document
    }

    /// A document of the caller's account, by its name.
    static func own(_ name: String, version: String? = nil, versionName: String? = nil, in context: ReadContext) throws
        -> StoredDocument
    {
        guard let standard = try StoredDocument.defaultVersion(of: name, account: context.account, in: context) else {
            throw AWSError.documentNotFound(name)
        }
        return try pick(version, versionName, of: standard, in: context)
    }

    private static func parts(of text: String, in context: ReadContext) throws -> (name: String, account: String) {
        guard text.hasPrefix("arn:") else { return (text, context.account) }
        guard let arn = ARN(text), arn.service == "ssm", arn.region == context.region,
            let slash = arn.resource.firstIndex(of: "/"),
            ["document", "automation-definition"].contains(arn.resource[..<slash])
        else { throw AWSError.documentNotFound(text) }
        let name = arn.resource[arn.resource.index(after: slash)...].prefix { $0 != ":" }
        return (String(name), arn.account.isEmpty ? StoredDocument.amazon : arn.account)
    }

    private static func pick(
        _ version: String?, _ versionName: String?, of standard: StoredDocument, in context: ReadContext
    ) throws -> StoredDocument {
        let number: Int? =
            switch version {
            case nil: versionName == nil ? standard.defaultVersion : nil
            case "$DEFAULT": standard.defaultVersion
            case "$LATEST": standard.latestVersion
            case let text?: Int(text) ?? 0
            }
        if number == standard.version, versionName == nil { return standard }
        let found: StoredDocument? =
            if let number {
                try StoredDocument.version(number, of: standard.name, account: standard.owner, in: context)
            } else {
                try StoredDocument.versions(of: standard.name, account: standard.owner, in: context).first {
                    $0.versionName == versionName
                }
            }
        guard let found, versionName == nil || found.versionName == versionName else {
            guard let number, number > standard.latestVersion else { throw AWSError.invalidDocumentVersion }
            // Recorded from AWS.
            throw AWSError(
                "InvalidDocumentVersion",
                "Document version: \(number) is invalid, latest version is \(standard.latestVersion)")
        }
        return found
    }
}

extension AWSError {
    static func documentNotFound(_ name: String) -> AWSError {
        AWSError("InvalidDocument", "Document with name \(name) does not exist.")
    }

    static let invalidDocumentVersion = AWSError(
        "InvalidDocumentVersion", "The document version is not valid or does not exist.")

    /// Recorded from AWS.
    static func notLatestVersion(of name: String) -> AWSError {
        AWSError(
            "InvalidDocumentVersion",
            "Version provided for document \(name) is not latest. Please provide the latest version to update document \(name)"
        )
    }

    /// The text of the API reference.
    static let documentSchemaVersion = AWSError(
        "InvalidDocumentSchemaVersion", "The version of the document schema isn't supported.")
}
