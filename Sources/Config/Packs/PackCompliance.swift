import JSON
import Kernel
import Model
import SQLite

/// What the rules of a pack say together.
struct PackCompliance {
    /// Its rules with what they found, by name.
    let rules: [(name: String, counts: ComplianceCounts)]
    /// When a rule last said something.
    let updated: Timestamp?

    /// Whether one rule is not compliant; else, whether one is. Source: the page of `ConformancePackComplianceSummary`.
    var value: ComplianceValue {
        if rules.contains(where: { $0.counts.value == .nonCompliant }) { return .nonCompliant }
        return rules.contains { $0.counts.value == .compliant } ? .compliant : .insufficientData
    }

    func count(_ value: ComplianceValue) -> Int { rules.count { $0.counts.value == value } }

    /// How many of the pack's judgements are good, in percent: `66.67`.
    var score: String {
        let good = rules.reduce(0) { $0 + $1.counts.compliant }
        let all = rules.reduce(good) { $0 + $1.counts.nonCompliant }
        guard all > 0 else { return ComplianceValue.insufficientData.rawValue }
        let hundredths = (good * 20_000 + all) / (2 * all)
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        return rest == 0 ? "\(whole)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    init(_ pack: StoredPack, in context: ReadContext) throws {
        var counts: [String: ComplianceCounts] = [:]
        var latest: Int64?
        try context.database.query(
            """
            SELECT rule, sum(compliance = 'COMPLIANT'), sum(compliance = 'NON_COMPLIANT'), max(recorded)
            FROM config_result
            WHERE account = ? AND region = ? AND rule IN (SELECT value FROM json_each(?)) GROUP BY rule
            """, context.account, context.region, JSON.array(pack.rules.map(JSON.string)).description
        ) { row in
            counts[row.text(0)] = ComplianceCounts(compliant: row.int(1), nonCompliant: row.int(2))
            latest = max(latest ?? .min, row.int64(3))
        }
        rules = pack.rules.sorted().map { ($0, counts[$0] ?? ComplianceCounts()) }
        updated = latest.map(Timestamp.init(milliseconds:))
    }

    // MARK: Configuration items

    static let jobKind = "config.packCompliance"
    private static let type = "AWS::Config::ConformancePackCompliance"

    /// To be called when a rule of a pack says something new; what it comes to is looked at once for all of them.
    ///
    /// - Parameter rule: its name, which ends with the pack's id, or that id itself.
    static func changed(_ rule: String, in context: WriteContext) throws {
        let id = String(rule.suffix(idLength))
        guard id.hasPrefix("conformance-pack-") else { return }
        try context.schedule(jobKind, subject: id, due: context.now, detail: [:])
    }

    private static let idLength = "conformance-pack-".count + 9

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let pack = try StoredPack.find(id: job.subject, in: context), pack.state != .deleting else { return }
        guard try Recording.plan(in: context)?.records(type) == true else { return }
        let compliance = try PackCompliance(pack, in: context)
        let rules = try compliance.rules.map { rule in
            JSON.object([
                "configRuleName": .string(rule.name),
                "configRuleArn": (try StoredRule.find(rule.name, in: context)?.arn).map(JSON.string),
                "complianceType": rule.counts.value.json,
            ])
        }
        let resource = ConfiguredResource(
            type: type, id: pack.id, name: pack.name,
            configuration: .object([
                "complianceType": compliance.value.json,
                "compliantRuleCount": .number(compliance.count(.compliant)),
                "nonCompliantRuleCount": .number(compliance.count(.nonCompliant)),
                "totalRuleCount": .number(compliance.rules.count), "configRuleList": .array(rules),
            ]))
        let current = try StoredItem.current(type, pack.id, in: context)
        guard current?.isRecorded != true || current?.resource != resource else { return }
        try Recording.write(
            resource, current?.isRecorded == true ? .ok : .resourceDiscovered, after: current, in: context)
    }

    static func record(gone pack: StoredPack, in context: WriteContext) throws {
        guard let current = try StoredItem.current(type, pack.id, in: context), current.isRecorded,
            try Recording.plan(in: context)?.records(type) == true
        else { return }
        try Recording.write(Recording.gone(current.resource), .resourceDeleted, after: current, in: context)
    }
}
