/// `/aws/service/global-infrastructure`: Regions, zones, and which service is where. The same in every Region.
struct Infrastructure: Sendable {
    static let all = Infrastructure()

    static let root = PublicBranch(
        names: ["availability-zones", "local-zones", "regions", "services", "wavelength-zones"]
    ) { name in
        switch name {
        case "availability-zones": all.level(of: .availability)
        case "local-zones": all.level(of: .local)
        case "regions": PublicBranch(names: all.regionNames) { all.level(ofRegion: $0) }
        case "services": PublicBranch(names: all.serviceNames) { all.level(ofService: $0) }
        case "wavelength-zones": all.level(of: .wavelength)
        default: nil
        }
    }

    private let regions: [String: InfrastructureRegion]
    private let regionNames: [String]
    private let services: [String: InfrastructureService]
    private let serviceNames: [String]
    private let zones: [InfrastructureZone.Kind: [String: InfrastructureZone]]
    private let zoneNames: [InfrastructureZone.Kind: [String]]

    private init() {
        let regions = PublicTable.rows(EmbeddedSchema.regions).map { InfrastructureRegion($0) }
        let regionNames = regions.map(\.name).sorted()
        let services = PublicTable.rows(EmbeddedSchema.services).map {
            InfrastructureService($0, everywhere: regionNames)
        }
        let cities = PublicTable.rows(EmbeddedSchema.zones).map { InfrastructureCity($0) }
        let cityByCode = Dictionary(cities.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
        var zones: [InfrastructureZone.Kind: [String: InfrastructureZone]] = [:]
        for region in regions {
            for (kind, ids) in region.zones {
                for id in ids {
                    zones[kind, default: [:]][id] = InfrastructureZone(id, kind, in: region, cities: cityByCode)
                }
            }
        }
        self.regions = Dictionary(regions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.regionNames = regionNames
        self.services = Dictionary(services.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        serviceNames = services.map(\.name).sorted()
        self.zones = zones
        zoneNames = zones.mapValues { $0.keys.sorted() }
    }

    private func level(of kind: InfrastructureZone.Kind) -> PublicBranch {
        PublicBranch(names: zoneNames[kind] ?? []) { zones[kind]?[$0]?.level }
    }

    private func level(ofRegion name: String) -> PublicBranch? {
        regions[name].map { region in
            PublicBranch(region.name, names: region.names) { fact in
                if fact == "services" {
                    return PublicBranch(names: serviceNames.filter { services[$0]?.isIn(name) ?? false }) { service in
                        place(of: service, in: region, named: service)
                    }
                }
                return region.level(of: fact)
            }
        }
    }

    private func level(ofService name: String) -> PublicBranch? {
        services[name].map { service in
            PublicBranch(service.name, names: service.names) { fact in
                switch fact {
                case "longName" where !service.longName.isEmpty: PublicLeaf(service.longName)
                case "marketingHomeURL" where !service.home.isEmpty: PublicLeaf(service.home)
                case "regions":
                    PublicBranch(names: service.regions) { name in
                        regions[name].flatMap { place(of: service.name, in: $0, named: name) }
                    }
                default: nil
                }
            }
        }
    }

    /// A service in a Region: where it answers, and how. It stands below both, with the other's name.
    private func place(of service: String, in region: InfrastructureRegion, named name: String) -> PublicFacts? {
        guard let service = services[service], service.isIn(region.name) else { return nil }
        return PublicFacts(
            name, [("endpoint", service.endpoint(in: region) ?? ""), ("protocols", service.protocols)])
    }
}
