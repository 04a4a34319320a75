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
        if let credential = headers.withValue(of: "authorization", { Self(authorization: $0) }) ?? nil {
            self = credential
        } else if var scope = query.first(where: { $0.name.lowercased() == "x-amz-credential" })?.value,
            let credential = scope.withUTF8({ Self(scope: $0) })
        {
            self = credential
        } else {
            return nil
        }
    }

    /// Looks for the value of `Credential=`; the parts of the header are separated by commas, blanks or both. Byte by byte,
    /// since every signed request has it.
    private init?(authorization header: UnsafeBufferPointer<UInt8>) {
        guard header.starts(with: "AWS4-".utf8) else { return nil }
        func ends(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") }
        var start = 0
        while start < header.count {
            var end = start
            while end < header.count, !ends(header[end]) { end += 1 }
            let part = header[start..<end]
            let name: StaticString = "Credential="
            if part.count > name.utf8CodeUnitCount, part.starts(with: name.withUTF8Buffer { $0 }) {
                self.init(scope: UnsafeBufferPointer(rebasing: part.dropFirst(name.utf8CodeUnitCount)))
                return
            }
            start = end + 1
        }
        return nil
    }

    /// `<access key id>/<date>/<region>/<service>/aws4_request`, for SigV4A without the Region.
    private init?(scope: UnsafeBufferPointer<UInt8>) {
        var first = 0
        var second = 0
        var third = 0
        var last = 0
        var lastButOne = 0
        var count = 0
        for place in scope.indices where scope[place] == UInt8(ascii: "/") {
            count += 1
            switch count {
            case 1: first = place
            case 2: second = place
            case 3: third = place
            default: break
            }
            (lastButOne, last) = (last, place)
        }
        func text(_ range: Range<Int>) -> String {
            String(decoding: UnsafeBufferPointer(rebasing: scope[range]), as: UTF8.self)
        }
        guard count >= 3, scope[(last + 1)...].elementsEqual("aws4_request".utf8) else { return nil }
        accessKeyID = text(0..<first)
        region = count >= 4 ? text(second + 1..<third) : nil
        service = text(lastButOne + 1..<last)
    }

    /// A key id of 12 digits names the account.
    public var account: String? {
        AccountID.isValid(accessKeyID) ? accessKeyID : nil
    }
}
