/// `/aws/service`: the families, and below `list` where each begins.
struct PublicRoot: PublicLevel {
    private static let names =
        (["ami-amazon-linux-latest", "ecs", "global-infrastructure", "list"] + ImageFamilies.all.names)
        .sorted()

    func value(at name: String, in region: String) -> PublicValue? { nil }

    var childNames: [String] { Self.names }

    func child(_ name: String) -> (any PublicLevel)? {
        switch name {
        case "ami-amazon-linux-latest": AmazonLinuxImages()
        case "ecs": ECSImages.root
        case "global-infrastructure": Infrastructure.root
        case "list": Self.list
        default: ImageFamilies.all.level(of: name)
        }
    }

    private static let list = PublicBranch(names: names) { name in
        names.contains(name) ? PublicLeaf("\(PublicParameters.root)/\(name)/") : nil
    }
}
