import JSON
import Kernel
import Model

/// Makes, changes and removes what an organization's accounts keep, as due work: some accounts at a time.
enum OrganizationDeployment {
    static let jobKind = "config.organization"
    private static let accountsAtATime = 5
    private static let waitSeconds = 1
    /// Behind every account.
    private static let behindAll = "~"

    static func begin(_ resource: OrganizationResource, in context: WriteContext) throws {
        try schedule(resource, after: "", due: context.now, in: context)
    }

    /// To be called when an account gets a recorder: from then on it keeps what the organization has all its accounts keep.
    static func join(in context: WriteContext) throws {
        for (owner, resource) in try OrganizationResource.everywhere(in: context)
        where !resource.isInProgress && !resource.excluded.contains(context.account) {
            let there = context.acting(in: owner, as: OrganizationResource.principal)
            var resource = resource
            resource.status = "UPDATE_IN_PROGRESS"
            resource.updated = context.now
            try resource.save(in: there)
            try schedule(resource, after: "", onlyNew: true, due: context.now, in: there)
        }
    }

    /// - Parameter onlyNew: leaves accounts alone where all is well.
    private static func schedule(
        _ resource: OrganizationResource, after account: String, onlyNew: Bool = false, due: Timestamp,
        in context: WriteContext
    ) throws {
        try context.schedule(
            jobKind, subject: "\(resource.kind.rawValue)/\(resource.name)", due: due,
            detail: ["after": .string(account), "onlyNew": .bool(onlyNew)])
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        let parts = job.subject.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let kind = OrganizationResource.Kind(rawValue: parts[0]),
            let resource = try OrganizationResource.find(kind, parts[1], in: context), resource.isInProgress
        else { return }
        let after = job.detail["after"]?.string ?? ""
        let onlyNew = job.detail["onlyNew"] == true
        let known = try OrganizationMember.list(of: resource, in: context)
        let members = known.map(\.account)
        let wanted = resource.action == "DELETE" ? [] : Set(try resource.accounts(in: context))
        let settled = onlyNew ? known.filter { $0.status.hasSuffix("_SUCCESSFUL") }.map(\.account) : []
        let accounts = wanted.union(members).subtracting(settled).sorted().filter { $0 > after }
        for account in accounts.prefix(accountsAtATime) {
            if wanted.contains(account) {
                try put(resource, in: account, isNew: !members.contains(account), context)
            } else {
                try remove(resource, from: account, context)
            }
        }
        if accounts.count > accountsAtATime {
            return try schedule(
                resource, after: accounts[accountsAtATime - 1], onlyNew: onlyNew, due: context.now, in: context)
        }
        guard try packsAreDone(of: resource, in: context) else {
            return try schedule(
                resource, after: behindAll, due: context.now.adding(seconds: waitSeconds), in: context)
        }
        try finish(resource, in: context)
    }

    /// Takes what became of packs; false where they are still being made or removed.
    private static func packsAreDone(of resource: OrganizationResource, in context: WriteContext) throws -> Bool {
        var areDone = true
        for member in try OrganizationMember.list(of: resource, in: context)
        where member.status.hasSuffix("_IN_PROGRESS") {
            let there = context.reading(account: member.account, region: context.region)
            let action = String(member.status.prefix(6))
            switch try StoredPack.find(resource.memberName, in: there) {
            case nil: try member.delete(of: resource, in: context)
            case let pack? where pack.isInProgress: areDone = false
            case let pack?:
                let hasFailed = pack.state == .failed
                try OrganizationMember(
                    account: member.account, status: "\(action)_\(hasFailed ? "FAILED" : "SUCCESSFUL")",
                    errorCode: hasFailed ? "ConformancePackDeploymentFailed" : nil, errorMessage: pack.reason,
                    updated: context.now
                ).save(of: resource, in: context)
            }
        }
        return areDone
    }

    private static func finish(_ resource: OrganizationResource, in context: WriteContext) throws {
        let members = try OrganizationMember.list(of: resource, in: context)
        if resource.action == "DELETE", members.isEmpty { return try resource.delete(in: context) }
        var resource = resource
        let hasFailed = members.contains { $0.status.hasSuffix("_FAILED") }
        resource.status = "\(resource.action)_\(hasFailed ? "FAILED" : "SUCCESSFUL")"
        resource.updated = context.now
        try resource.save(in: context)
    }

    private static func put(
        _ resource: OrganizationResource, in account: String, isNew: Bool, _ context: WriteContext
    ) throws {
        let action = isNew ? "CREATE" : resource.action
        try note(resource, account, action, context) {
            let there = context.acting(in: account, as: OrganizationResource.principal)
            switch resource.kind {
            case .rule:
                try ServiceRule.put(
                    OrganizationRule.rule(resource.settings, in: account), name: resource.memberName,
                    by: OrganizationResource.principal, in: there)
            case .pack:
                guard try StoredRecorder.own(in: there) != nil else {
                    throw AWSError.noAvailableRecorder(
                        "Config is not enabled in the account: it has no configuration recorder.")
                }
                var input = resource.settings.object ?? JSONObject()
                input["CreatedBy"] = .string(OrganizationResource.principal)
                try Config.putPack(
                    resource.memberName, resource.settings["TemplateBody"]?.string ?? "", .object(input), tags: [],
                    in: there)
            }
        }
    }

    private static func remove(_ resource: OrganizationResource, from account: String, _ context: WriteContext) throws {
        let there = context.acting(in: account, as: OrganizationResource.principal)
        try note(resource, account, "DELETE", context) {
            switch resource.kind {
            case .rule: try ServiceRule.delete(resource.memberName, in: there)
            case .pack:
                if let pack = try StoredPack.find(resource.memberName, in: there) {
                    try Config.deletePack(pack, in: there)
                }
            }
        }
    }

    /// Keeps what became of it in an account. What fails there leaves the others alone.
    private static func note(
        _ resource: OrganizationResource, _ account: String, _ action: String, _ context: WriteContext,
        _ body: () throws -> Void
    ) throws {
        do {
            try body()
            let outcome = resource.kind == .pack ? "IN_PROGRESS" : "SUCCESSFUL"
            let member = OrganizationMember(account: account, status: "\(action)_\(outcome)", updated: context.now)
            if action == "DELETE", resource.kind == .rule {
                try member.delete(of: resource, in: context)
            } else {
                try member.save(of: resource, in: context)
            }
        } catch {
            guard let error = error as? AWSError else { throw error }
            try OrganizationMember(
                account: account, status: "\(action)_FAILED", errorCode: error.code, errorMessage: error.message,
                updated: context.now
            ).save(of: resource, in: context)
        }
    }
}
