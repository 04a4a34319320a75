import CZlib
import Testing

@testable import HTTP

/// Packs as gzip does.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
        &stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + 100)
    let count = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            deflate(&stream, Z_FINISH)
            return output.count - Int(stream.avail_out)
        }
    }
    return Array(output[..<count])
}

@Suite struct GzipTests {
    @Test func unpacksOneMemberAndSeveral() throws {
        let text = Array("hello".utf8)
        #expect(try Gunzip.unpack(gzip(text), limit: 5) == text)
        #expect(try Gunzip.unpack(gzip(text) + gzip([]) + gzip(text), limit: 10) == text + text)
        let long = [UInt8](repeating: 7, count: 64 * 1024)
        #expect(try Gunzip.unpack(gzip(long), limit: long.count) == long)
    }

    @Test func aBombIsRefused() {
        let bomb = gzip([UInt8](repeating: 0, count: 4_000_000))
        #expect(throws: BadRequest("the unpacked body is larger than 1000 bytes", status: 413)) {
            try Gunzip.unpack(bomb, limit: 1000)
        }
    }

    @Test func whatIsNotGzipIsRefused() {
        let packed = gzip(Array("hello, hello, hello".utf8))
        let bad = [Array("hello".utf8), packed.dropLast(), packed + [1, 2, 3], Array(packed.dropFirst())]
        for bytes in bad + packed.indices.map({ Array(packed[..<$0]) }) where !bytes.isEmpty {
            #expect(throws: BadRequest.self) { try Gunzip.unpack(bytes, limit: 1000) }
        }
    }
}
