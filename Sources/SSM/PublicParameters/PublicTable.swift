import Deflate

/// A table of `Schema/ssm`: a record on a line, its columns separated by tabs.
enum PublicTable {
    static func rows(_ table: DeflatedBytes) -> [[String]] {
        table.bytes.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    /// `a,b` → `a` and `b`; none for a column that a line ends before.
    static func list(_ row: [String], _ column: Int) -> [String] {
        row.count > column ? row[column].split(separator: ",").map(String.init) : []
    }

    /// `a=1,b=2` → a map.
    static func map(_ text: String) -> [String: String] {
        var map: [String: String] = [:]
        for entry in text.split(separator: ",") {
            let sides = entry.split(separator: "=", maxSplits: 1)
            if sides.count == 2 { map[String(sides[0])] = String(sides[1]) }
        }
        return map
    }

    /// Where each Region stands in the tables that have a column for each.
    static let regionColumns: [String: Int] = Dictionary(
        rows(EmbeddedSchema.regions).enumerated().map { ($1[0], $0) }, uniquingKeysWith: { first, _ in first })
}

/// The ids of an image, one for each Region, as they stand at the end of a table's line.
struct RegionalImages: Sendable {
    private let ids: ArraySlice<String>

    init(_ ids: ArraySlice<String>) { self.ids = ids }

    /// The id in a Region without its `ami-`, and what stands behind a colon; nil where it is not known.
    subscript(region: String) -> (id: Substring, note: Substring?)? {
        guard let column = PublicTable.regionColumns[region], column < ids.count else { return nil }
        let parts = ids[ids.startIndex + column].split(separator: ":")
        guard let id = parts.first, id != "-" else { return nil }
        return (id, parts.dropFirst().first)
    }
}
