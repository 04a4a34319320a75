import Glibc

@testable import HTTP

/// A raw socket to a server, for saying what no well-behaved client says. A read that waits for ten seconds gives up.
final class Client {
    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: String
    }

    private let descriptor: Int32
    private var input: [UInt8] = []

    init(_ server: Server, receiveBytes: Int32? = nil) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(server.port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    deinit { close(descriptor) }

    @discardableResult
    func send(_ text: String) -> Client { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Client {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
                return Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            sent += count
        }
        return self
    }

    func sendEnd() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next answer; nil when the connection ends before it is whole.
    func answer(hasBody: Bool = true) -> Answer? {
        guard let start = line()?.split(separator: " "), start.count >= 2, let status = Int(start[1]) else {
            return nil
        }
        var answer = Answer(status: status, headers: [:], body: "")
        while let line = line(), !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            answer.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        guard hasBody else { return answer }
        if answer.headers["transfer-encoding"] == "chunked" {
            while let size = line().flatMap({ Int($0, radix: 16) }) {
                guard let chunk = take(size), line() == "" else { return nil }
                if size == 0 { return answer }
                answer.body += chunk
            }
            return nil
        }
        guard let body = take(answer.headers["content-length"].flatMap { Int($0) } ?? 0) else { return nil }
        answer.body = body
        return answer
    }

    /// Whether the server says that it sends no more.
    var isEnded: Bool { input.isEmpty && !receive() }

    /// One line without its CR LF; nil at the end.
    func line() -> String? {
        while true {
            if let feed = input.firstIndex(of: 0x0A) {
                defer { input.removeFirst(feed + 1) }
                return String(decoding: input[..<feed].dropLast(), as: UTF8.self)
            }
            guard receive() else { return nil }
        }
    }

    func take(_ count: Int) -> String? {
        while input.count < count { guard receive() else { return nil } }
        defer { input.removeFirst(count) }
        return String(decoding: input[..<count], as: UTF8.self)
    }

    private func receive() -> Bool {
        var room = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &room, room.count, 0)
        if count > 0 { input.append(contentsOf: room[..<count]) }
        return count > 0
    }
}

/// Answers as a closure says.
struct Handler: RequestHandler {
    let body: @Sendable (Exchange) -> Void

    func handle(_ exchange: Exchange) { body(exchange) }

    /// Says what it got: method, path, query, host and body.
    static let echo = Handler { exchange in
        let request = exchange.request
        let host = request.headers["HOST"] ?? "-"
        let text =
            "\(request.method) \(request.path) \(request.query ?? "-") \(host) \(String(decoding: request.body, as: UTF8.self))"
        exchange.respond(Response(status: 200, contentType: "text/plain", body: Array(text.utf8)))
    }
}

func makeServer(
    _ handler: Handler = .echo, lanes: Int = 2, _ change: (inout Limits) -> Void = { _ in }
) throws -> Server {
    var limits = Limits()
    change(&limits)
    let server = try Server(host: "127.0.0.1", port: 0, lanes: lanes, limits: limits, handler: handler)
    server.start()
    return server
}

func get(_ path: String = "/", _ headers: String = "") -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\(headers)\r\n" }

func post(_ body: String, _ headers: String = "") -> String {
    "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}
