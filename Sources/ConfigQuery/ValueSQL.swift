/// Writes the expressions of one statement and numbers its parameters.
struct SQLWriter {
    private(set) var values: [SQLValue] = []
    private let firstParameter: Int
    private var numbers: [SQLValue: Int] = [:]

    init(firstParameter: Int) { self.firstParameter = firstParameter }

    /// The parameter for a value, the same for equal ones.
    mutating func bind(_ value: SQLValue) -> String {
        if let number = numbers[value] { return "?\(number)" }
        let parameter = append(value)
        numbers[value] = firstParameter + values.count - 1
        return parameter
    }

    /// A parameter of its own.
    mutating func append(_ value: SQLValue) -> String {
        values.append(value)
        return "?\(firstParameter + values.count - 1)"
    }

    /// The values that an item has at a path.
    mutating func values(at path: PropertyPath) -> ValueSQL {
        switch path.parts {
        case ["accountId"]: return .column("item.account_id")
        case ["awsRegion"]: return .column("item.aws_region")
        case ["resourceType"]: return .column("item.resource_type")
        case ["resourceId"]: return .column("item.resource_id")
        default: break
        }
        let paths = (1...path.parts.count).map { bind(.text(path.sqlitePath($0))) }
        let whole = paths[paths.count - 1]
        let type = "json_type(item.document, \(whole))"
        let value = "json_extract(item.document, \(whole))"
        if path.isTopScalar { return .scalar(type: type, value: value) }
        let isArray = paths.map { "json_type(item.document, \($0)) = 'array'" }.joined(separator: " OR ")
        return .any(type: type, value: value, isArray: isArray, elements: elements(of: path))
    }

    /// A FROM clause whose last table `e` has a row for every value, each array on the way taken apart.
    private mutating func elements(of path: PropertyPath) -> String {
        var tables: [String] = []
        for (index, part) in path.parts.enumerated() {
            let isFirst = index == 0
            let parent = isFirst ? "item.document" : "e\(index).value"
            let member = bind(.text("$.\"\(part)\""))
            let list = """
                CASE json_type(\(parent), \(member)) WHEN 'array' THEN \(parent) -> \(member) \
                ELSE '[' || (\(parent) -> \(member)) || ']' END
                """
            let source = isFirst ? list : "CASE e\(index).type WHEN 'object' THEN \(list) END"
            tables.append("json_each(\(source)) \(index == path.parts.count - 1 ? "e" : "e\(index + 1)")")
        }
        return tables.joined(separator: " CROSS JOIN ")
    }
}

/// Where the values at a path are found, and SQL about them.
///
/// Most are no lists: those are read by their path, and taken apart is only what has an array on the way.
enum ValueSQL {
    /// Text in a column.
    case column(String)
    case scalar(type: String, value: String)
    case any(type: String, value: String, isArray: String, elements: String)

    private static let scalarTypes = "('text', 'integer', 'real', 'true', 'false')"

    /// Whether any value passes a test, given as SQL by a value's bounds.
    func passes(_ comparison: Comparison, _ test: (_ low: String, _ high: String) -> String) -> String {
        switch self {
        case .column(let column): return test(column, column)
        case .scalar(let type, let value):
            let operand = comparison.operand(type: type, value: value)
            return test(operand.low, operand.high)
        case .any(let type, let value, let isArray, let elements):
            let operand = comparison.operand(type: type, value: value)
            let element = comparison.operand(type: "e.type", value: "e.value")
            return """
                CASE WHEN \(type) IN \(Self.scalarTypes) THEN \(test(operand.low, operand.high)) \
                WHEN \(isArray) THEN EXISTS (SELECT 1 FROM \(elements) WHERE \(test(element.low, element.high))) END
                """
        }
    }

    /// What an aggregate function gives for the item's own values: of one, the value itself.
    func folded(_ function: String, _ comparison: Comparison) -> String {
        let ofOne: (String) -> String = { function == "COUNT" ? "(\($0)) IS NOT NULL" : $0 }
        switch self {
        case .column(let column): return ofOne(column)
        case .scalar(let type, let value): return ofOne(comparison.operand(type: type, value: value).low)
        case .any(let type, let value, let isArray, let elements):
            let one = ofOne(comparison.operand(type: type, value: value).low)
            let element = comparison.operand(type: "e.type", value: "e.value").low
            return """
                CASE WHEN \(type) IN \(Self.scalarTypes) THEN \(one) \
                WHEN \(isArray) THEN (SELECT \(function)(\(element)) FROM \(elements)) END
                """
        }
    }

    /// The distinct values as the text of a JSON array.
    var list: String {
        switch self {
        case .column(let column): return "json_array(\(column))"
        case .scalar(let type, let value):
            return "CASE WHEN \(type) IN \(Self.scalarTypes) THEN '[' || \(Self.json(type, value)) || ']' END"
        case .any(let type, let value, let isArray, let elements):
            return """
                CASE WHEN \(type) IN \(Self.scalarTypes) THEN '[' || \(Self.json(type, value)) || ']' \
                WHEN \(isArray) THEN (SELECT '[' || group_concat(DISTINCT \(Self.json("e.type", "e.value"))) || ']' \
                FROM \(elements) WHERE e.type IN \(Self.scalarTypes)) END
                """
        }
    }

    /// A scalar as JSON text.
    static func json(_ type: String, _ value: String) -> String {
        "CASE \(type) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE json_quote(\(value)) END"
    }
}
