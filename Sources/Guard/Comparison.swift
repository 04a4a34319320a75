/// What came of comparing the values of two sides.
enum Comparison {
    case unresolved(Unresolved)
    case unresolvedOther(Unresolved, Located)
    case incomparable(Located, Located)
    case values(Bool, Located, Located)
    /// A value, and the list that it should be in.
    case member(Bool, Located, [Located])
    /// A list in a list: `rest` are the elements that are not in the other one.
    case list(Bool, rest: [Located], Located, Located)
    /// All values of a query at once: `rest` are those that are not on the other side.
    case all(Bool, rest: [Located], [Located], [Located])

    var holds: Bool {
        switch self {
        case .unresolved, .unresolvedOther, .incomparable: false
        case .values(let holds, _, _), .member(let holds, _, _), .list(let holds, _, _, _), .all(let holds, _, _, _):
            holds
        }
    }
}

extension Evaluator {
    /// Nil when one side has no values at all: then there is nothing to decide.
    func compare(
        _ left: [QueryResult], _ comparator: Comparator, _ right: [QueryResult]
    ) throws(GuardError) -> [Comparison]? {
        if left.isEmpty || right.isEmpty { return nil }
        let comparisons: [Comparison]
        switch comparator.operation {
        case .equal: comparisons = try equal(left, right)
        case .in: comparisons = try isIn(left, right)
        default: comparisons = try ordered(left, comparator.operation, right)
        }
        guard comparator.isNegated else { return comparisons }
        var negated: [Comparison] = []
        for comparison in comparisons { negated.append(try negate(comparison)) }
        return negated
    }

    /// What is missing or cannot be compared stays a failure.
    private func negate(_ comparison: Comparison) throws(GuardError) -> Comparison {
        switch comparison {
        case .unresolved, .unresolvedOther, .incomparable: return comparison
        case .values(let holds, let left, let right): return .values(!holds, left, right)
        case .member(let holds, let left, let right): return .member(!holds, left, right)
        case .list(let holds, let rest, let left, let right):
            guard case .list(let list) = left.value else { return .values(!holds, left, right) }
            let common = holds ? left.elements(list) : try without(rest, left.elements(list))
            return .list(!holds && common.isEmpty, rest: common, left, right)
        case .all(let holds, let rest, let left, let right):
            let common = holds ? left : try without(rest, left)
            return .all(!holds && common.isEmpty, rest: common, left, right)
        }
    }

    private func without(_ rest: [Located], _ values: [Located]) throws(GuardError) -> [Located] {
        var kept: [Located] = []
        for value in values where try !contains(rest, value.value) { kept.append(value) }
        return kept
    }

    // MARK: Sides

    /// The literal that a side is, when it is nothing else.
    private func literal(_ side: [QueryResult]) -> Located? {
        if side.count == 1, case .literal(let literal) = side[0] { return literal }
        return nil
    }

    private func values(_ side: [QueryResult], missing: (Unresolved) -> Void) -> [Located] {
        var values: [Located] = []
        for result in side {
            switch result {
            case .literal(let value), .resolved(let value): values.append(value)
            case .unresolved(let unresolved): missing(unresolved)
            }
        }
        return values
    }

    private func flattened(_ values: [Located]) -> [Located] {
        values.flatMap { value in
            if case .list(let list) = value.value { value.elements(list) } else { [value] }
        }
    }

    private func match(_ left: Located, _ right: Located) throws(GuardError) -> Comparison {
        guard let holds = try equals(left.value, right.value) else { return .incomparable(left, right) }
        return .values(holds, left, right)
    }

    // MARK: < <= > >=

    private func ordered(
        _ left: [QueryResult], _ operation: Operator, _ right: [QueryResult]
    ) throws(GuardError) -> [Comparison] {
        var comparisons: [Comparison] = []
        let left = flattened(values(left) { comparisons.append(.unresolved($0)) })
        let right = flattened(
            values(right) { missing in comparisons += left.map { .unresolvedOther(missing, $0) } })
        for left in left {
            for right in right {
                // Each pair is kept, so it costs more than the look at it.
                try spend(4)
                guard let order = order(left.value, right.value) else {
                    comparisons.append(.incomparable(left, right))
                    continue
                }
                let holds =
                    switch operation {
                    case .less: order == .less
                    case .lessOrEqual: order != .greater
                    case .greater: order == .greater
                    default: order != .less
                    }
                comparisons.append(.values(holds, left, right))
            }
        }
        return comparisons
    }

