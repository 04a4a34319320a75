import CZlib

/// Unpacks `Content-Encoding: gzip`, no further than a limit, so that a small body cannot become a huge one.
enum Gunzip {
    private static let stepBytes = 64 * 1024

    /// - Throws: 413 past the limit, 400 for what is not gzip or ends early.
    static func unpack(_ packed: [UInt8], limit: Int) throws(BadRequest) -> [UInt8] {
        var stream = z_stream()
        // 16 more than the largest window asks zlib for the gzip format.
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw BadRequest("out of memory", status: 503)
        }
        defer { inflateEnd(&stream) }
        var packed = packed
        var output: [UInt8] = []
        var step = [UInt8](repeating: 0, count: stepBytes)
        let isWhole = packed.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(clamping: input.count)
            while true {
                let (status, count) = step.withUnsafeMutableBufferPointer { room in
                    stream.next_out = room.baseAddress
                    stream.avail_out = UInt32(clamping: room.count)
                    let status = inflate(&stream, Z_NO_FLUSH)
                    return (status, room.count - Int(stream.avail_out))
                }
                output.append(contentsOf: step[..<count])
                if output.count > limit { return true }
                if status == Z_STREAM_END {
                    if stream.avail_in == 0 { return true }
                    // RFC 1952 section 2.2: a file may be several members, one behind the other.
                    guard inflateReset(&stream) == Z_OK else { return false }
                } else if status != Z_OK || count == 0 && stream.avail_in == 0 {
                    return false
                }
            }
        }
        guard output.count <= limit else {
            throw BadRequest("the unpacked body is larger than \(limit) bytes", status: 413)
        }
        guard isWhole else { throw BadRequest("the body is not what gzip writes") }
        return output
    }
}
