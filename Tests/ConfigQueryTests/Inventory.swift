import ConfigQuery
import JSON
import SQLite

/// Items of several types in a table as a service would keep them, and queries of it.
struct Inventory {
    let connection: Connection

    init(_ documents: [String] = Inventory.documents) throws {
        connection = try Connection(path: ":memory:", mode: .readWrite)
        try connection.execute(
            """
            CREATE TABLE config_item (
                account_id TEXT NOT NULL, aws_region TEXT NOT NULL, resource_type TEXT NOT NULL, resource_id TEXT NOT NULL,
                document TEXT NOT NULL, PRIMARY KEY (account_id, aws_region, resource_type, resource_id));
            """)
        for document in documents { try add(document) }
    }

    func add(_ document: String) throws {
        let json = try JSON(parsing: document)
        try connection.run(
            "INSERT INTO config_item VALUES (?, ?, ?, ?, ?)", json["accountId"]?.string ?? "", "us-east-1",
            json["resourceType"]?.string ?? "", json["resourceId"]?.string ?? "", document)
    }

    static let relation = Relation(
        select: "SELECT * FROM config_item WHERE account_id = ? AND aws_region = ?", parameterCount: 2,
        order: "resource_type, resource_id")

    /// The rows of a page, and whether there is another.
    func page(_ expression: String, offset: Int = 0, limit: Int = 100) throws -> (rows: [String], hasMore: Bool) {
        let query = try AdvancedQuery(parsing: expression)
        let statement = try query.statement(over: Self.relation, offset: offset, limit: limit)
        var rows: [String] = []
        try connection.query(composed: statement.sql, ["111122223333", "us-east-1"] + statement.values.map(\.bindable))
        {
            row in
            rows.append(try query.result(of: (0..<statement.columnCount).map { row.optionalText(Int32($0)) }))
        }
        return (Array(rows.prefix(limit)), rows.count > limit)
    }

    func rows(_ expression: String) throws -> [String] { try page(expression).rows }

    /// The ids of what a condition is true of.
    func ids(where condition: String) throws -> [String] {
        try rows("SELECT resourceId WHERE \(condition)").compactMap { try JSON(parsing: $0)["resourceId"]?.string }
    }

    func plan(_ expression: String) throws -> String {
        let statement = try AdvancedQuery(parsing: expression).statement(over: Self.relation, offset: 0, limit: 25)
        var plan: [String] = []
        try connection.query(
            composed: "EXPLAIN QUERY PLAN \(statement.sql)",
            ["111122223333", "us-east-1"] + statement.values.map(\.bindable)
        ) { plan.append($0.text(3)) }
        return plan.joined(separator: "\n")
    }
}

extension SQLValue {
    var bindable: any Bindable {
        switch self {
        case .text(let text): text
        case .integer(let integer): integer
        case .real(let real): real
        }
    }
}
