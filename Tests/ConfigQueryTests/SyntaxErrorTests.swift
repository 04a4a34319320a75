import ConfigQuery
import Testing

@Suite struct SyntaxErrorTests {
    private func message(_ query: String) -> String? {
        do {
            _ = try AdvancedQuery(parsing: query)
            return nil
        } catch {
            return (error as? InvalidExpression)?.message
        }
    }

    @Test(arguments: [
        ("", 1, 1), ("SELECT", 1, 7), ("SELECT resourceId FROM items", 1, 19), ("DELETE x", 1, 1),
        ("SELECT resourceId,", 1, 19), ("SELECT DISTINCT resourceId", 1, 8), ("SELECT resourceId AS id", 1, 19),
        ("SELECT resourceId WHERE", 1, 24), ("SELECT resourceId WHERE arn IS NULL", 1, 29),
        ("SELECT arn WHERE arn = NULL", 1, 24), ("SELECT arn WHERE arn = other", 1, 24),
        ("SELECT arn WHERE 'x%' LIKE 'y%'", 1, 18), ("SELECT arn WHERE arn = 'x", 1, 24),
        ("SELECT arn WHERE arn = 'a' tags.key = 'b'", 1, 28), ("SELECT arn\nWHERE arn = 'x' x", 2, 17),
        ("SELECT arn WHERE (arn = 'a'", 1, 28), ("SELECT arn WHERE arn IN ()", 1, 26),
        ("SELECT arn WHERE arn BETWEEN 'a' OR 'b'", 1, 34), ("SELECT arn LIMIT 5", 1, 12),
        ("SELECT COUNT(COUNT(*))", 1, 19), ("SELECT COUNT(arn, resourceId)", 1, 17), ("SELECT SUM(*)", 1, 12),
        ("SELECT arn; SELECT arn", 1, 13), ("SELECT arn -- all", 1, 12),
        ("SELECT accountId GROUP BY accountId HAVING COUNT(*) > 1", 1, 37),
        ("SELECT a.\"b\"\"c\"", 1, 8), ("SELECT a.\"\u{0}\"", 1, 8), ("SELECT arn WHERE arn = 1.2.3", 1, 24),
    ])
    func theOffendingPlaceIsNamed(query: String, line: Int, column: Int) {
        #expect(message(query) == "syntax error at line \(line), column \(column)")
    }

    /// So quoted by a user of SelectAggregateResourceConfig.
    @Test func aLineBreakBehindTheQueryIsRefused() {
        let query = "\n  SELECT\n    accountId,\n    resourceName\n  WHERE resourceType = 'AWS::S3::Bucket'\n"
        #expect(message(query) == "syntax error at line 6, column 1")
        #expect(message(query + "  ;") == nil)
    }

    @Test func wildcardsElsewhereAreRefused() {
        for pattern in ["%::EC2::Instance", "_abc", "ab%", "ab_", "abc%d", "%"] {
            #expect(message("SELECT arn WHERE arn LIKE '\(pattern)'") != nil)
        }
    }

    @Test func nestingIsBounded() {
        func nested(_ depth: Int) -> String {
            "SELECT arn WHERE " + String(repeating: "(", count: depth) + "arn = 'a'"
                + String(repeating: ")", count: depth)
        }
        #expect(message(nested(40)) == nil)
        #expect(message(nested(1000))?.hasPrefix("syntax error") == true)
        #expect(message("SELECT " + String(repeating: "a.", count: 500) + "a")?.hasPrefix("syntax error") == true)
    }

    @Test func literalsThatAreNothingOfThePropertysTypeAreRefused() throws {
        let inventory = try Inventory([])
        for condition in [
            "configuration.size = 'big'", "configuration.encrypted = 'maybe'", "configuration.createTime > 'yesterday'",
            "configuration.size BETWEEN 1 AND 'x'", "configuration.createTime = '2026-13'",
        ] {
            #expect(throws: InvalidExpression.self) { try inventory.ids(where: condition) }
        }
    }

    @Test func theLongestQueriesRun() throws {
        let inventory = try Inventory()
        let many = Array(repeating: "arn='a'", count: 360).joined(separator: " OR ")
        #expect(try inventory.ids(where: many) == [])
        let deep = Array(repeating: "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p=1", count: 110).joined(separator: " OR ")
        #expect(try inventory.ids(where: deep) == [])
        // Where the page's own numbers stand in the query too.
        #expect(
            try inventory.ids(
                where: "configuration.size = 101 AND configuration.size > 0 AND configuration.createTime < '2026-09'")
                == [])
        let list = (0..<900).map { "'\($0)'" }.joined(separator: ",")
        #expect(try inventory.ids(where: "resourceId IN (\(list), 'q1')") == ["q1"])
    }

    @Test(arguments: [
        "x' OR '1'='1", "'; DROP TABLE config_item; --", "\\", "\u{0}", "?1", "%s", "é\u{1F600}",
    ])
    func textStaysText(text: String) throws {
        let inventory = try Inventory()
        let quoted = text.replacing("'", with: "''")
        #expect(try inventory.ids(where: "resourceName = '\(quoted)'") == [])
        #expect(try inventory.ids(where: "configuration.QueueName = '\(quoted)'") == [])
        if text != "\u{0}" { #expect(try inventory.ids(where: "configuration.\"\(text)\" = 'x'") == []) }
        #expect(try inventory.rows("SELECT COUNT(*)") == [#"{"COUNT(*)":9}"#])
    }
}
