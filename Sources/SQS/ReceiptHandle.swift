import Kernel
import Model

/// What a receive gives to act on its message: four numbers and a code, so that a made-up one is noticed.
struct ReceiptHandle {
    /// `Queue.number` at the time: a purge ends what came before it.
    let queue: Int64
    let sequence: Int64
    /// Drawn anew for each receive.
    let receipt: Int64
    /// When that was.
    let received: Timestamp

    private static let numberBytes = 32

    init(queue: Int64, sequence: Int64, receipt: Int64, received: Timestamp) {
        self.queue = queue
        self.sequence = sequence
        self.receipt = receipt
        self.received = received
    }

    func text(of queue: Queue, in context: ReadContext) -> String {
        var bytes = Self.bytes(of: [self.queue, sequence, receipt, received.milliseconds])
        bytes += Self.bytes(of: [Int64(bitPattern: Self.code(bytes, queue, context))])
        return Base64.encode(bytes)
    }

    init(_ text: String, of queue: Queue, in context: ReadContext) throws {
        guard let bytes = Base64.decode(text), bytes.count == Self.numberBytes + 8 else { throw Self.invalid(text) }
        let numbers = stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        guard numbers[4] == Self.code(Array(bytes.prefix(Self.numberBytes)), queue, context) else {
            throw Self.invalid(text)
        }
        self.init(
            queue: Int64(bitPattern: numbers[0]), sequence: Int64(bitPattern: numbers[1]),
            receipt: Int64(bitPattern: numbers[2]), received: Timestamp(milliseconds: Int64(bitPattern: numbers[3])))
    }

    /// A handle opens only the queue that it came from, whoever uses it.
    private static func code(_ bytes: [UInt8], _ queue: Queue, _ context: ReadContext) -> UInt64 {
        context.shortCode(bytes + queue.arn.description.utf8)
    }

    private static func bytes(of numbers: [Int64]) -> [UInt8] {
        numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } }
    }

    private static func invalid(_ text: String) -> AWSError {
        AWSError("ReceiptHandleIsInvalid", "The input receipt handle \"\(text)\" is not a valid receipt handle.")
    }
}
