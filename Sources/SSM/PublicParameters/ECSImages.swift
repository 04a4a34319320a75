/// `/aws/service/ecs/optimized-ami`: for each family the recommended image, and that and earlier ones under their names.
///
/// A family may lie below another: `amazon-linux-2` and `amazon-linux-2/arm64`.
struct ECSImages: PublicLevel {
    static let root = PublicBranch(names: ["optimized-ami"]) { name in
        name == "optimized-ami" ? ECSImages(path: "") : nil
    }

    /// The names of the families on the way, each with a slash behind it.
    private let path: String
    private let family: ECSFamily?

    private init(path: String) {
        self.path = path
        family = path.isEmpty ? nil : ECSFamily.all[String(path.dropLast())]
    }

    func value(at name: String, in region: String) -> PublicValue? { nil }

    var childNames: [String] {
        let below = ECSFamily.all.keys.filter { $0.hasPrefix(path) }.map { name in
            String(name.dropFirst(path.count).prefix { $0 != "/" })
        }
        return Set(below + (family?.imageNames ?? [])).sorted()
    }

    func child(_ name: String) -> (any PublicLevel)? {
        if let image = family?.image(name) { return image }
        let deeper = path + name
        let isOnTheWay = ECSFamily.all.keys.contains { $0 == deeper || $0.hasPrefix(deeper + "/") }
        return isOnTheWay ? ECSImages(path: deeper + "/") : nil
    }
}

/// A family of images for ECS: what is said of its latest one, and its ids.
struct ECSFamily: Sendable {
    /// What is known of a release that is no longer the latest.
    struct PastRelease: Sendable {
        let date: String
        let agentVersion: String
        let runtimeVersion: String
    }

    static let recommended = "recommended"

    static let all: [String: ECSFamily] = Dictionary(
        PublicTable.rows(EmbeddedSchema.ecsImages).map { ($0[0], ECSFamily($0)) },
        uniquingKeysWith: { first, _ in first })

    private static let pastReleases = PublicTable.rows(EmbeddedSchema.ecsPastImages).map { row in
        PastRelease(date: row[0], agentVersion: row[1], runtimeVersion: row[2])
    }

    private let latest: ECSImage
    /// The day of the latest release. Nil for a family that was given up before the past releases.
    private let day: String?

    private init(_ row: [String]) {
        latest = ECSImage(
            agentVersion: row[1], runtimeVersion: row[2], name: row[3], version: row[4], system: row[5], source: row[6],
            ids: RegionalImages(row.dropFirst(7)))
        let day = row[4].split(separator: ".").last.map(String.init)
        self.day = day.flatMap { day in Self.pastReleases.allSatisfy { $0.date < day } ? day : nil }
    }

    /// Also the names of the images, the latest one among them.
    var imageNames: [String] {
        [Self.recommended, latest.name] + (day == nil ? [] : Self.pastReleases.map { past($0).name })
    }

    func image(_ name: String) -> ECSImage? {
        if name == Self.recommended || name == latest.name { return latest }
        guard day != nil else { return nil }
        return Self.pastReleases.first { name.contains($0.date) && past($0).name == name }.map { past($0) }
    }

    private func past(_ release: PastRelease) -> ECSImage {
        guard let day else { return latest }
        return ECSImage(
            agentVersion: release.agentVersion, runtimeVersion: release.runtimeVersion,
            name: latest.name.replacing(day, with: release.date),
            version: latest.version.replacing(day, with: release.date),
            system: latest.system, source: latest.source, ids: RegionalImages([]))
    }
}
