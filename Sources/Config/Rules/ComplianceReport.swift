import JSON
import Kernel
import SQLite

/// What rules say of the resources that a run was about.
public struct ComplianceReport: Sendable {
    /// What a rule says of a resource.
    public struct Verdict: Sendable {
        public let rule: String
        /// `AWS::SQS::Queue`
        public let type: String
        public let id: String
        public let isCompliant: Bool
        public let annotation: String?
    }

    /// In the order in which rules first had something to say of the resources.
    public let verdicts: [Verdict]

    /// - Parameter entries: the journal of the run. The resources are those of which a rule said something new, and what is
    ///   said of them now counts; where the recorder is off nothing is, since the resources may have changed.
    public init(of entries: [Journal.Entry], in context: ReadContext) throws {
        var seen: Set<[String]> = []
        var verdicts: [Verdict] = []
        for entry in entries where entry.kind == ComplianceChange.journalKind {
            let type = entry.detail["resourceType"]?.string ?? ""
            let id = entry.detail["resourceId"]?.string ?? ""
            guard seen.insert([entry.account, entry.region, type, id]).inserted else { continue }
            try context.database.query(
                """
                SELECT rule, type, id, compliance = 'COMPLIANT', annotation
                FROM config_result
                WHERE account = ?1 AND region = ?2 AND type = ?3 AND id = ?4
                AND compliance IN ('COMPLIANT', 'NON_COMPLIANT') AND EXISTS (
                    SELECT 1 FROM config_recorder
                    WHERE account = ?1 AND region = ?2 AND service_principal IS NULL AND recording)
                ORDER BY rule
                """, entry.account, entry.region, type, id
            ) { row in
                verdicts.append(
                    Verdict(
                        rule: row.text(0), type: row.text(1), id: row.text(2), isCompliant: row.int(3) == 1,
                        annotation: row.optionalText(4)))
            }
        }
        self.verdicts = verdicts
    }

    public var nonCompliant: [Verdict] { verdicts.filter { !$0.isCompliant } }

    /// How many resources are compliant, by the names of the rules.
    public var compliant: [(rule: String, count: Int)] {
        var counts: [String: Int] = [:]
        for verdict in verdicts where verdict.isCompliant { counts[verdict.rule, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
