extension Evaluator {
    /// `Properties.Size >= 10`, for all values that the query selects, or for `some`.
    func decide(_ clause: AccessClause, in scope: Scope) throws(GuardError) -> Status {
        place = clause.place
        let mark = report.mark
        let outcomes: [Bool]
        if let operand = clause.operand {
            let right = try results(of: operand, in: scope)
            let left = try select(clause.query, in: scope)
            // A `not` before the query has no effect on a comparison, as in cfn-guard.
            guard let comparisons = try compare(left, clause.comparator, right) else { return .skip }
            outcomes = comparisons.flatMap { report($0, clause) }
        } else {
            let values = try select(clause.query, in: scope)
            if clause.comparator.operation == .empty, clause.query.isSelection {
                return isEmpty(values, clause)
            }
            if values.isEmpty { return .skip }
            var holds: [Bool] = []
            for value in values { holds.append(try isTrue(clause, value)) }
            outcomes = holds
        }
        let passes = clause.query.matchesAll ? !outcomes.contains(false) : outcomes.contains(true)
        if passes { report.forget(since: mark) }
        return passes ? .pass : .fail
    }

    // MARK: Comparisons

    /// One for each value that the comparison is about.
    private func report(_ comparison: Comparison, _ clause: AccessClause) -> [Bool] {
        if case .all(true, _, let left, _) = comparison { return left.map { _ in true } }
        if comparison.holds { return [true] }
        let not = clause.comparator.isNegated ? "" : "not "
        let relation =
            switch clause.comparator.operation {
            case .equal: "\(not)equal to"
            case .in: "\(not)in"
            case .less: "not less than"
            case .lessOrEqual: "not at most"
            case .greater: "not greater than"
            default: "not at least"
            }
        switch comparison {
        case .unresolved(let missing): report.add(clause, missing: missing)
        case .unresolvedOther(let missing, let value):
            report.add(clause, value, "\(missing.remaining), to compare with, is not there.")
        case .incomparable(let left, let right):
            report.add(
                clause, left, comparedWith: [right],
                "A value of the type \(left.value.typeName) cannot be compared with one of the type \(right.value.typeName)."
            )
        case .values(_, let left, let right):
            report.add(clause, left, comparedWith: [right], "The value is \(relation) the one it is compared with.")
        case .member(_, let left, let right):
            report.add(clause, left, comparedWith: right, "The value is \(relation) the list.")
        case .list(_, _, let left, let right):
            report.add(clause, left, comparedWith: [right], "The list is \(relation) the other one.")
        case .all(_, let rest, _, let right):
            for value in rest {
                report.add(clause, value, comparedWith: right, "The value is \(relation) the values on the other side.")
            }
            return rest.map { _ in false }
        }
        return [false]
    }

    // MARK: One value

    private func isTrue(_ clause: AccessClause, _ result: QueryResult) throws(GuardError) -> Bool {
        let fits = try fits(clause.comparator.operation, result) != clause.comparator.isNegated
        if fits != clause.isNegated { return true }
        let isWanted = clause.comparator.isNegated == clause.isNegated
        switch result {
        case .unresolved(let missing): report.add(clause, missing: missing)
        case .literal(let value), .resolved(let value):
            let message =
                switch clause.comparator.operation {
                case .exists: "The value exists."
                case .empty: isWanted ? "The value is not empty." : "The value is empty."
                default:
                    isWanted
                        ? "The value is of the type \(value.value.typeName)."
                        : "The value is of this type, \(value.value.typeName)."
                }
            report.add(clause, value, message)
        }
        return false
    }

    private func fits(_ operation: Operator, _ result: QueryResult) throws(GuardError) -> Bool {
        guard let value = result.located?.value else { return operation == .empty }
        switch (operation, value) {
        case (.exists, _): return true
        case (.empty, .list(let list)): return list.isEmpty
        case (.empty, .map(let map)): return map.members.isEmpty
        case (.empty, .string(let text)): return text.isEmpty
        case (.empty, .bool): return false
        case (.empty, _):
            let path = result.located?.path.text ?? ""
            throw error("empty cannot be asked of the type \(value.typeName), which stands at \(path).")
        case (.isString, .string), (.isList, .list), (.isStruct, .map), (.isBool, .bool), (.isInt, .int),
            (.isFloat, .float), (.isNull, .null):
            return true
        default: return false
        }
    }

    // MARK: Selections

    /// `%buckets empty`: about the values that were selected, not about what is in them. A null is as good as none.
    private func isEmpty(_ values: [QueryResult], _ clause: AccessClause) -> Status {
        let isWanted = clause.comparator.isNegated == clause.isNegated
        if values.isEmpty {
            if isWanted { return .pass }
            report.add(clause, "The query selects nothing.")
            return .fail
        }
        let mark = report.mark
        var outcomes: [Bool] = []
        for value in values {
            let isEmpty = value.located?.value.isNull ?? true
            outcomes.append(isEmpty == isWanted)
            if isEmpty == isWanted { continue }
            switch value {
            case .unresolved(let missing): report.add(clause, missing: missing)
            case .literal(let value), .resolved(let value):
                report.add(clause, value, isWanted ? "The query selects this value." : "The value is null.")
            }
        }
        let passes = clause.query.matchesAll ? !outcomes.contains(false) : outcomes.contains(true)
        if passes { report.forget(since: mark) }
        return passes ? .pass : .fail
    }
}

extension Query {
    /// Whether it ends in what makes a choice: a filter, or a variable that stands alone.
    fileprivate var isSelection: Bool {
        switch parts.last {
        case .filter, .keyFilter: true
        case .variable: parts.count == 1
        default: false
        }
    }
}
