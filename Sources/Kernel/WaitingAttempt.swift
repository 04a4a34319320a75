import Dispatch
import JSON
import Model
import Synchronization

/// A request that is tried, waits, and is tried again until it has its answer, its time is up or its client is gone.
final class WaitingAttempt: Sendable {
    private struct State {
        var deadline: (clock: Timestamp, real: DispatchTime)?
        /// Of the waiter that stands for this request now.
        var number: UInt64?
        var isCancelled = false
    }

    private let kernel: Kernel
    private let service: String
    private let caller: Caller
    private let handler: @Sendable (WriteContext) throws -> Answer<JSON>
    private let onHangUp: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let completion: @Sendable (Result<JSON, any Error>) -> Void
    private let state = Mutex(State())

    init(
        kernel: Kernel, service: String, caller: Caller,
        handler: @escaping @Sendable (WriteContext) throws -> Answer<JSON>,
        onHangUp: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
        completion: @escaping @Sendable (Result<JSON, any Error>) -> Void
    ) {
        self.kernel = kernel
        self.service = service
        self.caller = caller
        self.handler = handler
        self.onHangUp = onHangUp
        self.completion = completion
    }

    func start() { kernel.store.write(work()) }

    private func work() -> Store.Work {
        kernel.work(service: service, caller: caller) { context in
            (try self.handler(context), context.now)
        } done: { result in
            switch result {
            case .failure(let error): self.completion(.failure(error))
            case .success((.done(let output), _)): self.completion(.success(output))
            case .success((.wait(let wait, let otherwise), let now)): self.await(wait, since: now, otherwise)
            }
        }
    }

    private func await(_ wait: Wait, since now: Timestamp, _ otherwise: JSON) {
        let (deadline, isFirst) = state.withLock { state in
            let isFirst = state.deadline == nil
            let deadline =
                state.deadline
                ?? (now.adding(seconds: wait.seconds), .now() + .seconds(wait.seconds))
            state.deadline = deadline
            return (deadline, isFirst)
        }
        guard now < deadline.clock, DispatchTime.now() < deadline.real, !kernel.waiters.isClosed else {
            return completion(.success(otherwise))
        }
        let number = kernel.waiters.add(
            .init(
                key: wait.key, deadline: deadline.clock, realDeadline: deadline.real, next: wait.next,
                retry: { self.retry() }))
        state.withLock { $0.number = number }
        if isFirst { onHangUp { self.cancel() } }
    }

    /// Nil when nobody wants the answer any more.
    private func retry() -> Store.Work? {
        state.withLock(\.isCancelled) ? nil : work()
    }

    private func cancel() {
        let number = state.withLock { state in
            state.isCancelled = true
            return state.number
        }
        if let number { kernel.waiters.remove(number) }
    }
}
