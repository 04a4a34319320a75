/// A Region, as a line of `regions.tsv` tells of it.
struct InfrastructureRegion: Sendable {
    let name: String
    let longName: String
    let partition: String
    let domain: String
    let country: String
    let geolocation: String
    let zones: [InfrastructureZone.Kind: [String]]

    init(_ row: [String]) {
        (name, longName, partition) = (row[0], row[1], row[2])
        (domain, country, geolocation) = (row[3], row[4], row[5])
        zones = [
            .availability: PublicTable.list(row, 6).sorted(), .local: PublicTable.list(row, 7).sorted(),
            .wavelength: PublicTable.list(row, 8).sorted(),
        ]
    }

    /// The levels right below the Region.
    var names: [String] {
        [
            "availability-zones", "domain", "geolocationCountry", "geolocationRegion", "local-zones", "longName",
            "partition",
            "services", "wavelength-zones",
        ]
    }

    /// Every level but `services`.
    func level(of name: String) -> (any PublicLevel)? {
        switch name {
        case "availability-zones": ids(of: .availability)
        case "domain": PublicLeaf(domain)
        case "geolocationCountry": PublicLeaf(country)
        case "geolocationRegion": PublicLeaf(geolocation)
        case "local-zones": ids(of: .local)
        case "longName": PublicLeaf(longName)
        case "partition": PublicLeaf(partition)
        case "wavelength-zones": ids(of: .wavelength)
        default: nil
        }
    }

    private func ids(of kind: InfrastructureZone.Kind) -> PublicFacts {
        PublicFacts(nil, (zones[kind] ?? []).map { ($0, $0) })
    }
}
