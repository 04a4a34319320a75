/// From the clauses that hold to the rules that match.
extension PatternIndex {
    func matchRules(_ state: inout MatchState) { follow(RuleTree.root, &state) }

    private func follow(_ number: Int32, _ state: inout MatchState) {
        let node = tree.nodes[number]
        var link = node.alternatives
        while link >= 0 {
            let end = tree.lists.links[link]
            finish(end.value, &state)
            link = end.next
        }
        if node.found.count > 0 { followFound(number, node.found, &state) }
        var child = node.asked.first
        while child >= 0 {
            let next = tree.nodes[child]
            if mayHold(next.clause, state) { follow(child, &state) }
            child = next.next
        }
    }

    /// Goes by the children or by what was found, whichever is less.
    private func followFound(_ number: Int32, _ children: RuleTree.Children, _ state: inout MatchState) {
        if Int(children.count) <= state.found.count {
            var child = children.first
            while child >= 0 {
                let next = tree.nodes[child]
                if state.isFound(next.clause) { follow(child, &state) }
                child = next.next
            }
        } else {
            for place in 0..<state.found.count {
                let child = tree.child(number, state.found[place])
                if child >= 0 { follow(child, &state) }
            }
        }
    }

    /// Whether the clause holds for some value, whatever array elements the values of others come from.
    private func mayHold(_ number: Int32, _ state: borrowing MatchState) -> Bool {
        let clause = clauses.clauses[number]
        let field = state.fieldState(clause.field)
        if clause.acceptsNone, field.rootCount == 0 { return true }
        if field.count == 0 { return false }
        if clause.acceptsAny { return true }
        var number = clause.firstUnit
        while number >= 0 {
            let unit = clauses.units[number]
            let count = state.unitState(number).count
            if unit.isNegative ? count < field.count : count > 0 { return true }
            number = unit.next
        }
        return false
    }

    private func finish(_ number: Int32, _ state: inout MatchState) {
        let rule = alternatives[number].rule
        if state.isMatched(rule) { return }
        if state.elements.isFlat || correlates(number, &state) { state.match(rule) }
    }

    // MARK: Arrays

    private func correlates(_ number: Int32, _ state: inout MatchState) -> Bool {
        let clauses = alternatives[number].clauses
        // One clause alone contradicts nobody.
        if clauses.count == 1, !self.clauses.clauses[clauses[0]].acceptsNone { return true }
        state.correlation.reset()
        for clause in clauses {
            let record = self.clauses.clauses[clause]
            collectFitting(record, &state)
            if record.acceptsNone { collectPresent(record.field, &state) }
            state.correlation.addClause(
                fitting: state.fitting, present: record.acceptsNone ? state.present : nil)
        }
        return state.correlation.succeeds(in: state.elements)
    }

    private func collectPresent(_ field: Int32, _ state: inout MatchState) {
        state.present.removeAll(keepingCapacity: true)
        var occurrence = state.fieldState(field).first
        while occurrence >= 0 {
            let (element, next) = (state.occurrences[Int(occurrence)].element, state.occurrences[Int(occurrence)].next)
            state.present.append(element)
            occurrence = next
        }
    }

    /// Fills `state.fitting` with the elements that have a value for which the clause holds: one for which something was
    /// found that must be, or something was not that must not be.
    private func collectFitting(_ clause: ClauseIndex.Clause, _ state: inout MatchState) {
        let field = state.fieldState(clause.field)
        let round = state.beginRound()
        var number = clause.firstUnit
        while number >= 0 {
            let unit = clauses.units[number]
            var hit = state.unitState(number).lastHit
            while hit >= 0 {
                let place = Int(state.hits[Int(hit)].occurrence)
                if unit.isNegative { state.bad[place] = round } else { state.good[place] = round }
                hit = state.hits[Int(hit)].previous
            }
            if unit.isNegative {
                var occurrence = field.first
                while occurrence >= 0 {
                    let place = Int(occurrence)
                    if state.bad[place] != round { state.good[place] = round }
                    // The next unit begins anew.
                    state.bad[place] = 0
                    occurrence = state.occurrences[place].next
                }
            }
            number = unit.next
        }
        state.fitting.removeAll(keepingCapacity: true)
        var occurrence = field.first
        while occurrence >= 0 {
            let place = Int(occurrence)
            let found = state.occurrences[place]
            if clause.acceptsAny || state.good[place] == round { state.fitting.append(found.element) }
            occurrence = found.next
        }
    }
}
