import Model

/// Who makes a request.
public struct Principal: Sendable, Equatable {
    public let account: String
    /// Nil for a root user, whose ARN is put together where somebody asks for it.
    private let ownARN: String?
    private let partition: String
    /// As GetCallerIdentity shows it: `AROA…:session` of an assumed role, the account of a root user.
    public let userID: String
    /// The access key id of the temporary credentials that the request was made with.
    public let sessionKeyID: String?

    public init(account: String, arn: String, userID: String, sessionKeyID: String?) {
        self.account = account
        ownARN = arn
        partition = ""
        self.userID = userID
        self.sessionKeyID = sessionKeyID
    }

    private init(rootOf account: String, partition: String) {
        self.account = account
        ownARN = nil
        self.partition = partition
        userID = account
        sessionKeyID = nil
    }

    public var arn: String { ownARN ?? "arn:\(partition):iam::\(account):root" }

    /// The account's root user: who calls with any long-term key.
    public static func root(of account: String, region: String) -> Principal {
        Principal(rootOf: account, partition: ARN.partition(of: region))
    }
}
