/// Refuses wildcards that would put the engine in too many places at once.
///
/// What counts is how many beginnings of wildcard patterns one text can match at the same time; sources:
/// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html ("wildcard matching complexity")
/// and https://github.com/aws/event-ruler (MachineComplexityEvaluator). The limit itself is not documented; ten agrees with
/// what is known to be accepted and refused: `*:*:*:*:*:event-bus/*`, and four times `*/folder/*.type`, are too much.
enum WildcardComplexity {
    private static let limit = 10
    /// So many sets of places are looked at; a pattern with more is refused unseen.
    private static let setLimit = 5_000
    private static let star = 256

    static func check(_ clauses: [Pattern.Clause], _ alternatives: [[Int]]) throws(PatternError) {
        let wildcards = clauses.map { tokens($0.matchers) }
        guard wildcards.contains(where: { !$0.isEmpty }) else { return }
        // Branches of $or share the engine for a field as far as they ask for the same before it.
        struct Place: Hashable {
            let before: [String]
            let name: String
        }
        var machines: [Place: Set<[Int]>] = [:]
        for alternative in alternatives {
            var before: [String] = []
            for clause in alternative {
                machines[Place(before: before, name: clauses[clause].name), default: []].formUnion(wildcards[clause])
                before.append(clauses[clause].name + clauses[clause].text)
            }
        }
        guard machines.values.allSatisfy({ isSimple(Array($0)) }) else {
            throw PatternError(
                "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a "
                    + "wildcard character")
        }
    }

    /// The wildcard patterns among the matchers, between the quotes that the engine compares too.
    private static func tokens(_ matchers: [Matcher]) -> [[Int]] {
        matchers.flatMap { matcher -> [[Int]] in
            switch matcher {
            case .text(let text) where text.isWildcard:
                [[0x22] + text.parts.map { $0.map(Int.init) }.joined(separator: [star]) + [0x22]]
            case .anythingBut(let others): tokens(others)
            default: []
            }
        }
    }

    private static func isSimple(_ patterns: [[Int]]) -> Bool {
        // A place is what a pattern has been matched up to; a star is passed as soon as it is reached.
        typealias Place = SIMD2<Int32>
        func reached(_ pattern: Int, _ length: Int, in places: inout Set<Place>) {
            places.insert(Place(Int32(pattern), Int32(length)))
            if length < patterns[pattern].count, patterns[pattern][length] == star {
                places.insert(Place(Int32(pattern), Int32(length + 1)))
            }
        }
        let alphabet = Set(patterns.joined()).union([star])
        var seen: Set<Set<Place>> = []
        var waiting: [Set<Place>] = [Set(patterns.indices.map { Place(Int32($0), 0) })]
        while let places = waiting.popLast() {
            for byte in alphabet {
                var next: Set<Place> = []
                for place in places {
                    let (pattern, length) = (Int(place.x), Int(place.y))
                    if length > 0, patterns[pattern][length - 1] == star { next.insert(place) }
                    // The star's own number stands for the bytes that no pattern names.
                    if byte != star, length < patterns[pattern].count, patterns[pattern][length] == byte {
                        reached(pattern, length + 1, in: &next)
                    }
                }
                if next.count > limit || seen.count > setLimit { return false }
                if !next.isEmpty, seen.insert(next).inserted { waiting.append(next) }
            }
        }
        return true
    }
}
