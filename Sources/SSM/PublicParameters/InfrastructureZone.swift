/// A city with zones outside the Regions' own, as a line of `zones.tsv` tells of it.
struct InfrastructureCity: Sendable {
    let code: String
    let name: String
    let country: String
    let geolocation: String
    /// The availability zone on which the zones of the city depend, where it is known.
    let parent: String?

    init(_ row: [String]) {
        (code, name, country, geolocation) = (row[0], row[1], row[2], row[3])
        parent = row.count > 4 ? row[4] : nil
    }
}

/// An availability zone, local zone or wavelength zone.
struct InfrastructureZone: Sendable {
    enum Kind: Sendable { case availability, local, wavelength }

    let level: PublicFacts

    /// - Parameter id: as `use1-az1`, `use1-bos1-az1`, `use1-wl1-bos-wlz1` or `euw3-cmn1-wlz1`.
    init(_ id: String, _ kind: Kind, in region: InfrastructureRegion, cities: [String: InfrastructureCity]) {
        let parts = id.split(separator: "-").map(String.init)
        let city = parts.lazy.compactMap { part in cities[String(part.prefix { $0.isLetter })] }.first
        let (zoneGroup, borderGroup): (String, String)
        switch (kind, parts.count) {
        case (.availability, _):
            (zoneGroup, borderGroup) = ("\(region.name)-zg-1", region.name)
        case (.wavelength, 4):
            zoneGroup = "\(region.name)-\(parts[1])"
            borderGroup = "\(zoneGroup)-\(parts[2])-\(Self.numbered(parts[3]))"
        case (.wavelength, 3):
            zoneGroup = "\(region.name)-\(Self.numbered(parts[1]))"
            borderGroup = "\(zoneGroup)-\(Self.numbered(parts[2]))"
        default:
            zoneGroup = "\(region.name)-\(parts.count > 1 ? Self.numbered(parts[1]) : id)"
            borderGroup = zoneGroup
        }
        let parent = kind == .availability ? nil : city?.parent ?? region.zones[.availability]?.first
        level = PublicFacts(
            id,
            [
                ("geolocationCountry", city?.country ?? region.country),
                ("geolocationRegion", city?.geolocation ?? region.geolocation),
                ("location", Self.location(of: city, in: region)), ("network-border-group", borderGroup),
                ("parent-availability-zone", parent ?? ""), ("parent-region", region.name), ("zone-group", zoneGroup),
            ])
    }

    /// `US East (N. Virginia)` and Boston → `US East (Boston)`.
    private static func location(of city: InfrastructureCity?, in region: InfrastructureRegion) -> String {
        guard let city else { return region.longName }
        return "\(region.longName.prefix { $0 != "(" })(\(city.name))"
    }

    /// `bos1` → `bos-1`.
    private static func numbered(_ name: String) -> String {
        let letters = name.prefix { !$0.isNumber }
        return "\(letters)-\(name.dropFirst(letters.count))"
    }
}
