import EventPattern
import JSON
import PatternReference
import Testing

/// The set, the pattern for itself and its explanation are held against the reference.
@Suite struct PropertyTests {
    private static let seed: UInt64 = 20_261_124
    private static let rounds = 220
    private static let patternsARound = 16
    private static let eventsARound = 40

    @Test func everyoneAgreesWithTheReference() throws {
        var cases = RandomCases(random: SplitMix(seed: Self.seed))
        var matches = 0
        var rules = PatternSet<Int>()
        for _ in 0..<Self.rounds {
            // Patterns of earlier rounds are replaced and removed, so that the set changes all the time.
            var patterns: [(json: JSON, reference: ReferenceMatcher.Alternatives, compiled: Pattern)] = []
            while patterns.count < Self.patternsARound {
                let json = cases.pattern()
                guard let pattern = try? Pattern(cases.text(json), dialect: .eventBridge) else { continue }
                rules.add(pattern, id: patterns.count)
                patterns.append((json, .init(json), pattern))
            }
            if cases.random.once(in: 5) {
                for id in patterns.indices where cases.random.once(in: 2) { rules.remove(id) }
                for (id, pattern) in patterns.enumerated() { rules.add(pattern.compiled, id: id) }
            }
            for _ in 0..<Self.eventsARound {
                let event = cases.event()
                let text = cases.text(event)
                let found = Set(rules.matches(Array(text.utf8)))
                let reference = ReferenceMatcher(event)
                for (id, pattern) in patterns.enumerated() {
                    let expected = reference.matches(pattern.reference)
                    if expected { matches += 1 }
                    // Explanations take their time.
                    let other =
                        id % 4 == 0 ? pattern.compiled.explain(event).matches : pattern.compiled.matches(event)
                    if found.contains(id) == expected, other == expected { continue }
                    report(pattern.json, event, text)
                    return
                }
            }
        }
        // The cases are no good if nearly all or nearly none match.
        let pairs = Self.rounds * Self.patternsARound * Self.eventsARound
        #expect(matches > pairs / 20 && matches < pairs / 2)
        for id in 0..<Self.patternsARound { rules.remove(id) }
        #expect(rules.isEmpty)
    }

    private func report(_ pattern: JSON, _ event: JSON, _ text: String) {
        let small = Shrinking.smallest(event) { differs(pattern, $0) }
        let smallPattern = Shrinking.smallest(pattern) { differs($0, small) }
        let expected = ReferenceMatcher(small).matches(.init(smallPattern))
        Issue.record(
            "\(smallPattern) and \(small) should \(expected ? "" : "not ")match; first seen with \(pattern) and \(text)"
        )
    }

    private func differs(_ json: JSON, _ event: JSON) -> Bool {
        guard let pattern = try? Pattern(json.description, dialect: .eventBridge) else { return false }
        let expected = ReferenceMatcher(event).matches(.init(json))
        var rules = PatternSet<Int>()
        rules.add(pattern, id: 0)
        return rules.matches(event.bytes()).isEmpty == expected || pattern.explain(event).matches != expected
    }
}
