import Guard
import Testing

@Suite struct FootprintTests {
    private func touches(_ policy: String, _ path: String) throws -> Bool? {
        try Policy(policy).footprint?.touches([Footprint.plain(path)])
    }

    @Test(arguments: [
        "rule a { configuration.Policy exists }",
        "rule a { some configuration.Policy[*].Statement exists }",
        "rule a when configuration.Policy exists { resourceType == 'x' }",
        "let p = configuration.Policy rule a { %p exists }",
        "rule a { let p = configuration.Policy %p exists }",
        "rule a { resourceType == configuration.Policy }",
        "rule a { configuration.Policy { Statement exists } }",
        "rule a { when configuration.Policy exists { resourceType == 'x' } }",
        "rule a { resourceType == 'x' or configuration.Policy exists }",
        "let n = count(configuration.Policy) rule a { %n == 1 }",
        "rule b(p) { %p exists } rule a { b(configuration.Policy) }",
        "rule a { configuration exists }",
        "rule a { configuration[ keys == /y$/ ] exists }",
        // Keys are looked for in other spellings too.
        "rule a { Configuration.policy exists }",
        "rule a { configuration.policies exists }",
        "configuration.Policy exists",
    ])
    func whatAPolicyReadsIsInItsFootprint(policy: String) throws {
        #expect(try touches(policy, "Configuration.Policy") == true)
        #expect(try touches(policy, "Configuration.Policy.Statement.0") == true)
        #expect(try touches(policy, "Tags.0") == false)
    }

    @Test(arguments: [
        "rule a { configuration.Policy exists }", "rule a { configuration.Policy { DisplayName exists } }",
        "rule a { configuration.Policy[ DisplayName exists ] !empty }", "rule a { resourceName == /^t/ }",
    ])
    func whatItDoesNotReadIsNot(policy: String) throws {
        #expect(try touches(policy, "Configuration.DisplayName") == false)
        #expect(try touches(policy, "SupplementaryConfiguration.Policy") == false)
    }

    @Test(arguments: [
        "let t = now() rule a { configuration.Created < %t }", "rule a { this exists }", "rule a { this.* exists }",
        "rule a { configuration { let t = now() Created < %t } }",
    ])
    func whatReadsTheClockOrEverythingHasNone(policy: String) throws {
        #expect(try Policy(policy).footprint == nil)
    }
}
