import ConfigFacts

extension AdvancedQuery {
    /// The query over a relation: its rows from `offset` on, `limit` and one more, which says that there is a next page.
    ///
    /// - Throws: ``InvalidExpression`` for a literal that its property cannot be compared with.
    public func statement(over relation: Relation, offset: Int, limit: Int) throws -> Statement {
        var writer = SQLWriter(firstParameter: relation.parameterCount + 1)
        let filter = try condition.map { " WHERE \(try writer.sql(for: $0))" } ?? ""
        let rows = isAggregate ? groups(&writer, filter) : items(&writer, filter, relation)
        // Whatever was bound and is not used stands before the last parameter, so that SQLite counts them all.
        let limitParameter = writer.append(.integer(Int64(limit) + 1))
        let offsetParameter = writer.append(.integer(Int64(offset)))
        return Statement(
            sql: "WITH item AS (\(relation.select)) \(rows) LIMIT \(limitParameter) OFFSET \(offsetParameter)",
            values: writer.values, columnCount: isAggregate ? selection.count : 1)
    }

    /// The whole items; a row is cut out of them later.
    private func items(_ writer: inout SQLWriter, _ filter: String, _ relation: Relation) -> String {
        let terms = order.compactMap { item -> String? in
            guard let path = item.item.property else { return nil }
            return Self.direction(
                writer.values(at: path).folded(item.isDescending ? "MAX" : "MIN", Self.comparison(for: path)), item)
        }
        return "SELECT item.document FROM item\(filter) ORDER BY "
            + (terms + [relation.order]).joined(separator: ", ")
    }

    /// A row a group; an item is in a group for each of the values that it has, and in none where it has no value.
    /// Groups that are in no asked order come with the largest first, as in the developer guide's examples.
    private func groups(_ writer: inout SQLWriter, _ filter: String) -> String {
        var tables = ["item"]
        var keys: [PropertyPath: (json: String, value: String, group: String)] = [:]
        for (index, path) in grouping.enumerated() {
            let values = writer.values(at: path)
            if case .column(let column) = values {
                keys[path] = ("json_quote(\(column))", column, column)
            } else {
                tables.append("json_each(\(values.list)) g\(index)")
                let json = ValueSQL.json("g\(index).type", "g\(index).value")
                keys[path] = (json, "g\(index).value", json)
            }
        }
        let columns = selection.map { item -> String in
            switch item {
            case .all: "NULL"
            case .property(let path): keys[path]?.json ?? "NULL"
            case .aggregate(let aggregate): aggregated(aggregate, &writer)
            }
        }
        let grouped = grouping.compactMap { keys[$0]?.value }
        var terms = order.map { item -> String in
            switch item.item {
            case .all: "NULL"
            case .property(let path): Self.direction(keys[path]?.value ?? "NULL", item)
            case .aggregate(let aggregate): Self.direction(aggregated(aggregate, &writer), item)
            }
        }
        if order.isEmpty { terms.append("COUNT(*) DESC") }
        var sql = "SELECT \(columns.joined(separator: ", ")) FROM \(tables.joined(separator: " CROSS JOIN "))\(filter)"
        if !grouped.isEmpty { sql += " GROUP BY " + grouping.compactMap { keys[$0]?.group }.joined(separator: ", ") }
        return sql + " ORDER BY " + (terms + grouped).joined(separator: ", ")
    }

    /// Over all values, those in lists too. All but a count are real numbers.
    private func aggregated(_ aggregate: Aggregate, _ writer: inout SQLWriter) -> String {
        guard let path = aggregate.path else { return "COUNT(*)" }
        let values = writer.values(at: path)
        // What is no number is none of an average.
        let comparison = path.type == .date ? Comparison.time : .number
        func total(_ function: String, of part: String, _ comparison: Comparison) -> String {
            "\(function)(\(values.folded(part, comparison)))"
        }
        switch aggregate.function {
        case .count: return "coalesce(\(total("SUM", of: "COUNT", .text)), 0)"
        case .average:
            return "CAST(\(total("SUM", of: "SUM", comparison)) AS REAL) / \(total("SUM", of: "COUNT", comparison))"
        case .maximum, .minimum, .sum:
            let function = aggregate.function.rawValue
            return "CAST(\(total(function, of: function, comparison)) AS REAL)"
        }
    }

