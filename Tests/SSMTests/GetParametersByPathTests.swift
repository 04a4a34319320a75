import JSON
import Kernel
import Model
import Testing

@Suite struct GetParametersByPathTests {
    private func store(_ names: String...) async throws -> ParameterStore {
        let store = try await ParameterStore()
        for name in names { try await store.put(name) }
        return store
    }

    private func names(_ store: ParameterStore, _ path: String, recursive: Bool = false) async throws -> [String] {
        try await store.names("GetParametersByPath", ["Path": .string(path), "Recursive": .bool(recursive)])
    }

    /// One page: its names and where it goes on.
    private func page(_ store: ParameterStore, after token: JSON?, size: Int) async throws -> ([String], JSON?) {
        let answer = try await store.call(
            "GetParametersByPath", .object(["Path": "/p", "MaxResults": .number(size), "NextToken": token]))
        return (answer["Parameters"]?.array?.compactMap { $0["Name"]?.string } ?? [], answer["NextToken"])
    }

    // MARK: Paths

    @Test func aPathHoldsWholeLevelsBelowItAndNotItself() async throws {
        let store = try await store("/app", "/app/a", "/app/b/c", "/apple", "/app0", "/app-x/a")
        #expect(try await names(store, "/app") == ["/app/a"])
        #expect(try await names(store, "/app/") == ["/app/a"])
        #expect(try await names(store, "/app", recursive: true) == ["/app/a", "/app/b/c"])
        #expect(try await names(store, "/app/b") == ["/app/b/c"])
        #expect(try await names(store, "/none") == [])
        #expect(try await names(store, "/App") == [])
    }

    @Test func theRootHoldsNamesWithAndWithoutASlash() async throws {
        let store = try await store("plain", "/a", "/a/b")
        #expect(try await names(store, "/") == ["/a", "plain"])
        #expect(try await names(store, "/", recursive: true) == ["/a", "/a/b", "plain"])
    }

