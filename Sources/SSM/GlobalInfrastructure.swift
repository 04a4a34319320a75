/// `/aws/service/global-infrastructure`: Regions, zones, and which service is where. The same in every Region.
struct GlobalInfrastructure: Sendable {
    private struct Region: Sendable {
        let name: String
        let longName: String
        let partition: String
        let domain: String
        let country: String
        let geolocation: String
        let zones: [String]
        let localZones: [String]
        let wavelengthZones: [String]
    }

    private struct Service: Sendable {
        let name: String
        let longName: String
        let home: String
        let endpoint: String
        let protocols: String
        let regions: [String]
        /// Endpoints that do not follow the pattern.
        let irregular: [String: String]

        func endpoint(in region: Region) -> String? {
            if let own = irregular[region.name] { return own }
            guard !endpoint.isEmpty else { return nil }
            return endpoint.replacing("{region}", with: region.name).replacing(
                "amazonaws.com", with: region.domain)
        }
    }

    private let regions: [Region]
    private let services: [Service]

    init() {
        func list(_ row: [String], _ column: Int) -> [String] {
            row.count > column ? row[column].split(separator: ",").map(String.init) : []
        }
        let regions = PublicCatalogue.rows(EmbeddedSchema.regions).map { row in
            Region(
                name: row[0], longName: row[1], partition: row[2], domain: row[3], country: row[4], geolocation: row[5],
                zones: list(row, 6), localZones: list(row, 7), wavelengthZones: list(row, 8))
        }
        services = PublicCatalogue.rows(EmbeddedSchema.services).map { row in
            let bits = UInt64(row[5], radix: 16) ?? 0
            let own = list(row, 6).map { $0.split(separator: "=").map(String.init) }.filter { $0.count == 2 }
            return Service(
                name: row[0], longName: row[1], home: row[2], endpoint: row[3], protocols: row[4],
                regions: regions.indices.filter { bits >> UInt64($0) & 1 == 1 }.map { regions[$0].name },
                irregular: Dictionary(own.map { ($0[0], $0[1]) }) { first, _ in first })
        }.sorted { $0.name < $1.name }
        self.regions = regions.sorted { $0.name < $1.name }
    }

    var node: PublicNode {
        PublicNode {
            Self.sorted([
                ("availability-zones", zones(\.zones)), ("local-zones", zones(\.localZones)),
                ("regions", PublicNode { regions.map { ($0.name, node(of: $0)) } }),
                ("services", PublicNode { services.map { ($0.name, node(of: $0)) } }),
                ("wavelength-zones", zones(\.wavelengthZones)),
            ])
        }
    }

    private static func text(_ text: String) -> PublicNode { PublicNode(.text(text)) }

    private static func sorted(_ children: [(String, PublicNode)]) -> [(String, PublicNode)] {
        children.sorted { $0.0 < $1.0 }
    }

    /// Names that have themselves as their value.
    private static func names(_ names: [String]) -> PublicNode {
        PublicNode { names.sorted().map { ($0, text($0)) } }
    }

    private func zones(_ zones: @escaping @Sendable (Region) -> [String]) -> PublicNode {
        PublicNode {
            Self.sorted(
                regions.flatMap { region in
                    zones(region).map { zone in
                        (
                            zone,
                            PublicNode(.text(zone)) {
                                [
                                    ("geolocationCountry", Self.text(region.country)),
                                    ("geolocationRegion", Self.text(region.geolocation)),
                                    ("parent-region", Self.text(region.name)),
                                ]
                            }
                        )
                    }
                })
        }
    }

    private func node(of region: Region) -> PublicNode {
        PublicNode(.text(region.name)) {
            Self.sorted([
                ("availability-zones", Self.names(region.zones)), ("domain", Self.text(region.domain)),
                ("geolocationCountry", Self.text(region.country)), ("geolocationRegion", Self.text(region.geolocation)),
                ("local-zones", Self.names(region.localZones)), ("longName", Self.text(region.longName)),
                ("partition", Self.text(region.partition)),
                (
                    "services",
                    PublicNode {
                        services.filter { $0.regions.contains(region.name) }.map {
                            ($0.name, place($0, region, .text($0.name)))
                        }
                    }
                ),
                ("wavelength-zones", Self.names(region.wavelengthZones)),
            ])
        }
    }

    private func node(of service: Service) -> PublicNode {
        PublicNode(.text(service.name)) {
            let facts = [("longName", service.longName), ("marketingHomeURL", service.home)].filter { !$0.1.isEmpty }
            let here = PublicNode {
                regions.filter { service.regions.contains($0.name) }.map {
                    ($0.name, place(service, $0, .text($0.name)))
                }
            }
            return Self.sorted(facts.map { ($0.0, Self.text($0.1)) } + [("regions", here)])
        }
    }

    /// A service in a Region: where it answers, and how.
    private func place(_ service: Service, _ region: Region, _ value: PublicNode.Value) -> PublicNode {
        PublicNode(value) {
            let facts = [("endpoint", service.endpoint(in: region) ?? ""), ("protocols", service.protocols)]
            return facts.filter { !$0.1.isEmpty }.map { ($0.0, Self.text($0.1)) }
        }
    }
}
