/// A service, as a line of `services.tsv` tells of it.
struct InfrastructureService: Sendable {
    let name: String
    let longName: String
    let home: String
    let protocols: String
    /// Ascending.
    let regions: [String]
    private let pattern: String
    /// The domain in the patterns, in the place of which stands that of the Region's partition.
    private static let domain = "amazonaws.com"
    /// Endpoints that do not follow the pattern, by Region.
    private let irregular: [String: String]

    /// - Parameter everywhere: all Regions, which `*` in the table stands for; those with `-` before them are left out.
    init(_ row: [String], everywhere: [String]) {
        func column(_ number: Int) -> String { row.count > number ? row[number] : "" }
        (name, longName, home, pattern, protocols) = (row[0], column(1), column(2), column(3), column(4))
        let places = PublicTable.list(row, 5)
        if places.first == "*" {
            let absent = Set(places.dropFirst().map { String($0.dropFirst()) })
            regions = absent.isEmpty ? everywhere : everywhere.filter { !absent.contains($0) }
        } else {
            regions = places.sorted()
        }
        irregular = PublicTable.map(column(6))
    }

    /// The levels right below the service.
    var names: [String] {
        (longName.isEmpty ? [] : ["longName"]) + (home.isEmpty ? [] : ["marketingHomeURL"]) + ["regions"]
    }

    func isIn(_ region: String) -> Bool { regions.contains(region) }

    func endpoint(in region: InfrastructureRegion) -> String? {
        if let own = irregular[region.name] { return own }
        guard !pattern.isEmpty else { return nil }
        let usual = pattern.replacing("{region}", with: region.name)
        return usual.hasSuffix(Self.domain) ? usual.dropLast(Self.domain.count) + region.domain : usual
    }
}
