import EventPattern
import JSON
import PatternReference

/// The rules of a class against all events, beside the matcher that takes every pattern as it is described.
struct ClassMeasurement {
    struct Difference: Error { let text: String }

    /// The naive one takes its time.
    private static let naiveCount = 1_000

    private let name: String
    private let rate: Double
    private let naiveRate: Double

    init(_ name: String, _ rules: [JSON], on events: [[UInt8]]) throws {
        self.name = name
        let set = try ManyRules.set(rules)
        try Self.compare(name, set, rules, on: events)
        rate = Stopwatch.rate(of: events.count) { for event in events { _ = set.matches(event) } }
        let some = events.prefix(Self.naiveCount)
        let naive = rules.map { ReferenceMatcher.Alternatives($0) }
        naiveRate = try Stopwatch.rate(of: some.count) {
            for event in some {
                let matcher = ReferenceMatcher(try JSON(parsing: event))
                for rule in naive { _ = matcher.matches(rule) }
            }
        }
    }

    /// A rate counts for nothing where the matches are not the same.
    private static func compare(_ name: String, _ set: PatternSet<Int>, _ rules: [JSON], on events: [[UInt8]]) throws {
        let naive = rules.map { ReferenceMatcher.Alternatives($0) }
        var counts = Array(repeating: 0, count: rules.count)
        for event in events {
            let found = set.matches(event).sorted()
            let matcher = ReferenceMatcher(try JSON(parsing: event))
            let expected = rules.indices.filter { matcher.matches(naive[$0]) }
            guard found == expected else {
                throw Difference(
                    text: "\(name): \(found), not \(expected), match \(String(decoding: event, as: UTF8.self))")
            }
            for id in found { counts[id] += 1 }
        }
        guard counts.allSatisfy({ $0 > 0 && $0 < events.count }) else {
            throw Difference(text: "\(name): a rule that matches all or nothing measures little: \(counts)")
        }
    }

    func print() { PatternBench.print(name, rate, naiveRate) }
}
