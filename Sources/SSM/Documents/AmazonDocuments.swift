import Model

/// The runbooks of AWS's own that act on what is served here; the same for every account.
enum AmazonDocuments {
    /// A fixed moment, so that answers stay the same: 2026-08-01T00:00:00Z.
    private static let created = Timestamp(milliseconds: 1_785_542_400_000)

    private static let texts: [(name: String, content: StaticString)] = [
        ("AWS-EnableSQSEncryption", EmbeddedSchema.awsEnableSQSEncryption),
        ("AWS-PublishSNSNotification", EmbeddedSchema.awsPublishSNSNotification),
        ("AWSConfigRemediation-EncryptSNSTopic", EmbeddedSchema.awsConfigRemediationEncryptSNSTopic),
    ]

    /// By name.
    static var all: [StoredDocument] { texts.map(document) }

    static func document(named name: String) -> StoredDocument? { texts.first { $0.name == name }.map(document) }

    private static func document(_ text: (name: String, content: StaticString)) -> StoredDocument {
        StoredDocument(
            owner: StoredDocument.amazon, name: text.name, type: .automation, created: created, versionName: nil,
            displayName: nil, targetType: nil, format: .yaml, content: "\(text.content)")
    }
}
