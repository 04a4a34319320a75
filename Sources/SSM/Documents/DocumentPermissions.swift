import JSON
import Kernel
import Model

extension SSM {
    /// Source: the page "AWS Systems Manager endpoints and quotas".
    private static let documentShareLimit = 1000
    private static let documentSharePage = 200

    @Sendable static func describeDocumentPermission(
        _ input: DescribeDocumentPermissionRequest, in context: ReadContext
    ) throws -> DescribeDocumentPermissionResponse {
        let document = try DocumentLookup.own(input.name, in: context)
        context.access("ssm:DescribeDocumentPermission", on: document.arn(in: context).description)
        let purpose = "DescribeDocumentPermission \(document.name)"
        let after = try position(in: input.nextToken, purpose: purpose, context) ?? ""
        let limit = input.maxResults ?? documentSharePage
        let shares = try DocumentShare.list(of: document.name, account: context.account, in: context).filter {
            $0.target > after
        }
        let page = shares.prefix(limit)
        return DescribeDocumentPermissionResponse(
            accountIds: page.map(\.target),
            accountSharingInfoList: page.map {
                AccountSharingInfo(accountId: $0.target, sharedDocumentVersion: $0.version)
            },
            nextToken: shares.count > limit ? page.last.map { context.token(for: $0.target, purpose: purpose) } : nil)
    }

    @Sendable static func modifyDocumentPermission(
        _ input: ModifyDocumentPermissionRequest, in context: WriteContext
    ) throws -> ModifyDocumentPermissionResponse {
        let document = try DocumentLookup.own(input.name, in: context)
        context.access("ssm:ModifyDocumentPermission", on: document.arn(in: context).description)
        func targets(_ ids: [String]?) -> [String] {
            (ids ?? []).map { $0.lowercased() == DocumentShare.everybody ? DocumentShare.everybody : $0 }
        }
        let (added, removed) = (targets(input.accountIdsToAdd), targets(input.accountIdsToRemove))
        for list in [added, removed] where list.contains(DocumentShare.everybody) && list.count > 1 {
            throw AWSError("DocumentPermissionLimit", "Accounts can either be all or a group of AWS accounts")
        }
        guard !added.isEmpty || !removed.isEmpty else {
            throw AWSError.validation("You must specify a value for AccountIdsToAdd or AccountIdsToRemove.")
        }
        // Either everybody has the document or a group of accounts.
        if added == [DocumentShare.everybody] {
            try DocumentShare.deleteAll(of: document.name, in: context)
        } else if !added.isEmpty {
            try DocumentShare.delete(DocumentShare.everybody, of: document.name, in: context)
        }
        for target in added {
            let share = DocumentShare(target: target, version: input.sharedDocumentVersion ?? "$DEFAULT")
            try share.save(for: document.name, in: context)
        }
        // Removing has the higher priority, says the API reference. To remove all is to take it from the public: accounts
        // by their number keep it (recorded).
        for target in removed { try DocumentShare.delete(target, of: document.name, in: context) }
        guard
            try DocumentShare.list(of: document.name, account: context.account, in: context).count <= documentShareLimit
        else {
            throw AWSError(
                "DocumentPermissionLimit",
                "The document can't be shared with more Amazon Web Services accounts. You can specify a maximum of 20 accounts per API operation to share a private document."
            )
        }
        try context.record(
            .changed, document.arn(in: context), operation: "ModifyDocumentPermission",
            detail: .object(["added": added.json, "removed": removed.json]))
        return ModifyDocumentPermissionResponse()
    }
}
