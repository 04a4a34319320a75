import JSON

public enum Status: String, Sendable {
    case pass = "PASS"
    case fail = "FAIL"
    /// Nothing to decide: the conditions do not hold, or nothing was selected.
    case skip = "SKIP"

    /// Of several together: one that fails is enough to fail, and one that passes is needed to pass.
    init(_ statuses: [Status]) {
        self = statuses.contains(.fail) ? .fail : statuses.contains(.pass) ? .pass : .skip
    }
}

/// What a policy says of a document.
public struct Verdict: Sendable {
    public let status: Status
    /// In the order of the policy; rules of one name are taken together. Clauses outside of rules are the rule `default`.
    public let rules: [(name: String, status: Status)]
    /// What made rules fail, in the order in which it was found.
    public let checks: [Check]
    /// How many more there were than are listed.
    public let checksLeftOut: Int
}

/// One value that a clause does not hold for.
public struct Check: Sendable {
    public let rule: String
    /// The clause as it stands in the policy, without its message.
    public let clause: String
    /// `==`, `not exists`; empty where the clause is a rule or a block.
    public let comparison: String
    /// Where in the document: `/Resources/Bucket/Properties`. For a missing value the last one that is there.
    public let path: String
    /// Nil for a missing value, and for one that is too large to be shown.
    public let value: JSON?
    public let comparedWith: [JSON]
    /// Why, in words.
    public let message: String
    /// What the policy says in `<<…>>`.
    public fileprivate(set) var customMessage: String?
    public let line: Int
    public let column: Int
}

/// Collects the checks that fail. Those of conditions and of alternatives that were not needed are forgotten again.
final class Report {
    typealias Mark = (count: Int, leftOut: Int)

    private(set) var checks: [Check] = []
    private(set) var leftOut = 0
    /// The rule of the file that is being decided.
    var rule = ""
    private var isQuiet = false

    private static let limit = 1000
    private static let comparedWithLimit = 20

    var mark: Mark { (checks.count, leftOut) }

    /// Whether the next check is kept; one that is not is only counted.
    private func takesOne() -> Bool {
        if isQuiet { return false }
        if checks.count < Self.limit { return true }
        leftOut += 1
        return false
    }

    func forget(since mark: Mark) {
        checks.removeLast(checks.count - mark.count)
        leftOut = mark.leftOut
    }

    func quietly<Result>(_ body: () throws(GuardError) -> Result) throws(GuardError) -> Result {
        let before = isQuiet
        isQuiet = true
        defer { isQuiet = before }
        return try body()
    }

    /// The message of a call of a rule, for its clauses that have none.
    func say(_ message: String, since mark: Mark) {
        for index in mark.count..<checks.count where checks[index].customMessage == nil {
            checks[index].customMessage = message
        }
    }

    // MARK: Kinds

    func add(_ clause: AccessClause, _ value: Located, comparedWith others: [Located] = [], _ message: String) {
        guard takesOne() else { return }
        add(
            clause.text, clause.comparator.text, value.path, value.value.shown,
            comparedWith: others.prefix(Self.comparedWithLimit).compactMap(\.value.shown), message, clause.message,
            clause.place)
    }

    func add(_ clause: AccessClause, missing: Unresolved) {
        guard takesOne() else { return }
        add(
            clause.text, clause.comparator.text, missing.reached.path, nil, "There is no \(missing.remaining) here.",
            clause.message, clause.place)
    }

    func add(_ clause: AccessClause, _ message: String) {
        guard takesOne() else { return }
        add(clause.text, clause.comparator.text, .root, nil, message, clause.message, clause.place)
    }

    func add(_ reference: RuleReference, _ status: Status) {
        guard takesOne() else { return }
        let text = reference.isNegated ? "not \(reference.name)" : reference.name
        add(
            text, "", .root, nil, "The rule \(reference.name) has the status \(status.rawValue).", reference.message,
            reference.place)
    }

    func add(_ block: QueryBlock, _ missing: Unresolved?) {
        guard takesOne() else { return }
        let message = missing.map { "There is no \($0.remaining) here." } ?? "The query selects nothing."
        add(
            block.query.parts.text(from: 0), "", missing?.reached.path ?? .root, nil, message, nil, block.place)
    }

    private func add(
        _ clause: String, _ comparison: String, _ path: Path, _ value: JSON?, comparedWith: [JSON] = [],
        _ message: String, _ customMessage: String?, _ place: Place
    ) {
        checks.append(
            Check(
                rule: rule, clause: clause, comparison: comparison, path: path.text, value: value,
                comparedWith: comparedWith, message: message, customMessage: customMessage,
                line: place.line, column: place.column))
    }
}

extension Value {
    /// The value in a report; nil when it is too large to be of use there.
    fileprivate var shown: JSON? {
        var left = 100
        return isSmall(&left) ? json : nil
    }

    private func isSmall(_ left: inout Int) -> Bool {
        left -= 1
        if left < 0 { return false }
        switch self {
        case .string(let text): return text.utf8.count <= 4096
        case .list(let list):
            for element in list where !element.isSmall(&left) { return false }
        case .map(let map):
            for member in map.members where !member.value.isSmall(&left) { return false }
        default: break
        }
        return true
    }
}
