/// The addresses of `10.0.0.1`, or of a block `10.0.0.0/24`.
struct IPv4Range {
    let low: Int64
    let high: Int64

    init?(_ text: String) {
        let sides = text.split(separator: "/", omittingEmptySubsequences: false)
        let octets = sides[0].split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        let length = sides.count == 1 ? 32 : sides.count == 2 ? Int(sides[1]) : nil
        guard octets.count == 4, let length, (0...32).contains(length) else { return nil }
        let address = octets.reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let host = (Int64(1) << Int64(32 - length)) - 1
        low = address & ~host
        high = address | host
    }

    /// The same of a value in SQL, its host bits filled with those of a number; NULL for other text.
    static func sql(_ value: String, fillingHost bits: String) -> String {
        // SQLite has no split, but an array of the four numbers is JSON.
        let array = "('[' || replace(substr(\(value), 1, instr(\(value) || '/', '/') - 1), '.', ',') || ']')"
        let octets = (0..<4).map { "(json_extract(\(array), '$[\($0)]') << \(24 - 8 * $0))" }
        let length = "CASE WHEN instr(\(value), '/') THEN substr(\(value), instr(\(value), '/') + 1) ELSE 32 END"
        let host = "((1 << (32 - \(length))) - 1)"
        return """
            CASE WHEN json_valid(\(array)) AND json_array_length(\(array)) = 4 \
            THEN ((\(octets.joined(separator: " | "))) & ~\(host)) | (\(bits) & \(host)) END
            """
    }
}
