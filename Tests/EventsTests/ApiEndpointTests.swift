import Testing

@testable import Events

@Suite struct ApiEndpointTests {
    @Test(arguments: [
        "https://example.com", "https://example.com:8443/a?b=c", "https://example.com/*/x", "example.com/a",
        "http://127.0.0.1", "http://127.0.0.1:80/a", "http://localhost:8080", "http://localhost?x=1",
        "http://[::1]:80/",
    ])
    func httpsAndReceiversOnThisMachineAreAccepted(endpoint: String) { #expect(ApiEndpoint.isAccepted(endpoint)) }

    @Test(arguments: [
        "http://example.com", "http://127.0.0.1.example.com", "http://localhost.example.com/", "ftp://example.com",
        "https://", "https:///path", "https://user@example.com", "https://*.example.com", "https://example.com/#part",
        "http://localhost@example.com/", "HTTP://example.com",
    ])
    func othersAreNot(endpoint: String) { #expect(!ApiEndpoint.isAccepted(endpoint)) }

    @Test func textIsEncoded() {
        #expect(ApiEndpoint.encoded("aZ09-._~ /?&=+*%ä") == "aZ09-._~%20%2F%3F%26%3D%2B%2A%25%C3%A4")
    }

    @Test(arguments: [
        ("https://h/a", [], "https://h/a"), ("https://h/*/b/*", ["1", "2"], "https://h/1/b/2"),
        ("https://h/*?q=*", ["1"], "https://h/1?q=*"), ("https://h/*", [], nil), ("https://h/a", ["1"], nil),
    ])
    func wildcardsOfThePathAreFilledInTheirOrder(url: String, values: [String], expected: String?) {
        #expect(ApiEndpoint.filled(url, with: values) == expected)
    }

    @Test(arguments: [
        ("https://h/a", "https://h/a?k=v"), ("https://h/a?", "https://h/a?k=v"),
        ("https://h/a?b=c", "https://h/a?b=c&k=v"),
        ("https://h/a?k=old&b", "https://h/a?b&k=v"),
    ])
    func queryStringsAreAddedAndReplaced(url: String, expected: String) {
        #expect(ApiEndpoint.adding([("k", "v")], to: url) == expected)
    }
}
