import EventPattern
import JSON
import Kernel
import Model
import ScheduleExpression

extension Events {
    private static let patternLimit = 2048
    private static let ruleLimit = 300
    private static let pageLimit = 100

    @Sendable static func putRule(_ input: PutRuleRequest, in context: WriteContext) throws -> PutRuleResponse {
        let bus = try StoredBus.required(input.eventBusName, in: context)
        let arn = StoredRule.arn(input.name, on: bus.arn)
        context.access("events:PutRule", on: arn.description)
        try checkOwner(bus.arn, in: context)
        try check(input, on: bus.arn, in: context)
        let earlier = try StoredRule.find(input.name, on: bus.arn, in: context)
        if earlier?.managedBy != nil { throw AWSError.managedRule(input.name) }
        if earlier == nil, try StoredRule.count(on: bus.arn, in: context) >= ruleLimit { throw AWSError.limitExceeded }
        let state = input.state ?? .enabled
        // The same expression on a rule that stays enabled keeps its cadence (recorded behaviour).
        let keepsCadence =
            earlier.map { $0.schedule == input.scheduleExpression && $0.isEnabled && state != .disabled } ?? false
        let rule = StoredRule(
            bus: bus.arn, name: input.name, created: earlier?.created ?? context.now, since: 0,
            anchor: keepsCadence ? earlier?.anchor ?? context.now : context.now, pattern: input.eventPattern,
            schedule: input.scheduleExpression, state: state, description: input.description, role: input.roleArn)
        try rule.save(in: context)
        try context.record(earlier == nil ? .created : .changed, arn, operation: "PutRule")
        if state == .enabledWITHALLCLOUDTRAILMANAGEMENTEVENTS {
            try context.notEnforced(
                "State", reason: "calls that only read make no events, so the rule gets what an enabled one gets")
        }
        // As in AWS, tags of a rule that exists are changed by TagResource only.
        if earlier == nil { try setTags(input.tags ?? [], on: arn, in: context) }
        return PutRuleResponse(ruleArn: arn.description)
    }

    private static func check(_ input: PutRuleRequest, on bus: ARN, in context: ReadContext) throws {
        if input.scheduleExpression != nil, StoredBus.name(of: bus) != StoredBus.defaultName {
            throw AWSError.validation("ScheduleExpression is supported only on the default event bus.")
        }
        if let schedule = input.scheduleExpression, !schedule.isEmpty {
            let unscheduled = RuleState.enabledWITHALLCLOUDTRAILMANAGEMENTEVENTS
            guard input.state != unscheduled else {
                throw AWSError.validation("State \(unscheduled.rawValue) is not supported for scheduled rules.")
            }
            do {
                _ = try ScheduleExpression(schedule, dialect: .rule)
            } catch {
                throw AWSError.validation("Parameter ScheduleExpression is not valid.")
            }
        }
        guard input.eventPattern?.isEmpty == false || input.scheduleExpression?.isEmpty == false else {
            throw AWSError.validation("Parameter(s) EventPattern or ScheduleExpression must be specified.")
        }
        guard let pattern = input.eventPattern, !pattern.isEmpty else { return }
        guard pattern.count <= patternLimit else {
            throw AWSError.validation(
                "Parameter EventPattern for rule \(input.name) exceeds limit of \(patternLimit).")
        }
        _ = try parsed(pattern)
    }

    /// Throws EventBridge's own error for what is no pattern.
    static func parsed(_ pattern: String) throws -> Pattern {
        do {
            return try Pattern(pattern, dialect: .eventBridge)
        } catch {
            throw AWSError(
                "InvalidEventPatternException", "Event pattern is not valid. Reason: \(error.text(in: pattern))")
        }
    }

    /// Rules belong to the account of their bus.
    static func checkOwner(_ bus: ARN, in context: ReadContext) throws {
        guard bus.account == context.account, bus.region == context.region else {
            throw AWSError.accessDenied(
                "User: \(context.principal.arn) is not authorized to perform this on resource: \(bus)")
        }
    }

