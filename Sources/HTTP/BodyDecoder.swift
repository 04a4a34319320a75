/// Where a request's body ends.
enum BodyFraming: Equatable {
    /// After so many bytes.
    case length(Int)
    /// Where its chunks say.
    case chunked
}

/// Takes the framing off a body as it arrives (RFC 9112 sections 6.2 and 7.1). Chunk extensions and trailers are read over.
struct BodyDecoder {
    private enum State {
        case counted(Int)
        case size
        case data(Int)
        case dataEnd, trailers, done
    }

    /// A size line with its extensions, or all trailers.
    private static let lineBytes = 4096
    /// What is set aside before the bytes are there, at most: an announced length costs the client nothing.
    private static let reservedBytes = 256 * 1024
    /// More digits are refused: leading zeros, or more than any limit.
    private static let sizeDigits = 8

    private(set) var body: [UInt8] = []
    private var state: State
    private var trailerBytes = 0
    private let limit: Int

    /// - Parameter limit: in bytes; a counted length has been held to it already.
    init(_ framing: BodyFraming, limit: Int) {
        self.limit = limit
        switch framing {
        case .length(0): state = .done
        case .length(let length): state = .counted(length)
        case .chunked: state = .size
        }
    }

    var isComplete: Bool {
        if case .done = state { return true }
        return false
    }

    /// Whether nothing of the body has come yet.
    var isUntouched: Bool {
        switch state {
        case .counted, .size: body.isEmpty
        default: false
        }
    }

    /// Takes what it can from the bytes and answers how many it took.
    mutating func consume(_ bytes: UnsafeBufferPointer<UInt8>) throws(BadRequest) -> Int {
        var offset = 0
        while true {
            switch state {
            case .counted(let left):
                if body.isEmpty { body.reserveCapacity(min(left, Self.reservedBytes)) }
                let count = take(left, bytes, &offset)
                state = count == left ? .done : .counted(left - count)
                if count < left { return offset }
            case .size:
                guard let end = try lineEnd(bytes, from: offset) else { return offset }
                let size = try self.size(UnsafeBufferPointer(rebasing: bytes[offset..<end]))
                guard size <= limit - body.count else {
                    throw BadRequest("the body is larger than \(limit) bytes", status: 413)
                }
                offset = end + 2
                state = size == 0 ? .trailers : .data(size)
            case .data(let left):
                let count = take(left, bytes, &offset)
                state = count == left ? .dataEnd : .data(left - count)
                if count < left { return offset }
            case .dataEnd:
                guard offset < bytes.count else { return offset }
                guard bytes[offset] == Octet.carriageReturn else {
                    throw BadRequest("a chunk is longer than its size says")
                }
                // The CR is there, so this is its LF, missing still or wrong.
                guard try lineEnd(bytes, from: offset) != nil else { return offset }
                offset += 2
                state = .size
            case .trailers:
                guard let end = try lineEnd(bytes, from: offset) else { return offset }
                trailerBytes += end - offset
                guard trailerBytes <= Self.lineBytes else { throw BadRequest("the trailers are too long", status: 431) }
                if end == offset { state = .done }
                offset = end + 2
            case .done: return offset
            }
        }
    }

    private mutating func take(_ left: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) -> Int {
        let count = min(left, bytes.count - offset)
        body.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[offset..<offset + count]))
        offset += count
        return count
    }

    /// Where the line's CR LF stands; nil when it has not come yet.
    private func lineEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) throws(BadRequest) -> Int? {
        var offset = start
        while offset < bytes.count {
            guard offset - start <= Self.lineBytes else { throw BadRequest("a line of the chunked body is too long") }
            let byte = bytes[offset]
            if byte == Octet.carriageReturn {
                guard offset + 1 < bytes.count else { return nil }
                guard bytes[offset + 1] == Octet.lineFeed else { throw BadRequest("the chunked body has a bare CR") }
                return offset
            }
            if byte == Octet.lineFeed { throw BadRequest("the chunked body has a bare LF") }
            guard Octet.isFieldContent(byte) else { throw BadRequest("the chunked body has a control character") }
            offset += 1
        }
        return nil
    }

    private func size(_ line: UnsafeBufferPointer<UInt8>) throws(BadRequest) -> Int {
        var size = 0
        var digits = 0
        for byte in line {
            if byte == UInt8(ascii: ";") { break }
            guard let digit = Octet.hexadecimal(byte), digits < Self.sizeDigits else {
                throw BadRequest("a chunk's size is no hexadecimal number")
            }
            size = size * 16 + digit
            digits += 1
        }
        guard digits > 0 else { throw BadRequest("a chunk has no size") }
        return size
    }
}
