extension Evaluator {
    /// What an operand stands for in a scope.
    func results(of operand: Operand, in scope: Scope) throws(GuardError) -> [QueryResult] {
        switch operand {
        case .literal(let value): return [.literal(Located(value))]
        case .query(let query): return try select(query, in: scope)
        case .call(let call): return try descend { () throws(GuardError) in try results(of: call, in: scope) }
        }
    }

    func select(_ query: Query, in scope: Scope) throws(GuardError) -> [QueryResult] {
        let resolver = scope.isView ? scope.parent ?? scope : scope
        return try Selection(query.parts, self).from(0, scope.root, in: resolver, casing: nil)
    }
}

/// What the parts of one query select, from the first to the last.
struct Selection {
    let parts: [QueryPart]
    let evaluator: Evaluator

    init(_ parts: [QueryPart], _ evaluator: Evaluator) {
        self.parts = parts
        self.evaluator = evaluator
    }

    /// - Parameters:
    ///   - scope: where variables are known, and what the filters in the query start from.
    ///   - casing: how the keys before had to be written to be found, if not as they stand.
    func from(
        _ index: Int, _ current: Located, in scope: Scope, casing: KeyCase?
    ) throws(GuardError) -> [QueryResult] {
        guard index < parts.count else { return [.resolved(current)] }
        return try evaluator.descend { () throws(GuardError) in
            switch parts[index] {
            case .this: return try from(index + 1, current, in: scope, casing: casing)
            case .variable(let name) where index == 0: return try values(of: name, in: scope, casing: casing)
            case .variable(let name): return try members(of: name, index, current, in: scope, casing: casing)
            case .key(let key): return try member(key, index, current, in: scope, casing: casing)
            case .index(let position): return try element(position, index, current, in: scope, casing: casing)
            case .allIndices(let capture):
                if case .map = current.value, capture == nil {
                    return try from(index + 1, current, in: scope, casing: casing)
                }
                return try all(index, current, capture: capture, in: scope, casing: casing)
            case .allValues: return try all(index, current, capture: nil, in: scope, casing: casing)
            case .filter(let capture, let conditions):
                return try filtered(conditions, capture, index, current, in: scope, casing: casing)
            case .keyFilter(let comparator, let operand):
                return try keys(comparator, operand, index, current, in: scope, casing: casing)
            }
        }
    }

    func missing(_ current: Located, _ index: Int) -> [QueryResult] {
        [.unresolved(Unresolved(reached: current, query: parts, index: index))]
    }

    // MARK: Keys

    private func member(
        _ key: Key, _ index: Int, _ current: Located, in scope: Scope, casing: KeyCase?
    ) throws(GuardError) -> [QueryResult] {
        // A key that is a number is taken for an index, even on a struct.
        if let position = key.position { return try element(position, index, current, in: scope, casing: casing) }
        guard case .map(let map) = current.value else { return missing(current, index) }
        if let value = map[key.text] {
            return try from(index + 1, current.member(key.text, value), in: scope, casing: casing)
        }
        for spelling in key.spellings where casing == nil || casing == spelling.casing {
            if let value = map[spelling.text] {
                return try from(index + 1, current.member(spelling.text, value), in: scope, casing: spelling.casing)
            }
        }
        return missing(current, index)
    }

    private func element(
        _ position: Int, _ index: Int, _ current: Located, in scope: Scope, casing: KeyCase?
    ) throws(GuardError) -> [QueryResult] {
        // A sign is passed over, as in cfn-guard.
        let position = Int(clamping: position.magnitude)
        guard case .list(let list) = current.value, list.indices.contains(position) else {
            return missing(current, index)
        }
        let element = Located(list[position], at: current.path.appending(String(position)))
        return try from(index + 1, element, in: scope, casing: casing)
    }

    // MARK: Variables

    /// A variable at the start: what stands behind it is about each of its values.
    private func values(of name: String, in scope: Scope, casing: KeyCase?) throws(GuardError) -> [QueryResult] {
        var next = 1
        if next < parts.count, case .allIndices = parts[next] { next += 1 }
        var selected: [QueryResult] = []
        for result in try scope.resolve(name, evaluator) {
            try evaluator.spend()
            if let value = result.located, next < parts.count {
                selected += try from(next, value, in: Scope(viewing: value, of: scope), casing: casing)
            } else {
                selected.append(result)
            }
        }
        return selected
    }

    /// A variable behind a dot: its values are the keys.
    private func members(
        of name: String, _ index: Int, _ current: Located, in scope: Scope, casing: KeyCase?
    ) throws(GuardError) -> [QueryResult] {
        guard case .map(let map) = current.value else { return missing(current, index) }
        var keys = try scope.resolve(name, evaluator)
        if index + 1 < parts.count {
            switch parts[index + 1] {
            case .allIndices, .key, .variable: break
            case .index(let position):
                let position = Int(clamping: position.magnitude)
                guard keys.indices.contains(position) else { return missing(current, index) }
                keys = [keys[position]]
            default: throw evaluator.error("%\(name) as a key is followed by a key, an index or [*] only.")
            }
        }
        var selected: [QueryResult] = []
        for key in keys {
            guard let key = key.located else {
                selected += missing(current, index)
                continue
            }
            for name in try names(key.value, of: name) {
                if let value = map[name] {
                    selected += try from(index + 1, current.member(name, value), in: scope, casing: casing)
                } else {
                    selected += missing(current, index)
                }
            }
        }
        return selected
    }

    private func names(_ value: Value, of variable: String) throws(GuardError) -> [String] {
        let values: [Value]
        if case .list(let list) = value { values = list } else { values = [value] }
        var names: [String] = []
        for value in values {
            guard case .string(let name) = value else {
                throw evaluator.error("%\(variable) is used as a key, but its value is of the type \(value.typeName).")
            }
            names.append(name)
        }
        return names
    }

    // MARK: All

    private func all(
        _ index: Int, _ current: Located, capture: String?, in scope: Scope, casing: KeyCase?
    ) throws(GuardError) -> [QueryResult] {
        var selected: [QueryResult] = []
        switch current.value {
        case .list(let list):
            if list.isEmpty { return missing(current, index) }
            for element in current.elements(list) {
                selected += try from(index + 1, element, in: scope, casing: casing)
            }
        case .map(let map):
            if map.members.isEmpty { return missing(current, index) }
            for (name, value) in map.members {
                let member = current.member(name, value)
                let view = Scope(viewing: member, of: scope)
                if let capture { scope.capture(Located(.string(name), at: member.path), as: capture) }
                selected += try from(index + 1, member, in: view, casing: casing)
            }
        default:
            // Where a list is accepted one value often is.
            return try from(index + 1, current, in: scope, casing: casing)
        }
        return selected
    }
}
