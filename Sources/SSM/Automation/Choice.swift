import JSON

/// The conditions of `aws:branch` and of loops, whose expressions have been filled in.
///
/// Source: the user guide's page "Using conditional statements in runbooks".
enum Choice {
    static let operators = [
        "StringEquals", "EqualsIgnoreCase", "StartsWith", "EndsWith", "Contains", "NumericEquals", "NumericGreater",
        "NumericLesser", "NumericGreaterOrEquals", "NumericLesserOrEquals", "BooleanEquals",
    ]

    static func holds(_ choice: JSON) -> Bool {
        if let all = choice["And"]?.array { return all.allSatisfy(holds) }
        if let any = choice["Or"]?.array { return any.contains(where: holds) }
        if let inner = choice["Not"] { return !holds(inner) }
        guard let variable = choice["Variable"], let name = operators.first(where: { choice[$0] != nil }),
            let value = choice[name]
        else { return false }
        if name == "BooleanEquals" {
            let (left, right) = (
                AutomationValue.typed(variable, as: "Boolean"), AutomationValue.typed(value, as: "Boolean")
            )
            return left != nil && left == right
        }
        if name.hasPrefix("Numeric") {
            guard let left = number(variable), let right = number(value) else { return false }
            return compare(name, left, right)
        }
        return compare(name, AutomationValue.text(variable), AutomationValue.text(value))
    }

    private static func number(_ value: JSON) -> Double? { value.double ?? value.string.flatMap(Double.init) }

    private static func compare(_ name: String, _ left: Double, _ right: Double) -> Bool {
        switch name {
        case "NumericEquals": left == right
        case "NumericGreater": left > right
        case "NumericLesser": left < right
        case "NumericGreaterOrEquals": left >= right
        default: left <= right
        }
    }

    private static func compare(_ name: String, _ left: String, _ right: String) -> Bool {
        switch name {
        case "StringEquals": left == right
        case "EqualsIgnoreCase": left.lowercased() == right.lowercased()
        case "StartsWith": left.hasPrefix(right)
        case "EndsWith": left.hasSuffix(right)
        default: left.contains(right)
        }
    }
}
