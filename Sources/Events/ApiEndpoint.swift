/// The URLs of API destinations and of token endpoints.
///
/// AWS takes `https` only. Receivers on this machine may speak `http`, since people test with them.
enum ApiEndpoint {
    private static let localHosts: Set<String> = ["127.0.0.1", "localhost", "[::1]"]

    static func isAccepted(_ endpoint: String) -> Bool {
        let url = url(endpoint)
        guard let scheme = url.firstRange(of: "://") else { return false }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, !authority.contains("@"), !authority.contains("*"), !url.contains("#") else {
            return false
        }
        if url.hasPrefix("https://") { return true }
        let port = authority.last == "]" ? nil : authority.lastIndex(of: ":")
        return url.hasPrefix("http://") && localHosts.contains(String(authority[..<(port ?? authority.endIndex)]))
    }

    /// AWS reads what has no scheme as a name that speaks `https`.
    static func url(_ endpoint: String) -> String { endpoint.contains("://") ? endpoint : "https://" + endpoint }

    /// Everything but letters, digits and `-._~` in percent signs (RFC 3986 section 2.3).
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Fills the wildcards of the path in their order; nil where there are not as many as values.
    ///
    /// - Parameter values: as they are to stand in the path.
    static func filled(_ url: String, with values: [String]) -> String? {
        let query = url.firstIndex(of: "?") ?? url.endIndex
        let parts = url[..<query].split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count == values.count + 1 else { return nil }
        return zip(parts, values).map { $0 + $1 }.joined() + (parts.last ?? "") + url[query...]
    }

    /// Adds query strings; one that the URL has already is replaced.
    ///
    /// - Parameter parameters: as they are to stand in the URL.
    static func adding(_ parameters: [(key: String, value: String)], to url: String) -> String {
        guard !parameters.isEmpty else { return url }
        let start = url.firstIndex(of: "?") ?? url.endIndex
        let own = url[start...].dropFirst().split(separator: "&").filter { pair in
            !parameters.contains { $0.key == pair.prefix { $0 != "=" } }
        }
        return url[..<start] + "?"
            + (own.map(String.init) + parameters.map { "\($0.key)=\($0.value)" })
            .joined(separator: "&")
    }
}
