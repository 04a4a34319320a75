import HTTP
import Model

/// What a SigV4 signature says about its request: the scope, and the key that stands for an account.
///
/// The signature itself is not checked: any secret is accepted. Source: the AWS page "Elements of an AWS API request signature".
public struct Credential: Sendable, Equatable {
    public let accessKeyID: String
    /// Nil for SigV4A, whose scope has no Region.
    public let region: String?
    /// The signing name.
    public let service: String

    /// The credential of the `Authorization` header or, for a presigned request, of `X-Amz-Credential` in the query.
    public init?(headers: Headers, query: [FormField]) {
        if let header = headers["authorization"], header.hasPrefix("AWS4-"),
            let scope = Self.parameter("Credential=", of: header)
        {
            self.init(scope: scope)
        } else if let field = query.first(where: { $0.name.lowercased() == "x-amz-credential" }) {
            self.init(scope: field.value[...])
        } else {
            return nil
        }
    }

    /// The parts of the header are separated by commas, blanks or both.
    private static func parameter(_ name: String, of header: String) -> Substring? {
        header.split { $0 == "," || $0 == " " }.first { $0.hasPrefix(name) }?.dropFirst(name.count)
    }

    /// `<access key id>/<date>/<region>/<service>/aws4_request`, for SigV4A without the Region.
    init?(scope: Substring) {
        let parts = scope.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 4, parts.last == "aws4_request" else { return nil }
        accessKeyID = parts[0]
        region = parts.count >= 5 ? parts[2] : nil
        service = parts[parts.count - 2]
    }

    /// A key id of 12 digits names the account.
    public var account: String? {
        AccountID.isValid(accessKeyID) ? accessKeyID : nil
    }
}
