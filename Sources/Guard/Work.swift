/// What one evaluation may cost. It counts steps and not time, since a verdict must not depend on how busy the machine is.
final class Work {
    /// Values visited, values compared and steps of regular expressions, taken together: about two seconds.
    private static let limit = 10_000_000
    /// Bytes of a text that are read in the time of a step.
    static let bytesOfAStep = 32

    private(set) var spent = 0

    /// False when there is nothing left.
    func spend(_ steps: Int) -> Bool {
        spent += steps
        return spent <= Self.limit
    }
}
