/// Takes the framing off a chunked body as it arrives (RFC 9112 section 7.1). Extensions and trailers are read over.
struct ChunkedBody {
    private enum State {
        case size
        case data(Int)
        case dataEnd, trailers, done
    }

    /// A size line with its extensions, or a trailer line.
    private static let lineLimit = 4096

    private(set) var body: [UInt8] = []
    private var state = State.size
    private var trailerBytes = 0
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var isComplete: Bool {
        if case .done = state { return true }
        return false
    }

    /// Takes what it can from the bytes and answers how many it took.
    mutating func consume(_ bytes: UnsafeBufferPointer<UInt8>) throws(BadRequest) -> Int {
        var offset = 0
        while !isComplete {
            switch state {
            case .size:
                guard let end = try lineEnd(bytes, from: offset) else { return offset }
                let size = try self.size(bytes[offset..<end])
                guard size <= limit - body.count else {
                    throw BadRequest("the body is larger than \(limit) bytes", status: 413)
                }
                offset = end + 2
                state = size == 0 ? .trailers : .data(size)
            case .data(let left):
                let count = min(left, bytes.count - offset)
                body.append(contentsOf: bytes[offset..<offset + count])
                offset += count
                if count < left {
                    state = .data(left - count)
                    return offset
                }
                state = .dataEnd
            case .dataEnd:
                guard bytes.count - offset >= 2 else { return offset }
                guard bytes[offset] == 0x0D, bytes[offset + 1] == 0x0A else {
                    throw BadRequest("a chunk is longer than its size says")
                }
                offset += 2
                state = .size
            case .trailers:
                guard let end = try lineEnd(bytes, from: offset) else { return offset }
                trailerBytes += end - offset
                guard trailerBytes <= Self.lineLimit else { throw BadRequest("the trailers are too long", status: 431) }
                if end == offset { state = .done }
                offset = end + 2
            case .done: break
            }
        }
        return offset
    }

    private func lineEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) throws(BadRequest) -> Int? {
        var offset = start
        while offset < bytes.count {
            guard offset - start <= Self.lineLimit else { throw BadRequest("a chunk's size line is too long") }
            switch bytes[offset] {
            case 0x0D:
                guard offset + 1 < bytes.count else { return nil }
                guard bytes[offset + 1] == 0x0A else { throw BadRequest("a line has a bare CR") }
                return offset
            case 0x0A, 0x00: throw BadRequest("a chunk's size line is malformed")
            default: offset += 1
            }
        }
        return nil
    }

    private func size(_ line: Slice<UnsafeBufferPointer<UInt8>>) throws(BadRequest) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") }
        guard !digits.isEmpty, digits.count <= 8, let size = Int(String(decoding: digits, as: UTF8.self), radix: 16),
            digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-")
        else { throw BadRequest("a chunk's size is no hexadecimal number") }
        return size
    }
}
