import JSON
import Kernel
import Model

/// An event on its way: the envelope that targets get, and how it came here.
struct RoutedEvent {
    let envelope: JSON
    /// The header of AWS X-Ray.
    var traceHeader: String?
    /// How often it was sent on from bus to bus, within a Region and from one to another.
    var localHops = 0
    var regionalHops = 0

    var id: String { envelope["id"]?.string ?? "" }

    /// What is kept of it for its deliveries.
    func content(at now: Timestamp) -> JSON {
        .object([
            "event": envelope, "ingested": .number(now.milliseconds),
            "traceHeader": traceHeader.map(JSON.string) ?? .null,
            "localHops": .number(localHops), "regionalHops": .number(regionalHops),
        ])
    }

    init(envelope: JSON, traceHeader: String? = nil) {
        self.envelope = envelope
        self.traceHeader = traceHeader
    }

    /// Reads what `content` wrote.
    init(content: JSON) {
        envelope = content["event"] ?? .null
        traceHeader = content["traceHeader"]?.string
        localHops = content["localHops"]?.int ?? 0
        regionalHops = content["regionalHops"]?.int ?? 0
    }
}

/// From an event on a bus to the targets of the rules that match it.
enum Routing {
    /// - Parameters:
    ///   - only: the ARNs of the rules that may match, where a replay names them.
    ///   - firing: the name of the rule whose schedule made the event: it fires whatever its pattern says.
    static func route(
        _ event: RoutedEvent, on bus: ARN, only: Set<String>? = nil, firing: String? = nil, in context: WriteContext
    ) throws {
        let rules = try BusRules.of(bus, in: context)
        var matching = rules.matching(event.envelope)
        if let only { matching.removeAll { !only.contains($0.rule.arn.description) } }
        if let firing, !matching.contains(where: { $0.rule.name == firing }) {
            matching += [rules[firing]].compactMap { $0 }
        }
        var targets: [(StoredRule, StoredTarget)] = []
        for entry in matching {
            guard entry.rule.managedBy == ArchiveRule.manager else {
                targets += entry.targets.map { (entry.rule, $0) }
                continue
            }
            // Its one target stands for the archive.
            if !entry.targets.isEmpty { try ArchivedEvents.keep(event, by: entry.rule, in: context) }
        }
        guard !targets.isEmpty else { return }
        let content = event.content(at: context.now)
        let publication = try context.publish(from: bus, messageID: event.id, content: content)
        for (rule, target) in targets {
            try context.deliver(
                TargetDelivery.delivery(of: publication, event, rule, target, in: context), content)
        }
    }
}
