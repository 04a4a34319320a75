import ArgumentParser
import Dispatch
import HTTPClient
import JSON
import Synchronization

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell what became of an event or a message, or what a rule of Config says of a resource, and why.",
        discussion: """
            It asks a running server, and prints which rules or subscriptions fit and which clause did not.

              windtunnel explain 27344e83-…
              windtunnel explain rule topics-are-encrypted orders
            """,
        subcommands: [ExplainID.self, ExplainRule.self], defaultSubcommand: ExplainID.self)
}

/// `explain ID`.
struct ExplainID: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "id", abstract: "An event or a message.")

    @Argument(help: "The id that PutEvents or Publish gave.")
    var id: String

    @OptionGroup var server: RunningServer

    @Option(help: "Only this rule of the bus.")
    var rule: String?

    func run() throws {
        guard id.utf8.allSatisfy({ Self.isPlain($0) }), rule?.utf8.allSatisfy({ Self.isPlain($0) }) ?? true else {
            throw ValidationError("An id has letters, digits and hyphens only.")
        }
        let rule = rule.map { "&rule=\($0)" } ?? ""
        for query in ["eventId=\(id)\(rule)", "messageId=\(id)"] {
            let answer = try server.get("/_windtunnel/explain?\(query)")
            if answer.status == 200 {
                print(String(decoding: answer.body, as: UTF8.self), terminator: "")
                return
            }
        }
        throw ValidationError("The server knows no event and no message \(id).")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// `explain rule NAME RESOURCE`.
struct ExplainRule: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule", abstract: "What a rule of Config says of a resource, clause by clause.")

    @Argument(help: "The name of the rule.")
    var rule: String

    @Argument(help: "The id, the name or the ARN of the resource.")
    var resource: String

    @Option(help: "The type of the resource, where several have the id or the name.")
    var type: String?

    @OptionGroup var server: RunningServer

    func run() throws {
        let type = type.map { "&type=\(Self.encoded($0))" } ?? ""
        let answer = try server.get(
            "/_windtunnel/explain?rule=\(Self.encoded(rule))&resource=\(Self.encoded(resource))\(type)")
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.status == 200 else {
            throw ValidationError((try? JSON(parsing: answer.body))?["message"]?.string ?? text)
        }
        print(text, terminator: "")
    }

    /// Ids of resources have all kinds of characters: those of queues are addresses.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            isUnreserved(byte) ? String(UnicodeScalar(byte)) : "%\(hexDigit(byte >> 4))\(hexDigit(byte & 15))"
        }.joined()
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func hexDigit(_ value: UInt8) -> String { String(value, radix: 16, uppercase: true) }
}

/// The server that is asked.
struct RunningServer: ParsableArguments {
    @Option(help: "Where the server is. (default: AWS_ENDPOINT_URL, or http://127.0.0.1:4566)")
    var endpoint: String?

    /// Longer than any story.
    private static let answerBytes = 16 << 20

    /// Asks for a page as the clients of AWS would, from whose account and Region the environment says.
    func get(_ path: String) throws -> OutgoingResponse {
        var headers = [("Accept", "text/plain")]
        if let region = Environment.plain("AWS_REGION") ?? Environment.plain("AWS_DEFAULT_REGION") {
            headers.append(("X-Region", region))
        }
        if let account = Environment.plain("AWS_ACCESS_KEY_ID"), account.utf8.count == 12, Int(account) != nil {
            headers.append(("X-Account", account))
        }
        var base = endpoint ?? Environment.plain("AWS_ENDPOINT_URL") ?? "http://127.0.0.1:4566"
        while base.hasSuffix("/") { base.removeLast() }
        let answer = Mutex<Result<OutgoingResponse, OutgoingError>?>(nil)
        let arrived = DispatchSemaphore(value: 0)
        let client = HTTPClient()
        var request = OutgoingRequest(method: "GET", url: base + path, headers: headers, body: [])
        request.answerLimit = Self.answerBytes
        client.send(request) { result in
            answer.withLock { $0 = result }
            arrived.signal()
        }
        arrived.wait()
        switch answer.withLock({ $0 }) {
        case .success(let response): return response
        case .failure(let error): throw ValidationError("\(base) gives no answer: \(error.message)")
        case nil: throw ExitCode.failure
        }
    }
}
