import ConfigQuery
import Testing

@Suite struct ArrayTests {
    let inventory: Inventory

    init() throws { inventory = try Inventory() }

    /// https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html#array-property-query-behavior
    @Test func conditionsMayBeMetByDifferentElements() throws {
        #expect(
            try inventory.ids(
                where: """
                    configuration.configRuleList.complianceType = 'NON_COMPLIANT' \
                    AND configuration.configRuleList.configRuleName = 'A'
                    """) == ["AWS::SQS::Queue/q1"])
        #expect(try inventory.ids(where: "configuration.configRuleList.configRuleName = 'C'") == [])
    }

    @Test(arguments: [
        ("tags.key = 'team'", ["q1"]), ("tags.tag = 'stage=blue'", ["q2"]),
        // Key and value of different tags.
        ("tags.key = 'stage' AND tags.value = 'blue'", ["q1", "q2"]),
        ("resourceType = 'AWS::SQS::Queue' AND NOT tags.key = 'team'", ["q2"]),
        ("tags.key IN ('team', 'other')", ["q1"]),
        ("tags.tag LIKE 'stage=%'", ["q1", "q2"]),
        ("relationships.resourceId = 'i1'", ["v1"]),
        ("relationships.resourceType = 'AWS::EC2::Instance' AND resourceType = 'AWS::EC2::Volume'", ["v1"]),
        ("configuration.ipPermissions.fromPort = 443", ["sg1"]),
        ("configuration.ipPermissions.fromPort < 80", ["sg2"]),
        (
            "supplementaryConfiguration.ServerSideEncryptionConfiguration.rules.applyServerSideEncryptionByDefault.sseAlgorithm = 'AES256'",
            ["b1"]
        ),
        ("supplementaryConfiguration.BucketVersioningConfiguration.status = 'Off'", ["b1"]),
    ])
    func anyElementMayMatch(condition: String, ids: [String]) throws {
        #expect(try inventory.ids(where: condition) == ids)
    }

    /// A block holds addresses: `=` and `BETWEEN` find every block that has one of them.
    @Test(arguments: [
        ("configuration.ipPermissions.ipRanges = '10.0.0.7'", ["sg1", "sg2"]),
        ("configuration.ipPermissions.ipRanges = '8.8.8.8'", ["sg2"]),
        ("configuration.ipPermissions.ipRanges = '172.20.0.0/16'", ["sg1", "sg2"]),
        (
            """
            configuration.ipPermissions.ipRanges = '192.168.0.2' AND NOT configuration.ipPermissions.ipRanges > '192.168.0.2'
            """, ["sg1"]
        ),
        (
            """
            configuration.ipPermissions.ipRanges BETWEEN '0.0.0.0' AND '255.255.255.255' \
            AND NOT configuration.ipPermissions.ipRanges < '10.0.0.0' \
            AND NOT configuration.ipPermissions.ipRanges > '192.168.0.2'
            """, ["sg1"]
        ),
        ("configuration.ipPermissions.ipRanges IN ('10.0.0.255', '1.2.3.4')", ["sg1", "sg2"]),
    ])
    func blocksOfAddresses(condition: String, ids: [String]) throws {
        #expect(try inventory.ids(where: condition) == ids)
    }

    @Test func selectedPropertiesOfElementsStayInTheirElements() throws {
        #expect(
            try inventory.rows(
                "SELECT configuration.configRuleList.configRuleName WHERE resourceType LIKE 'AWS::Config%'")
                == [#"{"configuration":{"configRuleList":[{"configRuleName":"A"},{"configRuleName":"B"}]}}"#])
        #expect(
            try inventory.rows("SELECT tags WHERE resourceId = 'q2'")
                == [#"{"tags":[{"key":"stage","value":"blue","tag":"stage=blue"}]}"#])
        #expect(try inventory.rows("SELECT tags WHERE resourceId = 'v1'") == [#"{"tags":[]}"#])
    }
}
