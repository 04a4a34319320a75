import CCurl
import Glibc
import Synchronization

/// A request to the outside.
public struct OutgoingRequest: Sendable {
    public let method: String
    /// May hold a name and a password, which are used when the server asks for them (Basic or Digest).
    public let url: String
    public let headers: [(String, String)]
    public let body: [UInt8]
    /// So much of the answer is kept, in bytes.
    public var answerLimit = 1024

    public init(method: String, url: String, headers: [(String, String)], body: [UInt8]) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// Scheme, name and port.
    var host: String { url.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/") }
}

public struct OutgoingResponse: Sendable {
    public let status: Int
    /// The beginning, as much as was wanted.
    public let body: [UInt8]
    public let milliseconds: Int
}

/// Why there is no answer, for people.
public struct OutgoingError: Error, Sendable {
    public let message: String
}

/// Sends requests to the outside, without following redirects, and with a limit for everything: a receiver that never
/// answers, answers slowly or without end costs one slot, and that for its time at most.
///
/// One thread drives all transfers; it begins with the first request.
public final class HTTPClient: Sendable {
    public typealias Completion = @Sendable (Result<OutgoingResponse, OutgoingError>) -> Void

    /// For a whole exchange.
    public static let timeoutMilliseconds = 15_000
    /// Beyond so many, a host that has one gets no other.
    static let transferLimit = 64
    static let transferLimitPerHost = 8
    /// So many hosts that never answer keep nobody else from his turn.
    static let hostLimit = 256

    private struct State {
        /// Hosts that have requests to begin, in turn.
        var turns: [String] = []
        var waiting: [String: [(OutgoingRequest, Completion)]] = [:]
        var running: [String: Int] = [:]
        var total = 0
        var multi: Multi?

        func hasRoom(for host: String) -> Bool {
            guard let busy = running[host] else { return total < HTTPClient.hostLimit }
            return busy < HTTPClient.transferLimitPerHost && total < HTTPClient.transferLimit
        }
    }

    /// Its wake-up is the one function of libcurl that other threads may call.
    private struct Multi: @unchecked Sendable { let handle: CurlLibrary.Handle }

    private let timeoutMilliseconds: Int
    private let state = Mutex(State())

    public init(timeoutMilliseconds: Int = HTTPClient.timeoutMilliseconds) {
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// - Parameter completion: called on the client's thread; must not block.
    public func send(_ request: OutgoingRequest, completion: @escaping Completion) {
        guard let library = CurlLibrary.shared else {
            return completion(
                .failure(
                    OutgoingError(message: "libcurl is missing on this machine: install libcurl4 (Debian, Ubuntu).")))
        }
        let multi = state.withLock { state -> Multi? in
            if state.waiting[request.host] == nil { state.turns.append(request.host) }
            state.waiting[request.host, default: []].append((request, completion))
            if let multi = state.multi { return multi }
            guard let handle = library.multiInit() else { return nil }
            let multi = Multi(handle: handle)
            state.multi = multi
            OSThread.start { self.drive(multi, library) }
            return multi
        }
        if let multi { _ = library.multiWakeUp(multi.handle) }
    }

    // MARK: The client's thread

    private func drive(_ multi: Multi, _ library: CurlLibrary) -> Never {
        while true {
            while let (request, completion) = next() { begin(request, completion, multi, library) }
            var running: Int32 = 0
            _ = library.multiPerform(multi.handle, &running)
            var left: Int32 = 0
            while let message = library.multiRead(multi.handle, &left)?.pointee {
                end(message.easy, code: message.data.result, multi, library)
            }
            if !hasNext { _ = library.multiPoll(multi.handle, nil, 0, 60_000, nil) }
        }
    }

    /// The next request for which there is room; hosts take turns.
    private func next() -> (OutgoingRequest, Completion)? {
        state.withLock { state in
            guard let turn = state.turns.firstIndex(where: state.hasRoom) else { return nil }
            let host = state.turns.remove(at: turn)
            guard var queue = state.waiting.removeValue(forKey: host), !queue.isEmpty else { return nil }
            let first = queue.removeFirst()
            if !queue.isEmpty {
                state.waiting[host] = queue
                state.turns.append(host)
            }
            state.running[host, default: 0] += 1
            state.total += 1
            return first
        }
    }

    private var hasNext: Bool {
        state.withLock { state in state.turns.contains(where: state.hasRoom) }
    }

    private func begin(
        _ request: OutgoingRequest, _ completion: @escaping Completion, _ multi: Multi, _ library: CurlLibrary
    ) {
        guard let easy = library.easyInit() else {
            free(request.host)
            return completion(.failure(OutgoingError(message: "libcurl gave no handle.")))
        }
        let transfer = Transfer(request, completion, library)
        transfer.configure(easy, timeoutMilliseconds: timeoutMilliseconds)
        _ = library.multiAdd(multi.handle, easy)
    }

    private func end(_ easy: CurlLibrary.Handle?, code: Int32, _ multi: Multi, _ library: CurlLibrary) {
        guard let easy, let owner = library.owner(of: easy) else { return }
        let transfer = Unmanaged<Transfer>.fromOpaque(owner).takeRetainedValue()
        let result = transfer.result(easy, code: code)
        _ = library.multiRemove(multi.handle, easy)
        library.easyCleanup(easy)
        free(transfer.request.host)
        transfer.completion(result)
    }

    private func free(_ host: String) {
        state.withLock { state in
            state.total -= 1
            let left = (state.running[host] ?? 1) - 1
            state.running[host] = left > 0 ? left : nil
        }
    }
}

/// A thread of the system's, for what waits for ever.
private enum OSThread {
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Body(body)).toOpaque()
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
    }
}
