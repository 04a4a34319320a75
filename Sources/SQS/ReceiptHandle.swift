import Kernel
import Model

/// What a receive gives to act on its message: sealed, so that a made-up one is noticed.
struct ReceiptHandle {
    /// `Queue.number` at the time: a purge ends what came before it.
    let queue: Int64
    let sequence: Int64
    /// Drawn anew for each receive.
    let receipt: Int64

    /// A handle opens only the queue that it came from.
    private static func purpose(_ queue: Queue) -> String { "sqs.receipt \(queue.arn)" }

    func text(of queue: Queue, in context: ReadContext) -> String {
        context.token(for: "\(self.queue) \(sequence) \(receipt)", purpose: Self.purpose(queue))
    }

    init(queue: Int64, sequence: Int64, receipt: Int64) {
        self.queue = queue
        self.sequence = sequence
        self.receipt = receipt
    }

    init(_ text: String, of queue: Queue, in context: ReadContext) throws {
        let parts = (context.position(in: text, purpose: Self.purpose(queue)) ?? "").split(separator: " ").compactMap {
            Int64($0)
        }
        guard parts.count == 3 else {
            throw AWSError(
                "ReceiptHandleIsInvalid", "The input receipt handle \"\(text)\" is not a valid receipt handle.")
        }
        self.init(queue: parts[0], sequence: parts[1], receipt: parts[2])
    }
}