    // MARK: ==

    private func equal(_ left: [QueryResult], _ right: [QueryResult]) throws(GuardError) -> [Comparison] {
        var comparisons: [Comparison] = []
        switch (literal(left), literal(right)) {
        case (let left?, let right?): comparisons = [try match(left, right)]
        case (let left?, nil):
            for value in values(right, missing: { comparisons.append(.unresolvedOther($0, left)) }) {
                for value in left.value.isList ? [value] : flattened([value]) {
                    comparisons.append(try match(left, value))
                }
            }
        case (nil, let right?):
            for value in values(left, missing: { comparisons.append(.unresolved($0)) }) {
                if case .list(let list) = right.value {
                    // A list of one is as good as the one.
                    let isSingle = value.value.isScalar && list.count == 1
                    comparisons.append(try match(value, isSingle ? right.elements(list)[0] : right))
                } else {
                    for value in flattened([value]) { comparisons.append(try match(value, right)) }
                }
            }
        case (nil, nil):
            let left = values(left) { comparisons.append(.unresolved($0)) }
            let right = values(right) { missing in comparisons += left.map { .unresolvedOther(missing, $0) } }
            var rest: [Located] = []
            let (more, fewer) = left.count > right.count ? (left, right) : (right, left)
            for value in more where try !contains(fewer, value.value) { rest.append(value) }
            comparisons.append(.all(rest.isEmpty, rest: rest, left, right))
        }
        return comparisons
    }

    // MARK: in

    private func isIn(_ left: [QueryResult], _ right: [QueryResult]) throws(GuardError) -> [Comparison] {
        var comparisons: [Comparison] = []
        switch (literal(left), literal(right)) {
        case (let left?, let right?):
            let asText = try isPart(left, right)
            comparisons = [asText.holds ? asText : try isIn(left, right)]
        case (let left?, nil):
            let right = values(right) { comparisons.append(.unresolvedOther($0, left)) }
            if case .list(let list) = left.value, !right.contains(where: \.value.isList) {
                var rest: [Located] = []
                for value in left.elements(list) where try !contains(right, value.value) { rest.append(value) }
                comparisons.append(.all(rest.isEmpty, rest: rest, [left], right))
            } else {
                for right in right { comparisons.append(try isIn(left, right)) }
            }
        case (nil, let right?):
            for value in values(left, missing: { comparisons.append(.unresolved($0)) }) {
                if case .string = right.value {
                    for value in flattened([value]) { comparisons.append(try isPart(value, right)) }
                } else {
                    comparisons.append(try isIn(value, right))
                }
            }
        case (nil, nil):
            let left = values(left) { comparisons.append(.unresolved($0)) }
            let right = values(right) { missing in comparisons += left.map { .unresolvedOther(missing, $0) } }
            var rest: [Located] = []
            for value in left {
                var isFound = false
                for other in right where !isFound { isFound = try isIn(value, other).holds }
                if !isFound { rest.append(value) }
            }
            comparisons.append(.all(rest.isEmpty, rest: rest, left, right))
        }
        return comparisons
    }

    /// A text in a text.
    private func isPart(_ left: Located, _ right: Located) throws(GuardError) -> Comparison {
        guard case .string(let part) = left.value, case .string(let text) = right.value else {
            return .incomparable(left, right)
        }
        return .values(try contains(text, part), left, right)
    }

    private func isIn(_ left: Located, _ right: Located) throws(GuardError) -> Comparison {
        switch (left.value, right.value) {
        case (.list(let list), .list(let others)):
            if others.first?.isList == true {
                let holds = try contains(others, left.value)
                return .list(holds, rest: holds ? [] : [left], left, right)
            }
            var rest: [Located] = []
            for value in left.elements(list) where try !contains(others, value.value) { rest.append(value) }
            return .list(rest.isEmpty, rest: rest, left, right)
        case (.list, _): return .incomparable(left, right)
        case (_, .list(let others)): return .member(try contains(others, left.value), left, [right])
        default: return try match(left, right)
        }
    }
}
