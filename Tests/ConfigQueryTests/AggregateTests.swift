import ConfigQuery
import Testing

@Suite struct AggregateTests {
    let inventory: Inventory

    init() throws { inventory = try Inventory() }

    @Test func counts() throws {
        #expect(try inventory.rows("SELECT COUNT(*)") == [#"{"COUNT(*)":9}"#])
        #expect(try inventory.rows("SELECT COUNT(*) WHERE resourceType = 'none'") == [#"{"COUNT(*)":0}"#])
        #expect(try inventory.rows("select count(configuration.size)") == [#"{"count(configuration.size)":3}"#])
        #expect(try AdvancedQuery(parsing: "SELECT COUNT(*)").defaultLimit == 500)
    }

    /// The developer guide's examples: the largest group first, the count before its property.
    @Test func groupsTheLargestFirst() throws {
        #expect(
            try inventory.rows(
                "SELECT configuration.volumeType, COUNT(*) WHERE resourceType = 'AWS::EC2::Volume' GROUP BY configuration.volumeType"
            ) == [
                #"{"COUNT(*)":2,"configuration":{"volumeType":"gp2"}}"#,
                #"{"COUNT(*)":1,"configuration":{"volumeType":"io1"}}"#,
            ])
        #expect(
            try inventory.rows("SELECT COUNT(*), accountId group by accountId")
                == [#"{"COUNT(*)":9,"accountId":"111122223333"}"#])
        #expect(
            try AdvancedQuery(parsing: "SELECT accountId, COUNT(*) GROUP BY accountId").selectFields
                == ["accountId", "COUNT(*)"])
    }

    @Test func valuesKeepTheirKind() throws {
        #expect(
            try inventory.rows("SELECT configuration.encrypted, COUNT(*) GROUP BY configuration.encrypted") == [
                #"{"COUNT(*)":2,"configuration":{"encrypted":true}}"#,
                #"{"COUNT(*)":1,"configuration":{"encrypted":false}}"#,
            ])
        #expect(
            try inventory.rows("SELECT configuration.size GROUP BY configuration.size ORDER BY configuration.size") == [
                #"{"configuration":{"size":8}}"#, #"{"configuration":{"size":12}}"#, #"{"configuration":{"size":100}}"#,
            ])
    }

    @Test func anItemIsInAGroupForEachOfItsValues() throws {
        #expect(
            try inventory.rows("SELECT tags.key, COUNT(*) GROUP BY tags.key")
                == [#"{"COUNT(*)":2,"tags":{"key":"stage"}}"#, #"{"COUNT(*)":1,"tags":{"key":"team"}}"#])
        #expect(
            try inventory.rows("SELECT COUNT(*) WHERE resourceId = 'q1' GROUP BY tags.key, tags.key")
                == [#"{"COUNT(*)":1}"#, #"{"COUNT(*)":1}"#])
    }

    @Test func groupsByThreeProperties() throws {
        #expect(
            try inventory.rows(
                """
                SELECT resourceType, configuration.volumeType, configuration.encrypted, COUNT(*)
                GROUP BY resourceType, configuration.volumeType, configuration.encrypted
                ORDER BY configuration.volumeType DESC, configuration.encrypted
                """
            ).count == 3)
    }

    @Test func functionsOfNumbers() throws {
        let row =
            "SELECT SUM(configuration.size), AVG(configuration.size), MIN(configuration.size), MAX(configuration.size)"
        #expect(
            try inventory.rows(row).first?.contains(#""SUM(configuration.size)":120.0"#) == true)
        #expect(try inventory.rows("SELECT AVG(configuration.size)") == [#"{"AVG(configuration.size)":40.0}"#])
        #expect(try inventory.rows("SELECT MIN(configuration.size)") == [#"{"MIN(configuration.size)":8.0}"#])
        #expect(
            try inventory.rows("SELECT MAX(configuration.VisibilityTimeout)")
                == [#"{"MAX(configuration.VisibilityTimeout)":100.0}"#])
        #expect(
            try inventory.rows("SELECT SUM(configuration.ipPermissions.fromPort)")
                == [#"{"SUM(configuration.ipPermissions.fromPort)":545.0}"#])
        #expect(try inventory.rows("SELECT MAX(configuration.size) WHERE resourceId = 'none'") == ["{}"])
    }

    @Test func ordersByAFunction() throws {
        let query = """
            SELECT resourceType, COUNT(*) WHERE resourceType LIKE 'AWS::EC2::%' GROUP BY resourceType ORDER BY COUNT(*)
            """
        #expect(
            try inventory.rows(query) == [
                #"{"COUNT(*)":2,"resourceType":"AWS::EC2::SecurityGroup"}"#,
                #"{"COUNT(*)":3,"resourceType":"AWS::EC2::Volume"}"#,
            ])
        #expect(try !AdvancedQuery(parsing: query).isPaged)
        #expect(try AdvancedQuery(parsing: "SELECT COUNT(*)").isPaged)
    }

    @Test(arguments: [
        "SELECT resourceType, COUNT(*)", "SELECT *, COUNT(*)", "SELECT resourceId GROUP BY resourceType",
        "SELECT COUNT(*) GROUP BY resourceType ORDER BY resourceId", "SELECT resourceId ORDER BY COUNT(*)",
        "SELECT COUNT(*) GROUP BY accountId, awsRegion, resourceType, resourceId",
        "SELECT COUNT(*) GROUP BY accountId, awsRegion ORDER BY COUNT(*)",
        "SELECT SUM(resourceId)", "SELECT AVG(configuration.volumeType)",
    ])
    func whatCannotBeAggregated(query: String) {
        #expect(throws: InvalidExpression.self) { try AdvancedQuery(parsing: query) }
    }
}
