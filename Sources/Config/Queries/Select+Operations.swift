import ConfigQuery
import JSON
import Kernel
import Model
import SQLite

/// Advanced queries. They see what is recorded at once, where AWS lets minutes pass.
extension Config {
    @Sendable static func selectResourceConfig(_ input: SelectResourceConfigRequest, in context: ReadContext) throws
        -> SelectResourceConfigResponse
    {
        context.access("config:SelectResourceConfig", on: "*")
        let page = try QueryPage(
            input.expression, over: ItemRelation.own, [context.account, context.region], limit: input.limit,
            token: input.nextToken, purpose: "SelectResourceConfig", in: context)
        return SelectResourceConfigResponse(json: page.json)
    }

    @Sendable static func selectAggregateResourceConfig(
        _ input: SelectAggregateResourceConfigRequest, in context: ReadContext
    ) throws -> SelectAggregateResourceConfigResponse {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "SelectAggregateResourceConfig", in: context)
        let page = try QueryPage(
            input.expression, over: ItemRelation.aggregated,
            [AggregatedPlace.parameter(try aggregator.places(in: context)), aggregator.typesParameter],
            limit: input.limit ?? input.maxResults, token: input.nextToken,
            purpose: "SelectAggregateResourceConfig \(aggregator.name)", in: context)
        return SelectAggregateResourceConfigResponse(json: page.json)
    }
}

/// A page of a query's rows.
struct QueryPage {
    /// `Results`, `QueryInfo` and `NextToken`.
    let json: JSON

    /// What AWS says of a query that takes too long is not known; this code keeps clients from asking again by themselves.
    static let takesTooLong = AWSError(
        "InvalidExpressionException", "The query takes too long. Narrow it down by its WHERE clause.")

    /// - Parameter values: the relation's own parameters.
    /// - Throws: InvalidExpressionException
    init(
        _ expression: String, over relation: Relation, _ values: [any Bindable], limit: Int?, token: String?,
        purpose: String, in context: ReadContext
    ) throws {
        let purpose = "\(purpose) \(expression)"
        let offset = try ListPage.position(token, purpose, in: context).flatMap { Int($0) } ?? 0
        let (query, statement, limit) = try Self.prepare(expression, over: relation, offset: offset, limit: limit)
        var rows: [JSON] = []
        var hasMore = false
        try context.database.query(composed: statement.sql, values + statement.values.map(\.bindable)) { row in
            guard rows.count < limit else {
                hasMore = true
                return
            }
            let columns = (0..<statement.columnCount).map { row.optionalText(Int32($0)) }
            rows.append(.string(try query.result(of: columns)))
        }
        json = .object([
            "Results": .array(rows),
            "QueryInfo": ["SelectFields": .array(query.selectFields.map { ["Name": .string($0)] })],
            "NextToken": hasMore && query.isPaged
                ? .string(context.token(for: String(offset + rows.count), purpose: purpose)) : nil,
        ])
    }

    private static func prepare(_ expression: String, over relation: Relation, offset: Int, limit: Int?) throws
        -> (AdvancedQuery, Statement, Int)
    {
        do {
            let query = try AdvancedQuery(parsing: expression)
            let limit = ListPage.limit(limit, default: query.defaultLimit)
            return (query, try query.statement(over: relation, offset: offset, limit: limit), limit)
        } catch {
            throw AWSError("InvalidExpressionException", (error as? InvalidExpression)?.message ?? "\(error)")
        }
    }
}

extension SQLValue {
    fileprivate var bindable: any Bindable {
        switch self {
        case .text(let text): text
        case .integer(let integer): integer
        case .real(let real): real
        }
    }
}