    @Sendable static func describeRule(_ input: DescribeRuleRequest, in context: ReadContext) throws
        -> DescribeRuleResponse
    {
        let rule = try rule(input.name, on: input.eventBusName, for: "DescribeRule", in: context)
        return DescribeRuleResponse(
            name: rule.name, arn: rule.arn.description, eventPattern: rule.pattern,
            scheduleExpression: rule.schedule, state: rule.state, description: rule.description, roleArn: rule.role,
            managedBy: rule.managedBy, eventBusName: StoredBus.name(of: rule.bus), createdBy: rule.bus.account)
    }

    @Sendable static func listRules(_ input: ListRulesRequest, in context: ReadContext) throws -> ListRulesResponse {
        let bus = try StoredBus.required(input.eventBusName, in: context)
        context.access("events:ListRules", on: bus.arn.description)
        let limit = input.limit ?? pageLimit
        let rules = try StoredRule.list(
            of: bus.arn, prefix: input.namePrefix ?? "", after: try position(input.nextToken, "ListRules", in: context),
            limit: limit + 1, in: context)
        let page = rules.prefix(limit)
        return ListRulesResponse(
            rules: page.map { rule in
                Rule(
                    name: rule.name, arn: rule.arn.description, eventPattern: rule.pattern, state: rule.state,
                    description: rule.description, scheduleExpression: rule.schedule, roleArn: rule.role,
                    managedBy: rule.managedBy, eventBusName: bus.name)
            },
            nextToken: rules.count > limit ? context.token(for: page.last?.name ?? "", purpose: "ListRules") : nil)
    }

    @Sendable static func enableRule(_ input: EnableRuleRequest, in context: WriteContext) throws {
        try set(.enabled, of: input.name, on: input.eventBusName, operation: "EnableRule", in: context)
    }

    @Sendable static func disableRule(_ input: DisableRuleRequest, in context: WriteContext) throws {
        try set(.disabled, of: input.name, on: input.eventBusName, operation: "DisableRule", in: context)
    }

    private static func set(
        _ state: RuleState, of name: String, on bus: String?, operation: String, in context: WriteContext
    ) throws {
        var rule = try rule(name, on: bus, for: operation, in: context)
        if rule.managedBy != nil { throw AWSError.managedRule(name) }
        // Whoever enables an enabled rule changes nothing, nor does the cadence of its schedule.
        guard rule.isEnabled != (state == .enabled) else { return }
        rule.state = state
        rule.anchor = context.now
        try rule.save(in: context)
        try context.record(.changed, rule.arn, operation: operation)
    }

    @Sendable static func deleteRule(_ input: DeleteRuleRequest, in context: WriteContext) throws {
        let bus = try StoredBus.required(input.eventBusName, in: context)
        context.access("events:DeleteRule", on: StoredRule.arn(input.name, on: bus.arn).description)
        guard let rule = try StoredRule.find(input.name, on: bus.arn, in: context) else { return }
        if rule.managedBy != nil, input.force != true { throw AWSError.managedRuleNeedsForce(rule.name) }
        guard try StoredTarget.list(of: rule, in: context).isEmpty else {
            throw AWSError.validation("Rule can't be deleted since it has targets.")
        }
        try rule.delete(in: context)
        try context.record(.deleted, rule.arn, operation: "DeleteRule")
        try ArchiveRule.removed(rule, in: context)
    }

    /// The rule that a request means.
    static func rule(_ name: String, on bus: String?, for action: String, in context: ReadContext) throws -> StoredRule
    {
        let bus = try StoredBus.required(bus, in: context)
        context.access("events:\(action)", on: StoredRule.arn(name, on: bus.arn).description)
        try checkOwner(bus.arn, in: context)
        return try StoredRule.required(name, on: bus.arn, in: context)
    }

    /// Where a list goes on.
    static func position(_ token: String?, _ purpose: String, in context: ReadContext) throws -> String {
        guard let token else { return "" }
        guard let position = context.position(in: token, purpose: purpose) else {
            throw AWSError.validation("Parameter NextToken is not valid.")
        }
        return position
    }
}
