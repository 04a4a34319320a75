/// What one evaluation may cost. It counts steps and not time, since a verdict must not depend on how busy the machine is.
final class Work {
    /// Two million steps, or a few seconds; a template of 500 resources costs a thousand or two for each rule.
    private static let limit = 2_000_000 * step
    /// A value is visited or compared; the unit is a step of a regular expression.
    static let step = 16
    /// Bytes of a text that are read in the time of a step.
    static let bytesOfAStep = 512

    private var spent = 0

    /// False when there is nothing left.
    func spend(_ units: Int) -> Bool {
        spent += units
        return spent <= Self.limit
    }
}
