import Model

/// Who makes a request.
public struct Principal: Sendable, Equatable {
    public let account: String
    public let arn: String
    /// As GetCallerIdentity shows it: `AROA…:session` of an assumed role, the account of a root user.
    public let userID: String
    /// The access key id of the temporary credentials that the request was made with.
    public let sessionKeyID: String?

    public init(account: String, arn: String, userID: String, sessionKeyID: String?) {
        self.account = account
        self.arn = arn
        self.userID = userID
        self.sessionKeyID = sessionKeyID
    }

    /// The account's root user: who calls with any long-term key.
    public static func root(of account: String, region: String) -> Principal {
        Principal(
            account: account, arn: "arn:\(ARN.partition(of: region)):iam::\(account):root", userID: account,
            sessionKeyID: nil)
    }
}
