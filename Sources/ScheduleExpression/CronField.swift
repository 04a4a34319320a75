/// Every `step`th number from `start` to `end`.
struct CronSpan: Hashable, Sendable {
    let start: Int
    let end: Int
    let step: Int
}

/// One field of a cron expression: items parted by commas, each `*`, `5`, `5-10`, `5/15`, `5-30/10` or `*/15`.
///
/// Ranges may wrap, `FRI-MON`. A step beyond the field or of 0 leaves the start alone, save that in rules a step behind
/// `*` must lie within the field: AWS takes `0/61` and refuses `*/60`, as the library Quartz used to. Like it, rules
/// overlook what stands behind a number or a name (`0x`, `MONDAY`, the W of `1-5W`) and empty items of a list.
struct CronField {
    let items: [Substring]
    let name: String
    let range: ClosedRange<Int>
    /// Of the numbers from 1 on.
    let names: [String]
    let dialect: ScheduleExpression.Dialect

    init(
        _ text: Substring, name: String, range: ClosedRange<Int>, names: [String], dialect: ScheduleExpression.Dialect
    ) throws(ScheduleExpressionError) {
        items = text.split(separator: ",", omittingEmptySubsequences: dialect == .rule)
        self.name = name
        self.range = range
        self.names = names
        self.dialect = dialect
        guard !items.isEmpty else { throw error("is empty") }
    }

    func error(_ what: String) -> ScheduleExpressionError { ScheduleExpressionError("\(name): \(what)") }

    var isAny: Bool { items == ["?"] }

    /// A bit for every number that is named.
    func mask() throws(ScheduleExpressionError) -> UInt64 {
        try spans(mayWrap: true).reduce(0) { $0 | mask(of: $1) }
    }

    func mask(of span: CronSpan) -> UInt64 {
        stride(from: span.start, through: span.end, by: span.step).reduce(0) { mask, value in
            mask | 1 << UInt64((value - range.lowerBound) % range.count + range.lowerBound)
        }
    }

    func spans(mayWrap: Bool) throws(ScheduleExpressionError) -> [CronSpan] {
        var spans: [CronSpan] = []
        for item in items { spans.append(try span(item, mayWrap: mayWrap)) }
        return spans
    }

    /// The end of a range that wraps is greater than the field's last number.
    func span(_ item: Substring, mayWrap: Bool = true) throws(ScheduleExpressionError) -> CronSpan {
        let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let step = parts.count == 2 ? try self.step(parts[1]) : nil
        if parts[0] == "*" {
            guard dialect == .scheduler || step ?? 1 <= range.upperBound else {
                throw error("/\(step ?? 1) steps over the whole field")
            }
            return CronSpan(start: range.lowerBound, end: range.upperBound, step: max(step ?? 1, 1))
        }
        let bounds = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let start = try number(bounds[0])
        // What is overlooked is no wildcard of another field: AWS refuses `0#1` for the minutes.
        if let junk = bounds[0].drop(while: \.isNumber).first, bounds[0].first?.isNumber == true, "LW#".contains(junk) {
            throw error("\(junk) does not belong here")
        }
        guard step != 0 else { return CronSpan(start: start, end: start, step: 1) }
        var end = step == nil ? start : range.upperBound
        if bounds.count == 2 {
            end = try number(bounds[1])
            if end < start {
                guard mayWrap else { throw error("\(end) is before \(start)") }
                end += range.count
            }
        }
        return CronSpan(start: start, end: end, step: step ?? 1)
    }

    private func step(_ text: Substring) throws(ScheduleExpressionError) -> Int {
        guard let step = Int32(digits: meaningful(text)), step > 0 || dialect == .rule else {
            throw error("/\(text) is not a step")
        }
        return Int(step)
    }

    func number(_ text: Substring) throws(ScheduleExpressionError) -> Int {
        if let index = names.firstIndex(where: { dialect == .rule ? text.hasPrefix($0) : text == $0 }) {
            return index + 1
        }
        guard let number = Int32(digits: meaningful(text)), range.contains(Int(number)) else {
            throw error("\(text) is not within \(range.lowerBound) to \(range.upperBound)")
        }
        return Int(number)
    }

    private func meaningful(_ text: Substring) -> Substring {
        dialect == .rule ? text.prefix { $0.isASCII && $0.isNumber } : text
    }
}
