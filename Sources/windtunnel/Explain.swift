import ArgumentParser
import Dispatch
import HTTPClient
import Synchronization

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what became of an event or a message, and why.",
        discussion: "It asks a running server, and prints which rules or subscriptions fit and which clause did not.")

    @Argument(help: "The id that PutEvents or Publish gave.")
    var id: String

    @Option(help: "Where the server is. (default: AWS_ENDPOINT_URL, or http://127.0.0.1:4566)")
    var endpoint: String?

    @Option(help: "Only this rule of the bus.")
    var rule: String?

    /// Longer than any story.
    private static let answerBytes = 16 << 20

    func run() throws {
        guard id.utf8.allSatisfy({ Self.isPlain($0) }), rule?.utf8.allSatisfy({ Self.isPlain($0) }) ?? true else {
            throw ValidationError("An id has letters, digits and hyphens only.")
        }
        let rule = rule.map { "&rule=\($0)" } ?? ""
        for query in ["eventId=\(id)\(rule)", "messageId=\(id)"] {
            let answer = try get("/_windtunnel/explain?\(query)")
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

    private func get(_ path: String) throws -> OutgoingResponse {
        var base = endpoint ?? Environment.plain("AWS_ENDPOINT_URL") ?? "http://127.0.0.1:4566"
        while base.hasSuffix("/") { base.removeLast() }
        let answer = Mutex<Result<OutgoingResponse, OutgoingError>?>(nil)
        let arrived = DispatchSemaphore(value: 0)
        let client = HTTPClient()
        var request = OutgoingRequest(method: "GET", url: base + path, headers: [("Accept", "text/plain")], body: [])
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
