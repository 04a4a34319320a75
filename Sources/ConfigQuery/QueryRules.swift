import ConfigFacts

/// What the developer guide's page on advanced queries says is not supported, though it can be written.
extension ParsedQuery {
    private static let maximumGroupProperties = 3

    func check(isAggregate: Bool) throws {
        guard isAggregate else { return }
        if grouping.count > Self.maximumGroupProperties {
            throw InvalidExpression.unsupported("GROUP BY clauses may contain up to three properties")
        }
        if grouping.count > 1, order.contains(where: { $0.item.aggregate != nil }) {
            throw InvalidExpression.unsupported(
                "GROUP BY with an ORDER BY clause referencing aggregate functions may contain only a single property")
        }
        for item in selection + order.map(\.item) {
            switch item {
            case .all: throw InvalidExpression.unsupported("SELECT * cannot be aggregated")
            case .property(let path):
                guard grouping.contains(path) else {
                    throw InvalidExpression.unsupported("Property \(path.text) must appear in the GROUP BY clause")
                }
            case .aggregate(let aggregate): try aggregate.check()
            }
        }
    }
}

extension Aggregate {
    fileprivate func check() throws {
        guard function != .count, let path, let type = path.type else { return }
        switch type {
        case .integer, .float, .date: return
        case .string, .boolean, .ipAddress, .cidrBlock:
            throw InvalidExpression.unsupported("\(function.rawValue) does not take property \(path.text)")
        }
    }
}
