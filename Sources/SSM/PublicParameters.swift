/// A parameter that AWS publishes under `/aws/service/`.
struct PublicParameter: Sendable {
    let name: String
    let value: String
    /// `text`, or `aws:ec2:image` for the id of an image.
    let dataType: String
    let version: Int
    let lastModifiedMilliseconds: Int64
}

/// The parameters that AWS publishes: the same for every account, and made by rule when they are asked for.
///
///     PublicParameters.parameter(
///         named: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64", region: "eu-west-1")
///
/// The tables in `Schema/ssm` hold values as AWS publishes them. Where no value is known there is a made-up one, always
/// the same for a name and Region.
enum PublicParameters {
    static let root = "/aws/service"

    /// The parameter of a name without selector.
    static func parameter(named name: String, region: String) -> PublicParameter? {
        level(at: name)?.value(at: name, in: region).map { PublicParameter(name: name, $0) }
    }

    /// Parameters below a path, ascending by name, strictly after the name `after`; none below an unknown path.
    static func parameters(
        below path: String, recursive: Bool, region: String, after: String?, limit: Int
    ) -> [PublicParameter] {
        guard let level = level(at: path), let after = Position(after, below: path) else { return [] }
        var listing = PublicListing(region: region, recursive: recursive, limit: limit)
        listing.add(level, at: path, after: after.rest)
        return listing.found
    }

    /// What stands at a name or path. Only the levels of its own family are looked at.
    private static func level(at name: String) -> (any PublicLevel)? {
        guard name == root || name.hasPrefix(root + "/") else { return nil }
        var level: any PublicLevel = PublicRoot()
        for part in name.dropFirst(root.count).split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let next = level.child(String(part)) else { return nil }
            level = next
        }
        return level
    }

    /// A position in a list, as the rest of a name below the path of the list.
    private struct Position {
        let rest: String?

        /// Nil where all that is below the path comes before the position.
        init?(_ after: String?, below path: String) {
            guard let after else {
                rest = nil
                return
            }
            if after.hasPrefix(path + "/") {
                rest = String(after.dropFirst(path.count + 1))
            } else if after < path + "/" {
                rest = nil
            } else {
                return nil
            }
        }
    }
}

extension PublicParameter {
    /// A fixed moment, so that answers stay the same: 2026-08-01T00:00:00Z.
    private static let published: Int64 = 1_785_542_400_000

    fileprivate init(name: String, _ value: PublicValue) {
        self.init(
            name: name, value: value.text, dataType: value.isImage ? "aws:ec2:image" : "text", version: value.version,
            lastModifiedMilliseconds: Self.published)
    }
}

/// One page of a list in the making.
private struct PublicListing {
    let region: String
    let recursive: Bool
    let limit: Int
    private(set) var found: [PublicParameter] = []

    init(region: String, recursive: Bool, limit: Int) {
        self.region = region
        self.recursive = recursive
        self.limit = limit
    }

    /// Adds what is below a level, after the position `after` in it.
    ///
    /// A child's own name comes before the names below it, but not always right before them: in the order of the bytes
    /// `a-b` and `a.b` stand between `a` and `a/b`. So what is below a child waits until no name precedes it any more; a
    /// name that began to wait later comes first, because it begins with the earlier one.
    mutating func add(_ level: any PublicLevel, at path: String, after: String?) {
        var waiting: [String] = []
        for name in level.childNames {
            // All of such a child comes before the position.
            if let after, name < after, !after.hasPrefix(name) { continue }
            while let last = waiting.last, Self.isBelow(last, before: name) {
                addBelow(waiting.removeLast(), of: level, at: path, after: after)
            }
            guard found.count < limit else { return }
            if after.map({ name > $0 }) ?? true { addValue(of: name, of: level, at: path) }
            if recursive { waiting.append(name) }
        }
        while let last = waiting.popLast() { addBelow(last, of: level, at: path, after: after) }
    }

    /// Whether all that is below `earlier` comes before `name`, the greater of the two.
    private static func isBelow(_ earlier: String, before name: String) -> Bool {
        guard name.hasPrefix(earlier) else { return true }
        return name.utf8.dropFirst(earlier.utf8.count).first.map { $0 > UInt8(ascii: "/") } ?? false
    }

    private mutating func addValue(of name: String, of level: any PublicLevel, at path: String) {
        let fullName = "\(path)/\(name)"
        guard let value = level.child(name)?.value(at: fullName, in: region) else { return }
        found.append(PublicParameter(name: fullName, value))
    }

    private mutating func addBelow(_ name: String, of level: any PublicLevel, at path: String, after: String?) {
        guard found.count < limit else { return }
        let start = name + "/"
        var rest: String?
        if let after, after >= start {
            guard after.hasPrefix(start) else { return }
            rest = String(after.dropFirst(start.count))
        }
        guard let child = level.child(name) else { return }
        add(child, at: "\(path)/\(name)", after: rest)
    }
}
