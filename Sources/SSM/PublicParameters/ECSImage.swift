/// An image for ECS: a JSON text, and each of its members as a parameter of its own below it.
struct ECSImage: PublicLevel {
    let agentVersion: String
    let runtimeVersion: String
    let name: String
    let version: String
    let system: String
    let source: String
    let ids: RegionalImages

    private static let imageID = "image_id"

    /// In the order of their names, as AWS writes them; `-` stands for none.
    private var texts: [(name: String, text: String)] {
        [
            ("ecs_agent_version", agentVersion), ("ecs_runtime_version", runtimeVersion), (Self.imageID, ""),
            ("image_name", name), ("image_version", version), ("os", system), ("schema_version", "1"),
            ("source_image_name", source),
        ].filter { $0.1 != "-" }
    }

    func value(at name: String, in region: String) -> PublicValue? {
        let members = texts.map { member in
            switch member.name {
            case Self.imageID: "\"\(Self.imageID)\":\"\(id(below: name, in: region))\""
            case "schema_version": "\"\(member.name)\":\(member.text)"
            default: "\"\(member.name)\":\"\(member.text)\""
            }
        }
        return .text("{\(members.joined(separator: ","))}")
    }

    var childNames: [String] { texts.map(\.name) }

    func child(_ name: String) -> (any PublicLevel)? {
        guard let member = texts.first(where: { $0.name == name }) else { return nil }
        return member.name == Self.imageID ? ID(image: self) : PublicLeaf(member.text)
    }

    /// The image under its own name is the recommended one, so a made-up id depends on the family and the image.
    private func id(below path: String, in region: String) -> String {
        if let (id, _) = ids[region] { return "ami-\(id)" }
        let family = path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)
        return MadeUpImage.id(of: "\(family)/\(name)", in: region)
    }

    private struct ID: PublicLevel {
        let image: ECSImage

        func value(at name: String, in region: String) -> PublicValue? {
            let path = String(name.dropLast(ECSImage.imageID.count + 1))
            return .image(image.id(below: path, in: region))
        }

        var childNames: [String] { [] }
        func child(_ name: String) -> (any PublicLevel)? { nil }
    }
}
