import Dispatch
import Synchronization

/// The single timer that waits for the earliest job.
final class JobTimer: Sendable {
    private let queue = DispatchQueue(label: "windtunnel.jobs")
    /// Only the last one that was armed may fire.
    private let generation = Mutex<UInt64>(0)

    /// A day: a longer wait is looked at again, so that no sum overflows.
    private static let longestMilliseconds: Int64 = 86_400_000

    func arm(afterMilliseconds milliseconds: Int64, _ fire: @escaping @Sendable () -> Void) {
        let mine = generation.withLock { generation in
            generation &+= 1
            return generation
        }
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(min(milliseconds, Self.longestMilliseconds)))) {
            if self.generation.withLock({ $0 }) == mine { fire() }
        }
    }
}
