/// The families that are described by patterns in `image-families.tsv`.
///
/// A line there is a pattern and the rule of its values, or gives a name to a list (`{k8s}`) or to a map (`<patch>`).
struct ImageFamilies: Sendable {
    static let all = ImageFamilies(PublicTable.rows(EmbeddedSchema.imageFamilies))

    /// Ascending.
    let names: [String]
    let maps: [String: [String: String]]
    private let patterns: [String: [PathPattern]]

    init(_ rows: [[String]]) {
        var lists: [String: [String]] = [:]
        var maps: [String: [String: String]] = [:]
        var patterns: [String: [PathPattern]] = [:]
        for row in rows where row.count == 2 {
            let name = row[0].dropFirst().dropLast()
            switch (row[0].first, row[0].last) {
            case ("{", "}") where !name.contains("}"): lists[String(name)] = PublicTable.list(row, 1)
            case ("<", ">"): maps[String(name)] = PublicTable.map(row[1])
            default:
                let pattern = PathPattern(row[0], rule: row[1], lists: lists)
                patterns[pattern.levels[0][0], default: []].append(pattern)
            }
        }
        self.maps = maps
        self.patterns = patterns
        names = patterns.keys.sorted()
    }

    func level(of family: String) -> (any PublicLevel)? {
        patterns[family].map { PatternLevel(patterns: $0, depth: 1) }
    }
}

/// A level that some patterns allow.
struct PatternLevel: PublicLevel {
    /// Those that fit the way here.
    let patterns: [PathPattern]
    let depth: Int

    func value(at name: String, in region: String) -> PublicValue? {
        patterns.first { $0.levels.count == depth }.map {
            PatternRule($0.rule, maps: ImageFamilies.all.maps).value(of: self, at: name, in: region)
        }
    }

    var childNames: [String] {
        let deeper = patterns.filter { $0.levels.count > depth }.map { $0.levels[depth] }
        guard let first = deeper.first else { return [] }
        if deeper.dropFirst().allSatisfy({ $0 == first }) { return first }
        return Set(deeper.joined()).sorted()
    }

    func child(_ name: String) -> (any PublicLevel)? {
        let fitting = patterns.filter { $0.allows(name, at: depth) }
        return fitting.isEmpty ? nil : PatternLevel(patterns: fitting, depth: depth + 1)
    }
}
