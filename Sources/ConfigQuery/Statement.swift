/// A value that a statement's parameter takes.
public enum SQLValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case real(Double)
}

/// One SQLite query. Nothing of the user's text is in its SQL.
public struct Statement: Sendable {
    public let sql: String
    /// What to bind behind the relation's own values.
    public let values: [SQLValue]
    /// How many columns a row has.
    public let columnCount: Int
}

/// The items that a query sees.
public struct Relation: Sendable {
    let select: String
    let parameterCount: Int
    let order: String

    /// - Parameters:
    ///   - select: A SELECT with plain `?` parameters that gives the columns `account_id`, `aws_region`, `resource_type`
    ///     and `resource_id`, none of them NULL, and `document`: the item as JSON with the members that queries name, those
    ///     four too: `accountId`, `arn`, …, `configuration` and the members of `supplementaryConfiguration` as real JSON,
    ///     `tags` as a list of `{"key", "value", "tag"}` with `key=value` for the last, and `relationships` as a list.
    ///     Members of a row for which AWS has no order of its own come in the order of the document.
    ///   - parameterCount: How many `?` it has.
    ///   - order: Its columns that give rows a fixed order, best those of the index it is read by.
    public init(select: String, parameterCount: Int, order: String) {
        self.select = select
        self.parameterCount = parameterCount
        self.order = order
    }
}
