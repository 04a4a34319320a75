/// From `start`, in seconds since 1970, the clocks are `offset` seconds ahead of UTC, until the next period starts.
struct ZonePeriod: Hashable, Sendable {
    let start: Int64
    let offset: Int
}

/// The changes of a zone's offset: those that a TZif file lists, then those that follow from its rule.
struct TimeZoneTable: Hashable, Sendable {
    /// Before the first change.
    let initial: Int
    let transitions: [ZonePeriod]
    /// Applies after the last listed change.
    let rule: PosixTimeZone?

    /// The periods that touch a stretch of time, in order; never empty.
    func periods(from: Int64, through: Int64) -> [ZonePeriod] {
        let following = transitions.partitioningIndex { $0.start > from }
        var periods = [following == 0 ? ZonePeriod(start: .min, offset: initial) : transitions[following - 1]]
        periods += transitions[following...].prefix { $0.start <= through }
        let listedUntil = transitions.last?.start ?? .min
        if let rule, through > listedUntil {
            for period in rule.periods(from: from, through: through)
            where period.start > listedUntil && period.start <= through {
                if period.start <= from { periods = [period] } else { periods.append(period) }
            }
        }
        return periods
    }
}

extension Array {
    /// The index of the first element that passes; the elements that do must be the last ones.
    fileprivate func partitioningIndex(_ passes: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if passes(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
