/// `/aws/service/ami-amazon-linux-latest`: an alias for each kind of image, with values as AWS publishes them.
struct AmazonLinuxImages: PublicLevel {
    fileprivate struct Image: PublicLevel {
        let usualVersion: Int
        let ids: RegionalImages

        func value(at name: String, in region: String) -> PublicValue? {
            guard let (id, version) = ids[region] else {
                return .image(MadeUpImage.id(of: name, in: region), version: usualVersion)
            }
            return .image("ami-\(id)", version: version.flatMap { Int($0) } ?? usualVersion)
        }

        var childNames: [String] { [] }
        func child(_ name: String) -> (any PublicLevel)? { nil }
    }

    private static let images: [String: Image] = Dictionary(
        PublicTable.rows(EmbeddedSchema.amazonLinux).map { row in
            (row[0], Image(usualVersion: Int(row[1]) ?? 1, ids: RegionalImages(row.dropFirst(2))))
        }, uniquingKeysWith: { first, _ in first })
    private static let names = images.keys.sorted()

    func value(at name: String, in region: String) -> PublicValue? { nil }
    var childNames: [String] { Self.names }
    func child(_ name: String) -> (any PublicLevel)? { Self.images[name] }
}
