import Glibc

/// Measures the pattern engine: what `Scripts/bench` prints of it. One line for each measurement: its name, and numbers.
@main
struct PatternBench {
    static func main() {
        do {
            let events = LotEvents.texts(count: 10_000)
            for (name, rules) in LotRules.classes { try ClassMeasurement(name, rules, on: events).print() }
            try ManyRules.measureExact(on: events)
            try ManyRules.measureMixed()
        } catch {
            Swift.print(error)
            exit(1)
        }
    }

    static func print(_ name: String, _ numbers: Double...) {
        Swift.print(name, numbers.map { String($0) }.joined(separator: " "))
    }
}
