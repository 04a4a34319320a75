import JSON

/// How large a filter policy may be.
///
/// Source: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
enum FilterPolicyLimits {
    private static let keyLimit = 5
    private static let combinationLimit = 150

    static func check(_ text: String, _ scope: FilterPolicyScope) throws(PatternError) {
        guard let policy = (try? JSON(parsing: text))?.object else { throw PatternError("Filter is not an object") }
        var keys = 0
        var combinations = 1
        count(policy, depth: 1, isNested: scope == .messageBody, &keys, &combinations)
        guard keys <= keyLimit else { throw PatternError("Filter policy can not have more than \(keyLimit) keys") }
        guard combinations <= combinationLimit else { throw PatternError("Filter policy is too complex") }
    }

    /// In a body, a list counts as often as it lies deep.
    private static func count(
        _ object: JSONObject, depth: Int, isNested: Bool, _ keys: inout Int, _ combinations: inout Int
    ) {
        for member in object {
            if member.name == "$or", let branches = member.value.array, branches.contains(where: { $0.object != nil }) {
                var sum = 0
                for branch in branches {
                    var inner = 1
                    count(branch.object ?? JSONObject(), depth: depth, isNested: isNested, &keys, &inner)
                    sum += inner
                }
                combinations = product(combinations, sum)
            } else if let items = member.value.array {
                keys += 1
                combinations = product(combinations, items.count * (isNested ? depth : 1))
            } else if let inner = member.value.object {
                count(inner, depth: depth + 1, isNested: isNested, &keys, &combinations)
            }
        }
    }

    private static func product(_ left: Int, _ right: Int) -> Int {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? .max : product
    }
}
