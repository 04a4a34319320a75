import Config
import JSON
import Kernel

/// What a run did: its calls, what became of resources, and what the server could not do for it.
struct RunReport {
    private let calls: [(call: CallStatistics.Call, count: CallStatistics.Count)]
    private let changes: [(kind: String, arns: [String])]
    private let notServed: [(call: CallStatistics.Call, count: Int)]
    private let notEnforced: [(setting: String, reason: String)]
    /// Statements of resource policies that AWS would ask for.
    private let missingStatements: [(resource: String, statement: JSON)]
    /// Events that no rule matched, by what they are and what the nearest rule missed.
    private let nearMisses: [(what: String, rule: String, text: String, count: Int)]
    private let compliance: ComplianceReport
    private let pack: PackReport?
    private let access: [String: Set<String>]
    private let exitCode: Int32

    /// - Parameters:
    ///   - pack: what to judge by what the run left behind.
    ///   - home: where the run was unless it said otherwise.
    init(
        kernel: Kernel, since sequence: Int64, exitCode: Int32, pack: PackFile?,
        home: (account: String, region: String)
    ) throws {
        self.exitCode = exitCode
        calls = kernel.calls.counts.sorted { ($0.key.service, $0.key.operation) < ($1.key.service, $1.key.operation) }
            .map { ($0.key, $0.value) }
        notServed = kernel.calls.notServed.sorted {
            ($0.key.service, $0.key.operation) < ($1.key.service, $1.key.operation)
        }
        .map { ($0.key, $0.value) }
        access = kernel.calls.access
        var seen: [String: [String]] = [:]
        var settings: [(String, String)] = []
        var missing: [(String, JSON)] = []
        let entries = try Self.entries(in: kernel, after: sequence)
        for entry in entries {
            if entry.kind == "notEnforced" {
                if let statement = entry.detail["missingStatement"] {
                    missing.append((entry.subject, statement))
                }
                let setting = (entry.subject, entry.detail["reason"]?.string ?? "")
                if !settings.contains(where: { $0 == setting }) { settings.append(setting) }
            } else if !seen[entry.kind, default: []].contains(entry.subject) {
                seen[entry.kind, default: []].append(entry.subject)
            }
        }
        changes = ["created", "changed", "deleted"].map { ($0, seen[$0] ?? []) }
        notEnforced = settings
        missingStatements = missing
        self.pack = try pack.map { try PackReport($0, home: home, entries, in: kernel) }
        compliance = try kernel.read { try ComplianceReport(of: entries, in: $0) }
        var misses: [(what: String, rule: String, text: String, count: Int)] = []
        for (event, rule, text) in try kernel.nearMisses(after: sequence) {
            let what = "\(event["detail-type"]?.string ?? "") of \(event["source"]?.string ?? "")"
            if let place = misses.firstIndex(where: { ($0.what, $0.rule, $0.text) == (what, rule, text) }) {
                misses[place].count += 1
            } else {
                misses.append((what, rule, text, 1))
            }
        }
        nearMisses = misses
    }

    var isIncomplete: Bool { !notServed.isEmpty || !notEnforced.isEmpty || pack?.isIncomplete == true }

    /// Whether something that the run left behind is not compliant with the pack.
    var breaksPack: Bool { pack?.isNonCompliant == true }

    static func lastSequence(in kernel: Kernel) throws -> Int64 {
        try entries(in: kernel, after: 0).last?.sequence ?? 0
    }

    private static func entries(in kernel: Kernel, after sequence: Int64) throws -> [Journal.Entry] {
        var entries: [Journal.Entry] = []
        while true {
            let page = try kernel.journal(after: entries.last?.sequence ?? sequence)
            if page.isEmpty { return entries }
            entries += page
        }
    }

    // MARK: Shapes

    var json: JSON {
        var object = JSONObject()
        object["exitCode"] = .number(Int(exitCode))
        object["calls"] = .array(
            calls.map { call, count in
                .object([
                    "service": .string(call.service), "operation": .string(call.operation),
                    "count": .number(count.calls),
                    "errors": .object(
                        JSONObject(count.errors.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
                ])
            })
        for (kind, arns) in changes { object[kind] = .array(arns.map(JSON.string)) }
        object["notServed"] = .array(
            notServed.map { call, count in
                .object([
                    "service": .string(call.service), "operation": .string(call.operation), "count": .number(count),
                ])
            })
        object["notEnforced"] = .array(
            notEnforced.map { .object(["setting": .string($0.setting), "reason": .string($0.reason)]) })
        object["missingStatements"] = .array(
            missingStatements.map { .object(["resource": .string($0.resource), "statement": $0.statement]) })
        object["unmatchedEvents"] = .array(
            nearMisses.map {
                .object([
                    "event": .string($0.what), "count": .number($0.count), "nearestRule": .string($0.rule),
                    "reason": .string($0.text),
                ])
            })
        object["compliance"] = .object([
            "nonCompliant": .array(
                compliance.nonCompliant.map {
                    .object([
                        "rule": .string($0.rule), "resourceType": .string($0.type), "resourceId": .string($0.id),
                        "annotation": $0.annotation.map(JSON.string),
                    ])
                }),
            "compliant": .object(JSONObject(compliance.compliant.map { ($0.rule, .number($0.count)) })),
        ])
        object["conformancePack"] = pack?.json
        return .object(object)
    }

    var text: String {
        var lines = ["", "Windtunnel: the command ended with exit code \(exitCode)."]
        func section(_ title: String, _ items: [String]) {
            guard !items.isEmpty else { return }
            lines += ["", title] + items.map { "  " + $0 }
        }
        section(
            "Calls",
            calls.map { call, count in
                let errors = count.errors.sorted { $0.key < $1.key }.map { ", \($0.value) × \($0.key)" }.joined()
                return "\(count.calls) × \(call.service) \(call.operation)\(errors)"
            })
        for (kind, arns) in changes { section(kind.prefix(1).uppercased() + kind.dropFirst(), arns) }
        section("Not served", notServed.map { "\($0.count) × \($0.call.service) \($0.call.operation)" })
        section("Accepted but not enforced", notEnforced.map { "\($0.setting): \($0.reason)" })
        section(
            "Events that no rule matched, with the nearest rule",
            nearMisses.map { "\($0.count) × \($0.what): rule \($0.rule) missed it. \($0.text)" })
        section(
            "Missing in the policies of resources, ready to paste",
            missingStatements.map { "\($0.resource)\n    \($0.statement)" })
        section(
            "Compliance with the rules of AWS Config",
            compliance.nonCompliant.map { verdict in
                "NON_COMPLIANT with \(verdict.rule): \(verdict.type) \(verdict.id)"
                    + (verdict.annotation.map { "\n    \($0)" } ?? "")
            } + compliance.compliant.map { "COMPLIANT with \($0.rule): \($0.count)" })
        for part in pack?.parts ?? [] { section(part.title, part.lines) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The least identity policy that lets the calls through: a statement for each set of resources.
    var leastPolicy: JSON {
        var byResources: [[String]: [String]] = [:]
        for (action, resources) in access { byResources[resources.sorted(), default: []].append(action) }
        let statements = byResources.map { (actions: $0.value.sorted(), resources: $0.key) }
            .sorted { $0.actions[0] < $1.actions[0] }
        return .object([
            "Version": "2012-10-17",
            "Statement": .array(
                statements.map { statement in
                    .object([
                        "Effect": "Allow", "Action": .array(statement.actions.map(JSON.string)),
                        "Resource": .array(statement.resources.map(JSON.string)),
                    ])
                }),
        ])
    }
}