    private static func comparison(for path: PropertyPath) -> Comparison {
        switch path.type {
        case .integer, .float: .number
        case .boolean: .truth
        case .date: .time
        case .string, .ipAddress, .cidrBlock: .text
        case nil: .stored
        }
    }

    /// Rows without a value come last either way.
    private static func direction(_ term: String, _ item: OrderItem) -> String {
        "\(term) \(item.isDescending ? "DESC" : "ASC") NULLS LAST"
    }
}

extension SQLWriter {
    mutating func sql(for condition: Condition) throws -> String {
        switch condition {
        case .all(let conditions): return try joined(conditions, by: " AND ")
        case .any(let conditions): return try joined(conditions, by: " OR ")
        // What has no value passes no test, so that it passes the contrary of each. The guide's `NOT range < '10.0.0.0'`
        // asks it of all elements; that it holds of a missing property too is not documented.
        case .not(let condition): return "(\(try sql(for: condition))) IS NOT TRUE"
        case .test(let path, let test): return try sql(for: test, at: path)
        }
    }

    private mutating func joined(_ conditions: [Condition], by sign: String) throws -> String {
        var parts: [String] = []
        for condition in conditions { parts.append(try sql(for: condition)) }
        return "(\(parts.joined(separator: sign)))"
    }

    private mutating func sql(for test: Test, at path: PropertyPath) throws -> String {
        if case .prefix(let prefix, let more, let isOpen) = test {
            return sql(forPrefix: prefix, more: more, isOpen: isOpen, at: path)
        }
        let literals = test.literals
        let comparison = Comparison(path.type, with: literals)
        var bounds: [(low: String, high: String)] = []
        for literal in literals {
            let range = try comparison.bounds(of: literal, for: path)
            bounds.append((bind(range.low), bind(range.high)))
        }
        return values(at: path).passes(comparison) { low, high in
            switch test {
            case .equals: Self.overlap(low, high, bounds[0])
            case .oneOf where bounds.allSatisfy { $0.low == $0.high } && low == high:
                "\(low) IN (\(bounds.map(\.low).joined(separator: ", ")))"
            case .oneOf: "(\(bounds.map { Self.overlap(low, high, $0) }.joined(separator: " OR ")))"
            case .between: Self.overlap(low, high, (bounds[0].low, bounds[1].high))
            case .less(_, let orEqual): "\(low) \(orEqual ? "<=" : "<") \(orEqual ? bounds[0].high : bounds[0].low)"
            case .greater(_, let orEqual): "\(high) \(orEqual ? ">=" : ">") \(orEqual ? bounds[0].low : bounds[0].high)"
            case .prefix: "NULL"
            }
        }
    }

    private mutating func sql(forPrefix prefix: String, more: Int, isOpen: Bool, at path: PropertyPath) -> String {
        let first = bind(.text(prefix))
        let last = bind(.text(prefix + "\u{10FFFF}"))
        let length = bind(.integer(Int64(prefix.unicodeScalars.count + more)))
        return values(at: path).passes(.text) { value, _ in
            let begins = "\(value) >= \(first) AND \(value) < \(last)"
            return isOpen && more == 0
                ? "(\(begins))" : "(\(begins) AND length(\(value)) \(isOpen ? ">=" : "=") \(length))"
        }
    }

    /// Whether two ranges have anything in common; those of one value each are simply equal.
    private static func overlap(_ low: String, _ high: String, _ range: (low: String, high: String)) -> String {
        if low == high {
            return range.low == range.high ? "\(low) = \(range.low)" : "\(low) BETWEEN \(range.low) AND \(range.high)"
        }
        return "(\(low) <= \(range.high) AND \(high) >= \(range.low))"
    }
}

extension Test {
    fileprivate var literals: [Literal] {
        switch self {
        case .equals(let literal), .less(let literal, _), .greater(let literal, _): [literal]
        case .oneOf(let literals): literals
        case .between(let low, let high): [low, high]
        case .prefix: []
        }
    }
}
