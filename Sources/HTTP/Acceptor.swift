import Dispatch
import Glibc

/// Takes connections and deals them out to the lanes.
///
/// `@unchecked Sendable`: the variables are used on `queue` only.
final class Acceptor: @unchecked Sendable {
    let queue = DispatchQueue(label: "windtunnel.accept")
    private let descriptor: Int32
    private let limit: Int
    private let runners: [LaneRunner]
    private let population: Population
    private var source: (any DispatchSourceRead)?
    private var isPaused = false
    private var isStopped = false
    private var latest = 0
    /// Clients that wait for another one's place.
    private var waiting: [Int32] = []
    private var isMakingRoom = false
    private var refusals = 0

    /// Connections taken in one go, before the lanes' news are looked at.
    private static let burst = 64
    /// Clients that may wait for a place, or be told that there is none, at a time; within the reserve of descriptors.
    private static let waitingLimit = 32
    private static let pauseMilliseconds = 100
    private static let refusalMilliseconds = 200

    init(descriptor: Int32, limit: Int, runners: [LaneRunner], population: Population) {
        self.descriptor = descriptor
        self.limit = limit
        self.runners = runners
        self.population = population
    }

    func start() {
        queue.async { [self] in
            guard !isStopped else { return }
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler { [weak self] in self?.accept() }
            source.setCancelHandler { [descriptor] in Glibc.close(descriptor) }
            self.source = source
            source.resume()
        }
    }

    /// Closes the listening socket, then calls `then`.
    func stop(then: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            if !isStopped {
                isStopped = true
                for client in waiting { Glibc.close(client) }
                waiting = []
                if isPaused { source?.resume() }
                if let source { source.cancel() } else { Glibc.close(descriptor) }
                source = nil
            }
            then()
        }
    }

    private func accept() {
        for _ in 0..<Self.burst {
            guard !isStopped, !isPaused else { return }
            guard waiting.count < Self.waitingLimit else { return pause() }
            let client = Glibc.accept(descriptor, nil, nil)
            if client >= 0 {
                take(client)
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR, errno != ECONNABORTED {
                // Without a free descriptor the socket stays readable: trying again at once would spin.
                return pause()
            }
        }
    }

    private func take(_ client: Int32) {
        _ = fcntl(client, F_SETFL, O_NONBLOCK)
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        guard population.count < limit else {
            waiting.append(client)
            return makeRoom()
        }
        var yes: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        population.enter()
        latest += 1
        let number = latest
        let runner = runners[number % runners.count]
        runner.lane.post { runner.adopt(client, number: number) }
    }

    private func pause() {
        isPaused = true
        source?.suspend()
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.pauseMilliseconds)) { [weak self] in
            guard let self, self.isPaused, !self.isStopped else { return }
            self.isPaused = false
            self.source?.resume()
        }
    }

    // MARK: Making room

    /// Asks all lanes for their oldest idle connection and ends the oldest of them.
    private func makeRoom() {
        guard !isMakingRoom, !waiting.isEmpty else { return }
        isMakingRoom = true
        ask(0, oldest: nil)
    }

    private func ask(_ index: Int, oldest: (index: Int, age: (since: Int, number: Int))?) {
        guard index < runners.count else { return end(oldest?.index) }
        let runner = runners[index]
        runner.lane.post { [self] in
            let age = runner.oldestIdle
            queue.async { [self] in
                var oldest = oldest
                if let age, age < oldest?.age ?? (Int.max, Int.max) { oldest = (index, age) }
                ask(index + 1, oldest: oldest)
            }
        }
    }

    private func end(_ index: Int?) {
        guard let index else { return placeFirst(hasRoom: false) }
        let runner = runners[index]
        runner.lane.post { [self] in
            let hasRoom = runner.closeOldestIdle()
            queue.async { [self] in placeFirst(hasRoom: hasRoom) }
        }
    }

    private func placeFirst(hasRoom: Bool) {
        isMakingRoom = false
        guard !isStopped, !waiting.isEmpty else { return }
        let client = waiting.removeFirst()
        if hasRoom || population.count < limit { take(client) } else { refuse(client) }
        makeRoom()
    }

    /// Answers 503 and closes a little later: a reset, for what the client has sent and nobody reads, could overtake the
    /// answer.
    private func refuse(_ client: Int32) {
        var date = HTTPDate()
        var output: [UInt8] = []
        let response = BadRequest("all connections are taken and none is idle", status: 503).response
        ResponseWriter.appendHead(
            of: response, .length(response.body.count), date: date.line(), connection: "close", to: &output)
        output.append(contentsOf: response.body)
        _ = send(client, output, output.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL))
        shutdown(client, Int32(SHUT_WR))
        guard refusals < Self.waitingLimit else { return closeRefused(client) }
        refusals += 1
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.refusalMilliseconds)) { [self] in
            refusals -= 1
            closeRefused(client)
        }
    }

    private func closeRefused(_ client: Int32) {
        var scrap = [UInt8](repeating: 0, count: 16 * 1024)
        _ = recv(client, &scrap, scrap.count, 0)
        Glibc.close(client)
    }
}
