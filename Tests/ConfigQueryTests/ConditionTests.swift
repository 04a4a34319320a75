import ConfigQuery
import Testing

@Suite struct ConditionTests {
    let inventory: Inventory

    init() throws { inventory = try Inventory() }

    @Test(arguments: [
        ("resourceType = 'AWS::SQS::Queue'", ["q1", "q2"]),
        ("resourceType='AWS::SQS::Queue' and resourceId = 'q2'", ["q2"]),
        ("resourceId = \"q2\"", ["q2"]),
        ("resourceType IN ('AWS::SQS::Queue', 'AWS::S3::Bucket')", ["b1", "q1", "q2"]),
        ("resourceType = 'AWS::EC2::Volume' AND NOT configuration.volumeType = 'gp2'", ["v3"]),
        ("resourceId = 'q1' OR resourceId = 'v1' AND resourceType = 'AWS::SQS::Queue'", ["q1"]),
        ("(resourceId = 'q1' OR resourceId = 'v1') AND resourceType = 'AWS::EC2::Volume'", ["v1"]),
        ("resourceType = 'AWS::EC2::Volume' AND resourceId NOT IN ('v1', 'v3')", ["v2"]),
        ("accountId = 111122223333 AND resourceId = 'q1'", ["q1"]),
        ("version = '1.3' AND resourceId = 'q1'", ["q1"]),
        ("arn = 'arn:aws:x:us-east-1:111122223333:v2'", ["v2"]),
        ("resourceId = 'it''s'", []),
        ("accountId = '999999999999'", []),
    ])
    func logicAndEquality(condition: String, ids: [String]) throws {
        #expect(try inventory.ids(where: condition) == ids)
    }

    @Test(arguments: [
        ("configuration.size = 100", ["v1"]), ("configuration.size = '100'", ["v1"]),
        ("configuration.size > 8", ["v1", "v3"]), ("configuration.size >= 8", ["v1", "v2", "v3"]),
        ("configuration.size < 12", ["v2"]), ("configuration.size <= 12.0", ["v2", "v3"]),
        ("configuration.size BETWEEN 8 AND 12", ["v2", "v3"]),
        ("configuration.size IN (8, 100)", ["v1", "v2"]),
        // A queue's attributes are strings in its item and numbers in the schema.
        ("configuration.VisibilityTimeout > 30", ["q2"]), ("configuration.VisibilityTimeout = 30", ["q1"]),
        ("configuration.VisibilityTimeout < '31'", ["q1"]),
        ("configuration.odd > 9", ["v2"]), ("configuration.odd IN (9, 'x')", ["v1"]),
        ("configuration.odd IN ('x', 10)", ["v2"]), ("configuration.odd = '9'", ["v1"]),
    ])
    func numbersCompareAsNumbers(condition: String, ids: [String]) throws {
        #expect(try inventory.ids(where: condition) == ids)
    }

    @Test(arguments: [
        ("configuration.encrypted = true", ["v2", "v3"]), ("configuration.encrypted = FALSE", ["v1"]),
        ("configuration.encrypted = 'true'", ["v2", "v3"]),
        ("resourceType = 'AWS::EC2::Volume' AND configuration.encrypted != true", ["v1"]),
    ])
    func truthValues(condition: String, ids: [String]) throws {
        #expect(try inventory.ids(where: condition) == ids)
    }

    @Test(arguments: [
        ("resourceCreationTime > '2026-09-07'", ["AWS::SQS::Queue/q1", "sg2", "b1"]),
        ("resourceCreationTime BETWEEN '2026-09-02' AND '2026-09-03'", ["q2"]),
        ("configuration.createTime = '2026-09-03'", ["v1"]),
        ("configuration.createTime = '2026-09'", ["v1", "v2"]),
        ("configuration.createTime > '2026-09-03'", ["v2"]),
        ("configuration.createTime >= '2026-09-03T10:00:00.500Z'", ["v1", "v2"]),
        ("configuration.createTime > '2026-09-03T12:00:00+02:00'", ["v2"]),
        ("configuration.createTime < '2026-09-04T00:00:00Z'", ["v1"]),
        ("configuration.CreatedTimestamp = '2026-09-01T10:00:00Z'", ["q1"]),
    ])
    func dates(condition: String, ids: [String]) throws {
        #expect(try inventory.ids(where: condition) == ids)
    }

    @Test(arguments: [
        ("resourceType LIKE 'AWS::EC2::V%'", ["v1", "v2", "v3"]),
        ("resourceName LIKE 'name-v%'", ["v1", "v2", "v3"]),
        ("resourceName LIKE 'name-v_'", ["v1", "v2", "v3"]),
        ("resourceName LIKE 'name-_'", []),
        ("resourceName LIKE 'name-v1'", ["v1"]),
        ("resourceType = 'AWS::EC2::Volume' AND NOT configuration.volumeType LIKE 'gp2%'", ["v3"]),
        ("configuration.volumeType LIKE 'gp2_'", []),
    ])
    func wildcardsAtTheEnd(condition: String, ids: [String]) throws {
        #expect(try inventory.ids(where: condition) == ids)
    }

    /// What has no value passes the contrary of a test.
    @Test func whatHasNoValueIsUnequal() throws {
        #expect(
            try inventory.ids(where: "resourceType = 'AWS::SQS::Queue' AND configuration.KmsMasterKeyId != 'alias/k'")
                == ["q1"])
        #expect(try inventory.ids(where: "resourceType <> ''").count == 9)
    }

    @Test func caseMatters() throws {
        #expect(try inventory.ids(where: "configuration.QueueName = 'q2'") == [])
        #expect(try inventory.ids(where: "configuration.QueueName = 'Q2'") == ["q2"])
    }

    @Test func anUnknownPropertyIsNowhere() throws {
        #expect(try inventory.ids(where: "configuration.noSuchThing = 'x'") == [])
        #expect(try inventory.rows("SELECT configuration.noSuchThing WHERE resourceId = 'q1'") == ["{}"])
    }
}
