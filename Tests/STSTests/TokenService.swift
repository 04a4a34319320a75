import JSON
import Kernel
import STS
import TestKernel
import Testing

/// Short words for what most tests of STS do.
struct TokenService {
    let aws: TestKernel

    init() async throws { aws = try await TestKernel(STS.service) }

    @discardableResult
    func call(_ operation: String, _ input: JSON = [:], as caller: Caller = .account("111111111111")) async throws
        -> JSON
    {
        try await aws.call(operation, input, as: caller)
    }

    /// Assumes the role `Deploy` of another account, unless `more` says otherwise.
    func assumeRole(_ more: JSON = [:], as caller: Caller = .account("111111111111")) async throws -> JSON {
        var input: JSONObject = .init([("RoleArn", "arn:aws:iam::333333333333:role/Deploy"), ("RoleSessionName", "ci")])
        for (name, value) in more.object ?? JSONObject() { input[name] = value }
        return try await call("AssumeRole", .object(input), as: caller)
    }

    /// Whoever makes a request with the credentials of an answer.
    func caller(with answer: JSON) throws -> Caller {
        let keyID = try #require(answer["Credentials"]?["AccessKeyId"]?.string)
        let session = try aws.kernel.read(service: "sts", caller: .account("111111111111"), lane: 0) {
            try Session.find(keyID, in: $0)
        }
        return Caller(region: "us-east-1", principal: try #require(session).principal, requestID: "request-of-a-test")
    }

    func identity(of caller: Caller) async throws -> JSON { try await call("GetCallerIdentity", as: caller) }
}

/// Whether a text begins so and goes on with `count` capital letters and digits.
func isIdentifier(_ text: String?, prefix: String, count: Int) -> Bool {
    guard let text, text.hasPrefix(prefix) else { return false }
    let rest = text.utf8.dropFirst(prefix.utf8.count)
    return rest.count == count && rest.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
}
