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
        if var header = headers["authorization"], let scope = header.withUTF8(Self.scope(in:)) {
            self.init(scope: scope)
        } else if let field = query.first(where: { $0.name.lowercased() == "x-amz-credential" }) {
            self.init(scope: field.value)
        } else {
            return nil
        }
    }

    /// The value of `Credential=`; the parts of the header are separated by commas, blanks or both. Byte by byte, since
    /// every signed request has it.
    private static func scope(in header: UnsafeBufferPointer<UInt8>) -> String? {
        guard header.starts(with: "AWS4-".utf8) else { return nil }
        func ends(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") }
        var start = 0
        while start < header.count {
            var end = start
            while end < header.count, !ends(header[end]) { end += 1 }
            let part = header[start..<end]
            let name: StaticString = "Credential="
            if part.count > name.utf8CodeUnitCount, part.starts(with: name.withUTF8Buffer { $0 }) {
                return String(
                    decoding: UnsafeBufferPointer(rebasing: part.dropFirst(name.utf8CodeUnitCount)), as: UTF8.self)
            }
            start = end + 1
        }
        return nil
    }

    /// `<access key id>/<date>/<region>/<service>/aws4_request`, for SigV4A without the Region.
    init?(scope: String) {
        var scope = scope
        let parts = scope.withUTF8 { bytes in
            bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
                String(decoding: UnsafeBufferPointer(rebasing: $0), as: UTF8.self)
            }
        }
        guard parts.count >= 4, parts[parts.count - 1] == "aws4_request" else { return nil }
        accessKeyID = parts[0]
        region = parts.count >= 5 ? parts[2] : nil
        service = parts[parts.count - 2]
    }

    /// A key id of 12 digits names the account.
    public var account: String? {
        AccountID.isValid(accessKeyID) ? accessKeyID : nil
    }
}
