/// A parameter that AWS publishes under `/aws/service/`.
struct PublicParameter: Sendable {
    let name: String
    let value: String
    /// `text`, or `aws:ec2:image` for the id of an image.
    let dataType: String
    let version: Int
    let lastModifiedMilliseconds: Int64
}

enum PublicParameters {
    static func parameter(named name: String, region: String) -> PublicParameter? { nil }
    static func parameters(
        below path: String, recursive: Bool, region: String, after: String?, limit: Int
    ) -> [PublicParameter] { [] }
}
