import JSON
import Kernel
import Model

extension Events {
    private static let targetLimit = 5
    private static let pageLimit = 100

    @Sendable static func putTargets(_ input: PutTargetsRequest, in context: WriteContext) throws -> PutTargetsResponse
    {
        let rule = try rule(input.rule, on: input.eventBusName, for: "PutTargets", in: context)
        if rule.managedBy != nil { throw AWSError.managedRule(rule.name) }
        let targets = input.targets.map { StoredTarget($0.json) }
        var ids = Set(try StoredTarget.list(of: rule, in: context).map(\.id))
        var given: Set<String> = []
        for target in targets {
            guard given.insert(target.id).inserted else {
                throw AWSError.validation(
                    "Parameter targets is not valid. Reason: More than one target with Id '\(target.id)' is provided.")
            }
            try TargetCheck(target, of: rule, in: context).check()
            ids.insert(target.id)
        }
        guard ids.count <= targetLimit else { throw AWSError.limitExceeded }
        for target in targets { try target.save(to: rule, in: context) }
        try context.record(
            .changed, rule.arn, operation: "PutTargets",
            detail: .object(["targets": .array(targets.map { .string($0.id) })]))
        return PutTargetsResponse(failedEntryCount: 0, failedEntries: [])
    }

    @Sendable static func removeTargets(_ input: RemoveTargetsRequest, in context: WriteContext) throws
        -> RemoveTargetsResponse
    {
        let rule = try rule(input.rule, on: input.eventBusName, for: "RemoveTargets", in: context)
        if rule.managedBy != nil, input.force != true { throw AWSError.managedRuleNeedsForce(rule.name) }
        for id in input.ids { try StoredTarget.delete(id, from: rule, in: context) }
        try context.record(
            .changed, rule.arn, operation: "RemoveTargets",
            detail: .object(["targets": .array(input.ids.map(JSON.string))]))
        if rule.managedBy != nil, try StoredTarget.list(of: rule, in: context).isEmpty {
            try ArchiveRule.removed(rule, in: context)
        }
        return RemoveTargetsResponse(failedEntryCount: 0, failedEntries: [])
    }

    @Sendable static func listTargetsByRule(_ input: ListTargetsByRuleRequest, in context: ReadContext) throws
        -> ListTargetsByRuleResponse
    {
        let rule = try rule(input.rule, on: input.eventBusName, for: "ListTargetsByRule", in: context)
        let limit = input.limit ?? pageLimit
        let start = Int(try position(input.nextToken, "ListTargetsByRule", in: context)) ?? 0
        let targets = try StoredTarget.list(of: rule, in: context)
        let end = min(start + limit, targets.count)
        return ListTargetsByRuleResponse(
            targets: targets[min(start, end)..<end].map { Target(json: $0.json) },
            nextToken: end < targets.count ? context.token(for: String(end), purpose: "ListTargetsByRule") : nil)
    }

    @Sendable static func listRuleNamesByTarget(_ input: ListRuleNamesByTargetRequest, in context: ReadContext) throws
        -> ListRuleNamesByTargetResponse
    {
        let bus = try StoredBus.required(input.eventBusName, in: context)
        context.access("events:ListRuleNamesByTarget", on: bus.arn.description)
        let limit = input.limit ?? pageLimit
        let names = try StoredTarget.rules(
            with: input.targetArn, on: bus.arn,
            after: try position(input.nextToken, "ListRuleNamesByTarget", in: context),
            limit: limit + 1, in: context)
        let page = Array(names.prefix(limit))
        return ListRuleNamesByTargetResponse(
            ruleNames: page,
            nextToken: names.count > limit
                ? context.token(for: page.last ?? "", purpose: "ListRuleNamesByTarget") : nil)
    }
}
