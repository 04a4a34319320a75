import JSON
import Kernel
import Model

/// Makes, changes and removes the rules of packs as due work, some at a time.
enum PackDeployment {
    static let jobKind = "config.pack"
    private static let rulesAtATime = 5

    static func begin(_ pack: StoredPack, in context: WriteContext) throws {
        try context.schedule(jobKind, subject: pack.name, due: context.now, detail: ["position": 0])
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard var pack = try StoredPack.find(job.subject, in: context) else { return }
        switch pack.state {
        case .creating: try create(&pack, from: job.detail["position"]?.int ?? 0, in: context)
        case .deleting: try delete(&pack, in: context)
        case .complete, .failed: break
        }
    }

    /// All rules are looked at before the first one is made, so that a pack that fails leaves all as it was.
    private static func create(_ pack: inout StoredPack, from position: Int, in context: WriteContext) throws {
        do {
            if position == 0 { try check(pack, in: context) }
        } catch {
            guard let failure = error as? Failure else { throw error }
            return try finish(&pack, failure.reason, in: context)
        }
        let some = pack.wanted.rules.dropFirst(position).prefix(rulesAtATime)
        for (_, rule) in some {
            let name = pack.ruleName(rule.configRuleName ?? "")
            try ServiceRule.put(rule, name: name, by: StoredPack.principal, in: context)
            if !pack.rules.contains(name) { pack.rules.append(name) }
        }
        let isLast = position + some.count == pack.wanted.rules.count
        guard isLast else {
            try pack.save(in: context)
            return try context.schedule(
                jobKind, subject: pack.name, due: context.now, detail: ["position": .number(position + some.count)])
        }
        let wanted = pack.wanted.rules.map { pack.ruleName($0.rule.configRuleName ?? "") }
        for name in pack.rules where !wanted.contains(name) { try ServiceRule.delete(name, in: context) }
        pack.rules = wanted
        try PackRemediation.put(of: pack, in: context)
        try finish(&pack, nil, in: context)
    }

    private struct Failure: Error {
        private static let lengthLimit = 2000
        let reason: String

        init(_ reason: String) {
            self.reason =
                reason.count <= Self.lengthLimit ? reason : reason.prefix(Self.lengthLimit - 3) + "..."
        }
    }

    private static func check(_ pack: StoredPack, in context: WriteContext) throws {
        for (id, rule) in pack.wanted.rules {
            try explaining(id) {
                try ServiceRule.check(rule, name: pack.ruleName(rule.configRuleName ?? ""), in: context)
            }
        }
        for configuration in pack.wanted.remediations {
            try explaining("remediation of \(configuration["ConfigRuleName"]?.string ?? "")") {
                try PackRemediation.check(configuration)
                try RemediationTarget.check(RemediationConfiguration(json: configuration), in: context)
            }
        }
    }

    private static func explaining(_ id: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            guard let error = error as? AWSError else { throw error }
            throw Failure(
                "The following resource(s) failed to create: [\(id)]. \(error.message ?? error.code)")
        }
    }

    private static func finish(_ pack: inout StoredPack, _ reason: String?, in context: WriteContext) throws {
        pack.state = reason == nil ? .complete : .failed
        pack.reason = reason
        pack.completed = context.now
        try pack.save(in: context)
        try context.noteCause(
            "conformancePack", pack.arn(in: context).description,
            detail: .object(["state": .string(pack.state.rawValue), "reason": reason.map(JSON.string)]))
        try PackCompliance.changed(pack.id, in: context)
    }

    private static func delete(_ pack: inout StoredPack, in context: WriteContext) throws {
        for name in pack.rules.prefix(rulesAtATime) { try ServiceRule.delete(name, in: context) }
        pack.rules = Array(pack.rules.dropFirst(rulesAtATime))
        guard pack.rules.isEmpty else {
            try pack.save(in: context)
            return try begin(pack, in: context)
        }
        try pack.delete(in: context)
        try PackCompliance.record(gone: pack, in: context)
    }
}
