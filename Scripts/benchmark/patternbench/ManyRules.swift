import EventPattern
import JSON

/// Whether the number of rules costs anything.
enum ManyRules {
    static func set(_ rules: [JSON]) throws -> PatternSet<Int> {
        var set = PatternSet<Int>()
        for (id, rule) in rules.enumerated() {
            set.add(try Pattern(rule.description, dialect: .eventBridge), id: id)
        }
        return set
    }

    /// The same events against five rules and ten thousand that name a value.
    static func measureExact(on events: [[UInt8]]) throws {
        for count in [5, 10_000] {
            let set = try set((0..<count).map { ["properties": ["LOT_NAME": [.string("VILLA\($0)")]]] })
            let rate = Stopwatch.rate(of: events.count) { for event in events { _ = set.matches(event) } }
            PatternBench.print("exact-\(count)", rate)
        }
    }

    /// One event against rules of all operators, of which one matches.
    static func measureMixed() throws {
        let rounds = 20_000
        let event = Array(
            """
            {"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718","detail-type":"Order Shipped","source":"shop",\
            "account":"111111111111","time":"2026-11-25T10:00:00Z","region":"eu-central-1","resources":[],"detail":\
            {"order":"order-0","document":"invoice-99999.pdf","customer":"Customer 99999","route":"north/x-99999/east",\
            "weight":99999,"address":"10.99.1.1","items":[{"sku":"none","count":2}],"state":"shipped"}}
            """.utf8)
        for count in [1, 100, 10_000] {
            let set = try set((0..<count).map(pattern))
            guard set.matches(event) == [0] else {
                throw ClassMeasurement.Difference(text: "\(count) rules: \(set.matches(event)) match, not the first")
            }
            let rate = Stopwatch.rate(of: rounds) { for _ in 0..<rounds { _ = set.matches(event) } }
            PatternBench.print("mixed-\(count)", rate)
        }
    }

    /// No two of them match the same event of one order.
    private static func pattern(_ id: Int) -> JSON {
        let clause: (field: String, matcher: JSON)
        switch id % 8 {
        case 0: clause = ("order", .string("order-\(id)"))
        case 1: clause = ("document", ["prefix": .string("invoice-\(id)-")])
        case 2: clause = ("document", ["suffix": .string("-\(id).pdf")])
        case 3: clause = ("customer", ["equals-ignore-case": .string("Customer \(id)")])
        case 4: clause = ("route", ["wildcard": .string("north/*-\(id)/*")])
        case 5: clause = ("weight", ["numeric": [">=", .number(id), "<", .number(id + 1)]])
        case 6: clause = ("address", ["cidr": .string("10.\(id / 256).\(id % 256).0/24")])
        default:
            return [
                "detail": ["order": [["prefix": .string("order-\(id)")]], "state": [["anything-but": ["cancelled"]]]]
            ]
        }
        return ["detail": .object([clause.field: [clause.matcher]])]
    }
}