    @Test(arguments: ["app", "//", "/a//b", "/aws", "/AWS/x", "/ssm/x", "/a b", "/a:1", "arn:aws:ssm:::parameter/a"])
    func whatIsNoPathIsRefused(path: String) async throws {
        let store = try await store()
        await #expect(
            throws: AWSError.validation(
                "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a "
                    + "forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). It must "
                    + "use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). "
                    + "Special characters are not allowed. All sub-paths, if specified, must use the forward slash "
                    + "symbol \"/\". Valid example: /get/parameters2-/by1./path0_.")
        ) { try await names(store, path) }
    }

    // MARK: Filters

    @Test func aLabelPicksTheVersionThatHoldsIt() async throws {
        let store = try await store("/p/a", "/p/b")
        try await store.call("LabelParameterVersion", ["Name": "/p/a", "Labels": ["live"]])
        try await store.overwrite("/p/a", "new")
        let answer = try await store.call(
            "GetParametersByPath", ["Path": "/p", "ParameterFilters": [["Key": "Label", "Values": ["live"]]]])
        let found = answer["Parameters"]?.array ?? []
        #expect(found.map { $0["Name"] } == ["/p/a"] && found.map { $0["Value"] } == ["v"])
        #expect(found.map { $0["Version"] } == [1] && found.map { $0["Selector"] } == [nil])
        await #expect(
            throws: AWSError("InvalidFilterValue", "The following filter Label can have only one value")
        ) {
            try await store.call(
                "GetParametersByPath", ["Path": "/p", "ParameterFilters": [["Key": "Label", "Values": ["a", "b"]]]])
        }
    }

    @Test func itsOtherFiltersAreTypeAndKey() async throws {
        let store = try await store("/p/a")
        try await store.put("/p/s", "v", ["Type": "SecureString"])
        for filter in [["Key": "Type", "Values": ["SecureString"]], ["Key": "KeyId", "Values": ["alias/aws/ssm"]]]
            as [JSON]
        {
            let found = try await store.names("GetParametersByPath", ["Path": "/p", "ParameterFilters": [filter]])
            #expect(found == ["/p/s"])
        }
        await #expect(
            throws: AWSError(
                "InvalidFilterKey",
                "The following filter key is not valid: Tier. Valid filter keys include: [Type, KeyId, Label].")
        ) {
            try await store.call(
                "GetParametersByPath", ["Path": "/p", "ParameterFilters": [["Key": "Tier", "Values": ["Standard"]]]])
        }
    }

    // MARK: Pages

    @Test(arguments: 1...10) func pagesHoldEveryParameterOnceInTheOrderOfNames(size: Int) async throws {
        let store = try await ParameterStore()
        let all = (10..<31).map { "/p/\($0)" }
        for name in all.reversed() { try await store.put(name) }
        var found: [String] = []
        var token: JSON?
        repeat {
            let (page, next) = try await page(store, after: token, size: size)
            #expect(page.count == min(size, all.count - found.count))
            found += page
            token = next
        } while token != nil && found.count < 100
        #expect(found == all)
    }

    /// What is there from the first page to the last comes once, whatever else comes and goes meanwhile.
    @Test(arguments: 1...10) func pagesStayRightWhileParametersComeAndGo(size: Int) async throws {
        let store = try await ParameterStore()
        for number in 10..<40 { try await store.put("/p/\(number)") }
        var found: [String] = []
        var token: JSON?
        var added = 0
        repeat {
            let (page, next) = try await page(store, after: token, size: size)
            found += page
            token = next
            guard let last = page.last else { continue }
            // The last one that was shown goes, one comes before it, and one comes after everything.
            try await store.call("DeleteParameter", ["Name": .string(last)])
            if added < 12 {
                try await store.put("/p/0\(added + 10)")
                try await store.put("/p/9\(added + 10)")
                added += 1
            }
        } while token != nil && found.count < 100
        #expect(found.filter { $0 < "/p/9" } == (10..<40).map { "/p/\($0)" })
        #expect(found == found.sorted() && Set(found).count == found.count)
        #expect(!found.contains { $0.hasPrefix("/p/0") })
    }

    @Test func aDeletedParameterIsNotOnALaterPage() async throws {
        let store = try await store("/p/a", "/p/b", "/p/c", "/p/d")
        let (first, token) = try await page(store, after: nil, size: 1)
        try await store.call("DeleteParameters", ["Names": ["/p/b", "/p/d"]])
        let (second, end) = try await page(store, after: token, size: 10)
        #expect(first == ["/p/a"] && second == ["/p/c"] && end == nil)
    }

    @Test func aTokenGoesOnWithItsOwnListOnly() async throws {
        let store = try await store("/p/a", "/p/b", "/q/a")
        let (_, token) = try await page(store, after: nil, size: 1)
        let sealed = try #require(token?.string)
        let inputs: [JSON] = [
            ["Path": "/q", "NextToken": .string(sealed)],
            ["Path": "/p", "Recursive": true, "NextToken": .string(sealed)],
            ["Path": "/p", "NextToken": .string((sealed.hasPrefix("A") ? "B" : "A") + sealed.dropFirst())],
            ["Path": "/p", "NextToken": "b"],
        ]
        for input in inputs {
            let error = await #expect(throws: AWSError.self) { try await store.call("GetParametersByPath", input) }
            let token = input["NextToken"]?.string ?? ""
            #expect(error == AWSError("InvalidNextToken", "The following token is invalid: \(token)."))
        }
        let other = await #expect(throws: AWSError.self) {
            try await store.call(
                "GetParametersByPath", ["Path": "/p", "NextToken": .string(sealed)], as: .account("222222222222"))
        }
        #expect(other?.code == "InvalidNextToken")
    }

    @Test func aPageHasTenAtMost() async throws {
        let store = try await store()
        await #expect(
            throws: AWSError.validation(
                "1 validation error detected: Value '11' at 'maxResults' failed to satisfy constraint: Member must "
                    + "have value less than or equal to 10")
        ) { try await page(store, after: nil, size: 11) }
    }

    @Test func aLabelIsComparedAsAWhole() async throws {
        let store = try await ParameterStore()
        let filter: JSON = ["Key": "Label", "Option": "BeginsWith", "Values": ["l"]]
        let error = await #expect(throws: AWSError.self) {
            try await store.call("GetParametersByPath", ["Path": "/", "ParameterFilters": [filter]])
        }
        #expect(error?.code == "InvalidFilterOption")
    }

    @Test func aLabelPicksWhatHasIt() async throws {
        let store = try await ParameterStore()
        for (name, label) in [("/p/a", "one"), ("/p/b", "two")] as [(String, JSON)] {
            try await store.put(name)
            try await store.call("LabelParameterVersion", ["Name": .string(name), "Labels": [label]])
        }
        let filter: JSON = ["Key": "Label", "Values": ["one"]]
        let found = try await store.names("GetParametersByPath", ["Path": "/p", "ParameterFilters": [filter]])
        #expect(found == ["/p/a"])
    }
}
