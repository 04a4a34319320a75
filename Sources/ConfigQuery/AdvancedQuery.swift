/// An advanced query of AWS Config, read and checked: the subset of SQL that `SelectResourceConfig` takes
/// (https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html).
///
/// ```swift
/// let query = try AdvancedQuery(parsing: "SELECT resourceId WHERE resourceType = 'AWS::SQS::Queue'")
/// let statement = query.statement(over: relation, offset: 0, limit: query.defaultLimit)
/// // bind `statement.values` behind the relation's own, run it; then of every row but the one too many:
/// let result = try query.result(of: columns)       // {"resourceId":"https://…"}
/// ```
public struct AdvancedQuery: Sendable {
    /// Page sizes of the API reference of SelectResourceConfig for queries that do not ask for one.
    private static let defaultRows = 25
    private static let defaultAggregateRows = 500

    let selection: [SelectItem]
    let condition: Condition?
    let grouping: [PropertyPath]
    let order: [OrderItem]
    let isAggregate: Bool

    /// What the rows are made of, as `QueryInfo.SelectFields` names it.
    public let selectFields: [String]

    /// - Throws: ``InvalidExpression``
    public init(parsing expression: String) throws {
        var parser = try Parser(expression)
        try self.init(try parser.query())
    }

    init(_ parsed: ParsedQuery) throws {
        selection = parsed.selection.flatMap(\.expanded)
        condition = parsed.condition
        grouping = parsed.grouping.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        order = parsed.order
        isAggregate =
            !parsed.grouping.isEmpty || parsed.selection.contains { $0.aggregate != nil }
            || parsed.order.contains { $0.item.aggregate != nil }
        selectFields = selection.map(\.label)
        try parsed.check(isAggregate: isAggregate)
    }

    public var defaultLimit: Int { isAggregate ? Self.defaultAggregateRows : Self.defaultRows }

    /// Whether there are further pages at all: not for an order by an aggregate function.
    public var isPaged: Bool { !order.contains { $0.item.aggregate != nil } }
}
