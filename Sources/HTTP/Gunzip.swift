import CZlib

/// Unpacks `Content-Encoding: gzip`, no further than a limit, so that a small body cannot become a huge one.
enum Gunzip {
    static func unpack(_ packed: [UInt8], limit: Int) throws(BadRequest) -> [UInt8] {
        var stream = z_stream()
        // 16 more than the largest window asks zlib for the gzip format.
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw BadRequest("out of memory", status: 503)
        }
        defer { inflateEnd(&stream) }
        var packed = packed
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let status = packed.withUnsafeMutableBufferPointer { input -> Int32 in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            while true {
                let (status, count) = buffer.withUnsafeMutableBufferPointer { room -> (Int32, Int) in
                    stream.next_out = room.baseAddress
                    stream.avail_out = UInt32(room.count)
                    let status = inflate(&stream, Z_NO_FLUSH)
                    return (status, room.count - Int(stream.avail_out))
                }
                output.append(contentsOf: buffer[..<count])
                if output.count > limit || status != Z_OK || count == 0 { return status }
            }
        }
        guard output.count <= limit else {
            throw BadRequest("the unpacked body is larger than \(limit) bytes", status: 413)
        }
        guard status == Z_STREAM_END, stream.avail_in == 0 else { throw BadRequest("the body is not what gzip writes") }
        return output
    }
}
