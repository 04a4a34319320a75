import PatternReference
import Testing

@testable import EventPattern

@Suite struct NumberTests {
    /// The standard library reads numbers in another way.
    @Test func numbersAreTheNearestDoubles() {
        var random = SplitMix(seed: 7)
        for _ in 0..<20_000 {
            let digits = String(random.next() >> UInt64(random.number(60)))
            let point = random.number(digits.count)
            var text = point == 0 ? digits : "\(digits.prefix(point)).\(digits.dropFirst(point))"
            if random.once(in: 3) { text += "e\(random.number(60) - 30)" }
            if random.once(in: 3) { text = "-" + text }
            guard ComparableNumber(text)?.value == Double(text) else {
                Issue.record("\(text) is not \(String(describing: ComparableNumber(text)?.value))")
                return
            }
        }
    }

    @Test func ranksAreInTheOrderOfTheNumbers() {
        let numbers: [Double] = [
            -.greatestFiniteMagnitude, -5e9, -1.5, -1, -1e-300, 0, 1e-300, 0.1, 1, 2.5, 5e9, 1e300,
        ]
        let ranks = numbers.map { ComparableNumber($0).rank }
        #expect(ranks == ranks.sorted() && Set(ranks).count == ranks.count)
        #expect(ComparableNumber(-0.0) == ComparableNumber(0))
        #expect(numbers.map { ComparableNumber($0).value } == numbers)
    }

    @Test(arguments: ["", "-", ".", "e5", "1e", "1e+", "1.2.3", "0x10", "1e309", "1e-400", "nan", "1 "])
    func whatIsNoNumberHasNoRank(text: String) { #expect(ComparableNumber(text) == nil) }
}
