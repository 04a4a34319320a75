import Foundation
import Synchronization

/// A web server on a raw socket, which does what a test says with every connection.
final class Receiver: Sendable {
    let port: Int
    private let listener: Int32
    private let seen = Mutex<[String]>([])

    /// - Parameter behaviour: gets the connection and the request's bytes up to its body's end.
    init(_ behaviour: @escaping @Sendable (Int32, String) -> Void) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = bind(listener, address, length)
                _ = getsockname(listener, address, &length)
            }
        }
        listen(listener, 64)
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Thread.detachNewThread {
                    while let request = Self.read(connection) {
                        self.seen.withLock { $0.append(request) }
                        behaviour(connection, request)
                    }
                    close(connection)
                }
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    var requests: [String] { seen.withLock { $0 } }

    func url(_ path: String = "/", credentials: String = "") -> String {
        "http://\(credentials)127.0.0.1:\(port)\(path)"
    }

    static func write(_ text: String, to connection: Int32) {
        _ = text.withCString { send(connection, $0, strlen($0), Int32(truncatingIfNeeded: MSG_NOSIGNAL)) }
    }

    /// A request with a Content-Length; nil at the end.
    private static func read(_ connection: Int32) -> String? {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            if let head = text.firstRange(of: "\r\n\r\n") {
                let lines = text[..<head.lowerBound].split(separator: "\r\n")
                let length = lines.first { $0.lowercased().hasPrefix("content-length:") }?.split(separator: ":").last
                let wanted = length.flatMap { Int($0.filter { $0 != " " }) } ?? 0
                if text[head.upperBound...].utf8.count >= wanted { return text }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
    }
}
