import Guard
import JSON

/// The verdicts on the rules of a policy, by their names. All that these tests expect is what cfn-guard 3.1.1 answers, but
/// where they say otherwise.
func statuses(_ policy: String, _ document: JSON, now: Int64 = 0) throws -> [String: String] {
    let verdict = try Policy(policy).evaluate(document, now: now)
    return Dictionary(uniqueKeysWithValues: verdict.rules.map { ($0.name, $0.status.rawValue) })
}

/// What the rule of one clause says of a document.
func status(_ clause: String, _ document: JSON, before: String = "") throws -> String? {
    try statuses("\(before)\nrule it {\n\(clause)\n}", document)["it"]
}

/// The error that a policy gives, or nil.
func failure(_ policy: String, _ document: JSON = [:]) -> GuardError? {
    do {
        _ = try Policy(policy).evaluate(document, now: 0)
        return nil
    } catch {
        return error
    }
}

func template(_ resources: JSON) -> JSON { ["Resources": resources] }
