import EventPattern
import JSON
import Kernel
import Model

/// The rule that an archive owns on its bus: what it matches is kept. Everybody sees it, and nobody but the archive
/// changes it, unless by force.
enum ArchiveRule {
    /// Who manages it, as DescribeRule shows.
    static let manager = "prod.vhs.events.aws.internal"
    private static let prefix = "Events-Archive-"
    /// Events that came before a replay are kept, those that it makes are not.
    private static let notReplayed: JSON = [["exists": false]]

    static func name(_ archive: String) -> String { prefix + archive }

    /// The archive of a managed rule; nil for other rules.
    static func archive(of rule: StoredRule) -> String? {
        rule.managedBy == manager ? String(rule.name.dropFirst(prefix.count)) : nil
    }

    /// The archive's own pattern, and that the event is no replayed one.
    static func pattern(_ own: String?) throws -> String {
        var pattern = JSONObject([("replay-name", notReplayed)])
        for member in try own.flatMap({ try JSON(parsing: $0).object }) ?? JSONObject()
        where member.name != "replay-name" { pattern[member.name] = member.value }
        return JSON.object(pattern).description
    }

    /// Makes or mends the rule and its target.
    static func save(for archive: StoredArchive, in context: WriteContext) throws {
        let name = name(archive.name)
        let earlier = try StoredRule.find(name, on: archive.bus, in: context)
        guard earlier.map({ $0.managedBy == manager }) ?? true else {
            throw AWSError.alreadyExists(
                "A rule with the pattern '\(name)' already exists. Please choose a different archive name or delete "
                    + "your rule, then, try again.")
        }
        let rule = StoredRule(
            bus: archive.bus, name: name, created: earlier?.created ?? context.now, since: 0,
            anchor: context.now, pattern: try pattern(archive.pattern), schedule: nil, state: .enabled,
            managedBy: manager)
        try rule.save(in: context)
        try target(of: archive).save(to: rule, in: context)
    }

    static func delete(of archive: StoredArchive, in context: WriteContext) throws {
        guard let rule = try StoredRule.find(name(archive.name), on: archive.bus, in: context),
            Self.archive(of: rule) != nil
        else { return }
        for target in try StoredTarget.list(of: rule, in: context) {
            try StoredTarget.delete(target.id, from: rule, in: context)
        }
        try rule.delete(in: context)
    }

    private static func target(of archive: StoredArchive) -> StoredTarget {
        let arn = "arn:\(archive.arn.partition):events:\(archive.bus.region):::"
        return StoredTarget(
            .object([
                "Id": .string(name(archive.name)), "Arn": .string(arn),
                "InputTransformer": .object([
                    "InputPathsMap": [:],
                    "InputTemplate": .string(
                        "{\"archive-arn\": \"\(archive.arn):\(archive.incarnation)\","
                            + "\"event\": <aws.events.event.json>,"
                            + "\"ingestion-time\": <aws.events.event.ingestion-time>}"),
                ]),
            ]))
    }

    /// Whoever takes the rule or its target away by force disables the archive; an update of the archive mends it.
    static func removed(_ rule: StoredRule, in context: WriteContext) throws {
        guard let name = archive(of: rule),
            var archive = try StoredArchive.find(
                name, account: rule.bus.account, region: rule.bus.region, in: context)
        else { return }
        archive.state = .disabled
        archive.stateReason = "Managed rule for the archive was forcefully deleted."
        try archive.save(in: context)
    }
}
