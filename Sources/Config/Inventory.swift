import JSON
import Kernel
import Model

/// Brings the items into line with the resources: when a recorder starts, and when it is to record something else. A
/// hundred resources are looked at in the call itself and the rest as due work.
///
/// First come the resources that there are, type by type, then the items, among which are those of resources that have
/// gone and of types that are not recorded any more.
enum Inventory {
    static let jobKind = "config.inventory"
    private static let resourcesAtATime = 100

    /// To be called whenever the recorder has changed.
    static func begin(in context: WriteContext) throws {
        Recording.forgetPlan(in: context)
        try context.unschedule(jobKind, subject: "")
        try PeriodicDelivery.schedule(in: context)
        guard try Recording.plan(in: context) != nil else { return }
        try step(["endpoint": .string(context.caller.endpoint)], in: context)
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws { try step(job.detail, in: context) }

    /// - Parameter position: `{"type": …, "after": …}` where resources are looked for, `{"itemType": …, "itemID": …}` among
    ///   the items; and the endpoint by which queues are named.
    private static func step(_ position: JSON, in context: WriteContext) throws {
        guard let plan = try Recording.plan(in: context) else { return }
        let next =
            position["itemType"] == nil
            ? try findResources(position, plan, in: context) : try checkItems(position, plan, in: context)
        guard var next = next?.object else { return }
        next["endpoint"] = position["endpoint"]
        try context.schedule(jobKind, subject: "", due: context.now, detail: .object(next))
    }

    private static func findResources(_ position: JSON, _ plan: RecordingPlan, in context: WriteContext) throws -> JSON?
    {
        var rest = context.configuredTypes.filter(plan.records)[...]
        if let type = position["type"]?.string { rest = rest.drop { $0 != type } }
        var after = position["after"]?.string.flatMap { ARN($0) }
        var left = resourcesAtATime
        while let type = rest.first {
            let found = try context.resources(of: type, after: after, limit: left)
            for arn in found {
                guard let observation = try context.observe(arn, endpoint: position["endpoint"]?.string) else {
                    continue
                }
                try Recording.inventory(observation, arn, in: context)
            }
            left -= found.count
            if left <= 0 { return ["type": .string(type), "after": .string(found.last?.description ?? "")] }
            (rest, after) = (rest.dropFirst(), nil)
        }
        return try checkItems(["itemType": "", "itemID": ""], plan, in: context)
    }

    private static func checkItems(_ position: JSON, _ plan: RecordingPlan, in context: WriteContext) throws -> JSON? {
        let items = try StoredItem.current(
            after: position["itemType"]?.string ?? "", position["itemID"]?.string ?? "", limit: resourcesAtATime,
            in: context)
        // What came from a file was asked for, and there is nothing that it could be compared with.
        for item in items where item.isRecorded && !item.isImported {
            if !plan.records(item.resource.type) {
                try Recording.write(item.resource, .resourceNotRecorded, after: item, in: context)
            } else if let arn = item.resource.arn.flatMap({ ARN($0) }),
                let found = try context.observe(arn), case .gone = found
            {
                try Recording.inventory(found, arn, in: context)
            }
        }
        guard items.count == resourcesAtATime, let last = items.last?.resource else { return nil }
        return ["itemType": .string(last.type), "itemID": .string(last.id)]
    }
}
