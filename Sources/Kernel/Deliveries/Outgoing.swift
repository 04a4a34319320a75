import HTTPClient
import Subprocess
import Synchronization

/// Programs, and requests on their way to the outside, no more at a time for a host than it can do with: a slow receiver holds
/// up its own deliveries only, and no flood of them fills the memory.
final class Outgoing: Sendable {
    struct Request: Sendable {
        enum Purpose: Sendable {
            /// - shown: method and URL, for people.
            case delivery(Int64, shown: String?, WebRequest)
            case call(WebCall, WebRequest)
            case program(ProgramCall, Program)
            case stop(ProgramCall)
        }

        let purpose: Purpose
        let account: String
        let region: String
        let service: String
        /// Whose places it takes; nil where it takes none.
        let host: String?
    }

    enum Outcome: Sendable {
        case web(WebResult)
        case program(ProgramEnding)
    }

    private struct State {
        var byHost: [String: Int] = [:]
        var total = 0
        var whenIdle: [@Sendable () -> Void] = []
    }

    /// In flight or about to be.
    private static let limitPerHost = 16

    private let client = HTTPClient()
    let programs = Programs()
    private let state = Mutex(State())

    func hasRoom(for host: String, beside others: [Request]) -> Bool {
        let more = others.reduce(0) { $0 + ($1.host == host ? 1 : 0) }
        return state.withLock { ($0.byHost[host] ?? 0) + more < Self.limitPerHost }
    }

    /// - Parameter finish: stores the result and then calls what it is given.
    func send(
        _ request: Request, finish: @escaping @Sendable (Request, Outcome, @escaping @Sendable () -> Void) -> Void
    ) {
        if case .stop(let call) = request.purpose { return programs.stop(call.id) }
        state.withLock { state in
            if let host = request.host { state.byHost[host, default: 0] += 1 }
            state.total += 1
        }
        let ended: @Sendable (Outcome) -> Void = { outcome in
            finish(request, outcome) { self.ended(request.host) }
        }
        switch request.purpose {
        case .delivery(_, _, let web), .call(_, let web): send(web) { ended(.web($0)) }
        case .program(let call, let program): programs.run(program, id: call.id) { ended(.program($0)) }
        case .stop: break
        }
    }

    private func send(_ web: WebRequest, completion: @escaping @Sendable (WebResult) -> Void) {
        let outgoing = OutgoingRequest(
            method: web.method, url: web.url, headers: web.headers.map { ($0.name, $0.value) },
            body: Array(web.body.utf8), timeoutMilliseconds: web.timeoutSeconds.map { $0 * 1000 },
            answerLimit: web.answerLimit)
        client.send(outgoing) { result in
            switch result {
            case .success(let answer):
                completion(
                    .answered(
                        WebAnswer(
                            status: answer.status, headers: answer.headers,
                            body: String(decoding: answer.body, as: UTF8.self), milliseconds: answer.milliseconds)))
            case .failure(let error): completion(.failed(error.message, isTimeout: error.isTimeout))
            }
        }
    }

    var isIdle: Bool { state.withLock { $0.total == 0 } }

    /// Calls `body` when nothing is on its way any more.
    func whenIdle(_ body: @escaping @Sendable () -> Void) {
        let isIdle = state.withLock { state in
            if state.total > 0 { state.whenIdle.append(body) }
            return state.total == 0
        }
        if isIdle { body() }
    }

    private func ended(_ host: String?) {
        let waiting = state.withLock { state -> [@Sendable () -> Void] in
            state.total -= 1
            if let host {
                let left = (state.byHost[host] ?? 1) - 1
                state.byHost[host] = left > 0 ? left : nil
            }
            guard state.total == 0 else { return [] }
            defer { state.whenIdle = [] }
            return state.whenIdle
        }
        for body in waiting { body() }
    }
}
