import JSON

/// One policy on one document.
final class Evaluator {
    let file: PolicyFile
    /// Seconds since 1970.
    let now: Int64
    let work = Work()
    let report = Report()
    /// The clause that is being decided.
    var place = Place()
    private lazy var named = Dictionary(grouping: file.rules, by: \.name)
    private var statuses: [String: Status] = [:]
    private var deciding: Set<String> = []
    private var depth = 0
    private let scope: Scope

    /// How deep clauses, blocks and the steps of queries may stand inside one another, variables and rules included.
    private static let depthLimit = 250

    init(_ file: PolicyFile, document: Document, now: Int64) {
        self.file = file
        self.now = now
        scope = Scope(root: Located(document.value), lets: file.lets, parent: nil)
    }

    func error(_ message: String) -> GuardError {
        GuardError(kind: .evaluation, message: message, line: place.line, column: place.column)
    }

    func spend(_ steps: Int = 1) throws(GuardError) {
        guard work.spend(steps * Work.step) else {
            throw error("The policy needs more work on this document than is allowed.")
        }
    }

    func descend<Result>(_ body: () throws(GuardError) -> Result) throws(GuardError) -> Result {
        guard depth < Self.depthLimit else {
            throw error("The policy goes too deep: is there a rule that calls itself?")
        }
        depth += 1
        defer { depth -= 1 }
        try spend()
        return try body()
    }

    // MARK: Rules

    func verdict() throws(GuardError) -> Verdict {
        var rules: [(name: String, status: Status)] = []
        for rule in file.rules {
            report.rule = rule.name
            let status = try decide(rule, in: scope)
            if let known = rules.firstIndex(where: { $0.name == rule.name }) {
                rules[known].status = Status([rules[known].status, status])
            } else {
                rules.append((rule.name, status))
            }
        }
        return Verdict(
            status: Status(rules.map(\.status)), rules: rules, checks: report.checks, checksLeftOut: report.leftOut)
    }

    /// As clauses in other rules see it: of several rules with one name the first that is not skipped.
    private func status(ofRule name: String) throws(GuardError) -> Status {
        if let status = statuses[name] { return status }
        guard let rules = named[name] else { throw error("There is no rule \(name).") }
        guard deciding.insert(name).inserted else { throw error("The rule \(name) depends on itself.") }
        defer { deciding.remove(name) }
        var status = Status.skip
        for rule in rules where status == .skip {
            status = try report.quietly { () throws(GuardError) in try decide(rule, in: scope) }
        }
        statuses[name] = status
        return status
    }

    private func decide(_ rule: Rule, in scope: Scope) throws(GuardError) -> Status {
        if let conditions = rule.conditions, try !hold(conditions, in: scope) { return .skip }
        return try decide(rule.block, in: scope)
    }

    // MARK: Blocks

    private func hold(_ conditions: Conjunctions, in scope: Scope) throws(GuardError) -> Bool {
        try report.quietly { () throws(GuardError) in try decide(conditions, in: scope) } == .pass
    }

    private func decide(_ block: Block, in scope: Scope) throws(GuardError) -> Status {
        try decide(block.conjunctions, in: Scope(root: scope.root, lets: block.lets, parent: scope))
    }

    func decide(_ conjunctions: Conjunctions, in scope: Scope) throws(GuardError) -> Status {
        var passes = 0
        var fails = 0
        for alternatives in conjunctions {
            let mark = report.mark
            var status = Status.skip
            for clause in alternatives where status != .pass {
                let one = try decide(clause, in: scope)
                if one != .skip { status = one }
            }
            if status == .pass { passes += 1 }
            // What did not hold before one alternative did is no fault.
            if status == .fail { fails += 1 } else { report.forget(since: mark) }
        }
        return fails > 0 ? .fail : passes > 0 ? .pass : .skip
    }

    /// The block for each value; `matchesAll` is false when one value that passes is enough.
    private func decide(
        _ block: Block, forEach results: [QueryResult], matchesAll: Bool, in scope: Scope,
        unresolved: (Unresolved) -> Void
    ) throws(GuardError) -> Status {
        let mark = report.mark
        var passes = 0
        var fails = 0
        for result in results {
            switch result {
            case .unresolved(let missing):
                fails += 1
                unresolved(missing)
            case .literal(let value), .resolved(let value):
                switch try decide(block, in: Scope(viewing: value, of: scope)) {
                case .pass: passes += 1
                case .fail: fails += 1
                case .skip: break
                }
            }
        }
        if !matchesAll, passes > 0 {
            report.forget(since: mark)
            return .pass
        }
        return fails > 0 ? .fail : passes > 0 ? .pass : .skip
    }

    // MARK: Clauses

    private func decide(_ clause: Clause, in scope: Scope) throws(GuardError) -> Status {
        try descend { () throws(GuardError) in
            switch clause {
            case .access(let clause): return try decide(clause, in: scope)
            case .rule(let reference): return try decide(reference)
            case .call(let call): return try decide(call, in: scope)
            case .block(let block): return try decide(block, in: scope)
            case .type(let block): return try decide(block, in: scope)
            case .when(let conditions, let block):
                return try hold(conditions, in: scope) ? try decide(block, in: scope) : .skip
            }
        }
    }

    /// Only a rule that passes is true as a clause; one that was skipped is not.
    private func decide(_ reference: RuleReference) throws(GuardError) -> Status {
        place = reference.place
        let status = try status(ofRule: reference.name)
        if (status == .pass) != reference.isNegated { return .pass }
        report.add(reference, status)
        return .fail
    }

    /// A `not` before the call has no effect, as in cfn-guard.
    private func decide(_ call: RuleCall, in scope: Scope) throws(GuardError) -> Status {
        place = call.place
        guard let rule = file.parameterized[call.name] else {
            throw error("There is no rule \(call.name) with parameters.")
        }
        guard rule.parameters.count == call.arguments.count else {
            throw error("The rule \(call.name) takes \(rule.parameters.count) arguments, not \(call.arguments.count).")
        }
        var parameters: [String: [QueryResult]] = [:]
        for (name, argument) in zip(rule.parameters, call.arguments) {
            if case .literal(let value) = argument {
                parameters[name] = [.resolved(Located(value))]
            } else {
                parameters[name] = try results(of: argument, in: scope)
            }
        }
        let mark = report.mark
        let status = try decide(rule, in: Scope(root: scope.root, parameters: parameters, parent: scope))
        if let message = call.message { report.say(message, since: mark) }
        return status
    }

    private func decide(_ block: QueryBlock, in scope: Scope) throws(GuardError) -> Status {
        place = block.place
        let results = try select(block.query, in: scope)
        if results.isEmpty {
            guard block.requiresValues else { return .skip }
            report.add(block, nil)
            return .fail
        }
        return try decide(block.block, forEach: results, matchesAll: block.query.matchesAll, in: scope) { missing in
            report.add(block, missing)
        }
    }

    private func decide(_ block: TypeBlock, in scope: Scope) throws(GuardError) -> Status {
        place = block.place
        if let conditions = block.conditions, try !hold(conditions, in: scope) { return .skip }
        // A document without resources has none of this type.
        let results = try select(block.query, in: scope).filter { $0.located != nil }
        return try decide(block.block, forEach: results, matchesAll: true, in: scope) { _ in }
    }
}
