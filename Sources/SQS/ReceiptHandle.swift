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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.numberBytes + 8)
        for number in [self.queue, sequence, receipt, received.milliseconds] { Self.append(number, to: &bytes) }
        Self.append(Int64(bitPattern: Self.code(bytes, queue, context)), to: &bytes)
        return Base64.encode(bytes)
    }

    init(_ text: String, of queue: Queue, in context: ReadContext) throws {
        guard let bytes = Base64.decode(text), bytes.count == Self.numberBytes + 8 else { throw Self.invalid(text) }
        func number(_ place: Int) -> Int64 {
            bytes.withUnsafeBytes { Int64(bigEndian: $0.loadUnaligned(fromByteOffset: place * 8, as: Int64.self)) }
        }
        guard UInt64(bitPattern: number(4)) == Self.code(Array(bytes[..<Self.numberBytes]), queue, context) else {
            throw Self.invalid(text)
        }
        self.init(
            queue: number(0), sequence: number(1), receipt: number(2), received: Timestamp(milliseconds: number(3)))
    }

    /// A handle opens only the queue that it came from, whoever uses it.
    private static func code(_ bytes: [UInt8], _ queue: Queue, _ context: ReadContext) -> UInt64 {
        context.shortCode(bytes + queue.arn.description.utf8)
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private static func invalid(_ text: String) -> AWSError {
        AWSError(
            "ReceiptHandleIsInvalid", "The input receipt handle \"\(text)\" is not a valid receipt handle.", status: 404
        )
    }
}
