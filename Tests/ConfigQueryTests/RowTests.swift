import ConfigQuery
import Testing

@Suite struct RowTests {
    let inventory: Inventory

    init() throws { inventory = try Inventory() }

    /// As the developer guide prints its example of volumes, member for member.
    @Test func membersComeInTheOrderOfAWS() throws {
        let query = """
            SELECT resourceId, accountId, awsRegion, resourceType, configuration.volumeType, configuration.size,
                resourceCreationTime, tags, configuration.encrypted, configuration.availabilityZone,
                configuration.state.value
            WHERE resourceType = 'AWS::EC2::Volume' AND configuration.state.value = 'available'
            """
        #expect(
            try inventory.rows(query) == [
                """
                {"accountId":"111122223333","resourceId":"v1","awsRegion":"us-east-1","configuration":{"volumeType":"gp2",\
                "encrypted":false,"size":100,"state":{"value":"available"}},\
                "resourceCreationTime":"2026-09-03T10:00:00.000Z","tags":[],"resourceType":"AWS::EC2::Volume"}
                """
            ])
        #expect(
            try AdvancedQuery(parsing: query).selectFields == [
                "resourceId", "accountId", "awsRegion", "resourceType", "configuration.volumeType",
                "configuration.size", "resourceCreationTime", "tags", "configuration.encrypted",
                "configuration.availabilityZone", "configuration.state.value",
            ])
    }

    @Test func aStarIsTheScalarsAtTheTop() throws {
        let row = try #require(try inventory.rows("SELECT * WHERE resourceId = 'q1'").first)
        #expect(row.contains(#""version":"1.3""#) && row.contains(#""availabilityZone":"Regional""#))
        #expect(!row.contains("configuration\"") && !row.contains("tags") && !row.contains("configurationStateId"))
        #expect(try AdvancedQuery(parsing: "SELECT *").selectFields.count == 10)
        let more = try #require(try inventory.rows("SELECT *, configuration, tags WHERE resourceId = 'q1'").first)
        #expect(more.contains(#""configuration":{"QueueName":"q1""#) && more.contains(#""tags":[{"#))
    }

    @Test func aQueryNeedsNoCondition() throws {
        #expect(try inventory.rows("select resourceId").count == 9)
    }

    @Test func aWholeObjectCanBeSelectedBesidePartsOfIt() throws {
        #expect(
            try inventory.rows("SELECT configuration.state.value, configuration.state WHERE resourceId = 'v1'")
                == [#"{"configuration":{"state":{"value":"available"}}}"#])
    }

    @Test func pagesFollowEachOther() throws {
        var offset = 0
        var rows: [String] = []
        var pages = 0
        while true {
            let page = try inventory.page("SELECT resourceId", offset: offset, limit: 4)
            rows += page.rows
            pages += 1
            offset += 4
            if !page.hasMore { break }
        }
        #expect(pages == 3)
        #expect(rows.count == 9 && Set(rows).count == 9)
        #expect(try AdvancedQuery(parsing: "SELECT resourceId").defaultLimit == 25)
    }

    @Test(arguments: [
        ("configuration.size", ["v2", "v3", "v1"]), ("configuration.size DESC", ["v1", "v3", "v2"]),
        ("configuration.volumeType DESC, configuration.size ASC", ["v3", "v2", "v1"]),
        ("resourceCreationTime DESC", ["v3", "v2", "v1"]),
        // 9 before 10, and what has no value last either way.
        ("configuration.odd", ["v1", "v2", "v3"]), ("configuration.odd DESC", ["v2", "v1", "v3"]),
    ])
    func rowsAreOrdered(order: String, ids: [String]) throws {
        #expect(
            try inventory.rows("SELECT resourceId WHERE resourceType = 'AWS::EC2::Volume' ORDER BY \(order)")
                == ids.map { #"{"resourceId":"\#($0)"}"# })
    }

    @Test func ordersByTheLeastOrGreatestOfAList() throws {
        let query = "SELECT resourceId WHERE resourceType = 'AWS::EC2::SecurityGroup' ORDER BY "
        let (first, second) = (#"{"resourceId":"sg1"}"#, #"{"resourceId":"sg2"}"#)
        #expect(try inventory.rows(query + "configuration.ipPermissions.fromPort") == [second, first])
        #expect(try inventory.rows(query + "configuration.ipPermissions.fromPort DESC") == [first, second])
    }

    @Test func anEqualTypeIsLookedUpInTheIndex() throws {
        for condition in [
            "resourceType = 'AWS::SQS::Queue'", "configuration.size = 1 AND resourceType IN ('AWS::SQS::Queue')",
        ] {
            let plan = try inventory.plan("SELECT resourceId, configuration.QueueName WHERE \(condition)")
            #expect(plan.contains("SEARCH config_item USING INDEX") && plan.contains("resource_type=?"))
        }
        #expect(try !inventory.plan("SELECT * WHERE resourceType = 'x'").contains("TEMP B-TREE"))
    }
}
