enum Stopwatch {
    /// Seconds by a clock that nobody moves.
    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let duration = try ContinuousClock().measure(body)
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// How many of a thing `body` does a second, which does `count` of them: the best of some rounds, since what others do
    /// on the machine only ever makes it slower.
    static func rate(of count: Int, rounds: Int = 5, _ body: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<rounds { best = min(best, try seconds(body)) }
        return Double(count) / best
    }
}
