extension Selection {
    private func fits(_ conditions: Conjunctions, in scope: Scope) throws(GuardError) -> Bool {
        try evaluator.report.quietly { () throws(GuardError) in
            try evaluator.decide(conditions, in: scope)
        } == .pass
    }

    /// `[ Type == 'AWS::S3::Bucket' ]`
    func filtered(
        _ conditions: Conjunctions, _ capture: String?, _ index: Int, _ current: Located, in scope: Scope,
        casing: KeyCase?
    ) throws(GuardError) -> [QueryResult] {
        var selected: [QueryResult] = []
        switch current.value {
        case .list(let list):
            for element in current.elements(list)
            where try fits(conditions, in: Scope(viewing: element, of: scope)) {
                selected += try from(index + 1, element, in: scope, casing: casing)
            }
        case .map(let map):
            switch parts[index - 1] {
            case .key, .variable:
                for (name, value) in map.members {
                    let member = current.member(name, value)
                    let view = Scope(viewing: member, of: scope)
                    guard try fits(conditions, in: view) else { continue }
                    if let capture { scope.capture(Located(.string(name), at: member.path), as: capture) }
                    selected += try from(index + 1, member, in: view, casing: casing)
                }
            case .allValues, .allIndices:
                // The step before has made this value the start of the conditions, unless it went through a list: then they
                // start where the query did, as in cfn-guard.
                if try fits(conditions, in: scope) {
                    selected = try from(index + 1, current, in: scope, casing: casing)
                }
            default:
                let view = Scope(viewing: current, of: scope)
                if try fits(conditions, in: view) { selected = try from(index + 1, current, in: view, casing: casing) }
            }
        default:
            guard case .allIndices = parts[index - 1] else { return missing(current, index) }
            if try fits(conditions, in: Scope(viewing: current, of: scope)) {
                selected = try from(index + 1, current, in: scope, casing: casing)
            }
        }
        return selected
    }

    /// `[ keys == /^aws/ ]`
    func keys(
        _ comparator: Comparator, _ operand: Operand, _ index: Int, _ current: Located, in scope: Scope,
        casing: KeyCase?
    ) throws(GuardError) -> [QueryResult] {
        guard case .map(let map) = current.value else { return missing(current, index) }
        let others: [QueryResult]
        switch operand {
        case .query(let query):
            others = try Selection(query.parts, evaluator).from(0, current, in: scope, casing: casing)
        case .literal, .call: others = try evaluator.results(of: operand, in: scope)
        }
        // One key cannot be equal to several values.
        let isMembership = comparator.operation == .in || others.count > 1
        var selected: [QueryResult] = []
        for (name, value) in map.members {
            var outcomes: [Bool] = []
            for other in others {
                let outcome = try fits(key: .string(name), other, isMembership: isMembership)
                outcomes.append(outcome.map { $0 != comparator.isNegated } ?? false)
            }
            guard isMembership ? outcomes.contains(true) : !outcomes.contains(false) && !outcomes.isEmpty else {
                continue
            }
            selected += try from(index + 1, current.member(name, value), in: scope, casing: casing)
        }
        return selected
    }

    /// Nil where the two cannot be compared.
    private func fits(key: Value, _ other: QueryResult, isMembership: Bool) throws(GuardError) -> Bool? {
        guard let value = other.located?.value else { return nil }
        if isMembership {
            switch (key, value) {
            case (.string(let key), .string(let text)): return try evaluator.contains(text, key)
            case (_, .list(let list)):
                var isMember: Bool? = false
                for element in list {
                    guard let isEqual = try evaluator.equals(key, element) else { return nil }
                    if isEqual { isMember = true }
                }
                return isMember
            default: return try evaluator.equals(key, value)
            }
        }
        if let isEqual = try evaluator.equals(key, value) { return isEqual }
        if case .literal = other, case .list(let list) = value, list.count == 1 {
            return try evaluator.equals(key, list[0])
        }
        return nil
    }
}
