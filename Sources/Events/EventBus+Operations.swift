import JSON
import Kernel
import Model

extension Events {
    private static let busLimit = 100
    private static let pageLimit = 100

    @Sendable static func createEventBus(_ input: CreateEventBusRequest, in context: WriteContext) throws
        -> CreateEventBusResponse
    {
        let arn = StoredBus.arn(input.name, account: context.account, region: context.region)
        context.access("events:CreateEventBus", on: arn.description)
        var source = try eventSource(toJoin: input, in: context)
        if source == nil, input.name.contains("/") {
            throw AWSError.validation("Event bus name must not contain '/'.")
        }
        guard try StoredBus.find(arn, in: context) == nil else {
            throw AWSError.alreadyExists("Event bus \(input.name) already exists.")
        }
        guard
            try StoredBus.list(account: context.account, region: context.region, limit: busLimit + 1, in: context).count
                <= busLimit
        else {
            throw AWSError.limitExceeded
        }
        if let arn = input.deadLetterConfig?.arn { try DeadLetterQueue.check(arn, in: context) }
        let bus = StoredBus(
            arn: arn, created: context.now, modified: context.now, settings: busSettings(input.json), policy: nil)
        try bus.save(in: context)
        try context.record(.created, arn, operation: "CreateEventBus")
        try source?.activate(in: context)
        try noteUnenforced(bus, in: context)
        try setTags(input.tags ?? [], on: arn, in: context)
        return CreateEventBusResponse(
            eventBusArn: arn.description, description: input.description, kmsKeyIdentifier: input.kmsKeyIdentifier,
            deadLetterConfig: input.deadLetterConfig, logConfig: input.logConfig)
    }

    @Sendable static func updateEventBus(_ input: UpdateEventBusRequest, in context: WriteContext) throws
        -> UpdateEventBusResponse
    {
        var bus = try StoredBus.required(input.name, in: context)
        context.access("events:UpdateEventBus", on: bus.arn.description)
        if let arn = input.deadLetterConfig?.arn { try DeadLetterQueue.check(arn, in: context) }
        for setting in busSettings(input.json) { bus.settings[setting.name] = setting.value }
        bus.modified = context.now
        try bus.save(in: context)
        try context.record(.changed, bus.arn, operation: "UpdateEventBus")
        try noteUnenforced(bus, in: context)
        let shown = EventBusSettings(bus)
        return UpdateEventBusResponse(
            arn: bus.arn.description, name: bus.name, kmsKeyIdentifier: shown.kmsKey, description: shown.description,
            deadLetterConfig: shown.deadLetterConfig, logConfig: shown.logConfig)
    }

    /// The members that a bus keeps.
    private static func busSettings(_ input: JSON) -> JSONObject {
        let names = ["Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig", "EventSourceName"]
        return JSONObject(names.compactMap { name in input[name].flatMap { $0.isNull ? nil : (name, $0) } })
    }

    private static func noteUnenforced(_ bus: StoredBus, in context: WriteContext) throws {
        if bus.text("KmsKeyIdentifier") != nil {
            try context.notEnforced("KmsKeyIdentifier", reason: "events are kept in the store as they are")
        }
        if let level = bus.settings["LogConfig"]?["Level"]?.string, level != "OFF" {
            try context.notEnforced(
                "LogConfig", reason: "/_windtunnel/events and /_windtunnel/explain show what becomes of events")
        }
    }

    @Sendable static func describeEventBus(_ input: DescribeEventBusRequest, in context: ReadContext) throws
        -> DescribeEventBusResponse
    {
        let bus = try StoredBus.required(input.name, in: context)
        context.access("events:DescribeEventBus", on: bus.arn.description)
        let shown = EventBusSettings(bus)
        return DescribeEventBusResponse(
            name: bus.name, arn: bus.arn.description, description: shown.description, kmsKeyIdentifier: shown.kmsKey,
            deadLetterConfig: shown.deadLetterConfig, policy: bus.policy, logConfig: shown.logConfig,
            creationTime: bus.created, lastModifiedTime: bus.modified)
    }

    @Sendable static func listEventBuses(_ input: ListEventBusesRequest, in context: ReadContext) throws
        -> ListEventBusesResponse
    {
        context.access("events:ListEventBuses", on: "*")
        let limit = input.limit ?? pageLimit
        let start = try position(input.nextToken, "ListEventBuses", in: context)
        let buses = try StoredBus.list(
            account: context.account, region: context.region, prefix: input.namePrefix ?? "", after: start,
            limit: limit + 1, in: context)
        let page = buses.prefix(limit)
        return ListEventBusesResponse(
            eventBuses: page.map { bus in
                EventBus(
                    name: bus.name, arn: bus.arn.description, description: bus.text("Description"), policy: bus.policy,
                    creationTime: bus.created, lastModifiedTime: bus.modified)
            },
            nextToken: buses.count > limit
                ? context.token(for: page.last?.name ?? "", purpose: "ListEventBuses") : nil)
    }

    @Sendable static func deleteEventBus(_ input: DeleteEventBusRequest, in context: WriteContext) throws {
        let arn = StoredBus.arn(input.name, in: context)
        context.access("events:DeleteEventBus", on: arn.description)
        guard input.name != StoredBus.defaultName else {
            throw AWSError.validation("Cannot delete event bus default.")
        }
        // One that is gone, or never was, is deleted.
        guard let bus = try StoredBus.find(arn, in: context) else { return }
        guard try StoredRule.list(of: bus.arn, prefix: "", after: "", limit: 1, in: context).isEmpty else {
            throw AWSError.validation("EventBus can't be deleted since it has rules.")
        }
        try bus.delete(in: context)
        try leaveEventSource(of: bus, in: context)
        try context.record(.deleted, bus.arn, operation: "DeleteEventBus")
    }
}

/// The settings of a bus as operations show them.
struct EventBusSettings {
    let description: String?
    let kmsKey: String?
    let deadLetterConfig: DeadLetterConfig?
    let logConfig: LogConfig?

    init(_ bus: StoredBus) {
        description = bus.text("Description")
        kmsKey = bus.text("KmsKeyIdentifier")
        deadLetterConfig = bus.settings["DeadLetterConfig"].map { DeadLetterConfig(json: $0) }
        logConfig = bus.settings["LogConfig"].map { LogConfig(json: $0) }
    }
}
