import Synchronization

/// A parameter that AWS publishes under `/aws/service/`.
struct PublicParameter: Sendable {
    let name: String
    let value: String
    /// `text`, or `aws:ec2:image` for the id of an image.
    let dataType: String
    let version: Int
    let lastModifiedMilliseconds: Int64
}

/// The parameters that AWS publishes, made from the facts in `Schema/ssm` when they are first asked for.
///
/// Source: the AWS page "Working with public parameters in Parameter Store", and values as AWS publishes them. Where no value
/// is known there is a made-up one, always the same for a name and Region.
enum PublicParameters {
    static func parameter(named name: String, region: String) -> PublicParameter? {
        var node = catalogue(of: region)
        for level in levels(name) {
            guard let child = node.child(level) else { return nil }
            node = child
        }
        return node.parameter(named: name)
    }

    /// The parameters below a path, in the order of their levels, after the name `after`.
    static func parameters(
        below path: String, recursive: Bool, region: String, after: String?, limit: Int
    ) -> [PublicParameter] {
        var node = catalogue(of: region)
        for level in levels(path) {
            guard let child = node.child(level) else { return [] }
            node = child
        }
        var found: [PublicParameter] = []
        let start = after.map { Array(levels($0).dropFirst(levels(path).count)) } ?? []
        collect(node, path, recursive, after: start[...], limit, &found)
        return found
    }

    /// Goes down the tree in order; `after` is the rest of the position after which the list goes on.
    private static func collect(
        _ node: PublicNode, _ path: String, _ recursive: Bool, after: ArraySlice<String>, _ limit: Int,
        _ found: inout [PublicParameter]
    ) {
        for (name, child) in node.children where found.count < limit {
            let childPath = "\(path)/\(name)"
            if let first = after.first {
                if name < first { continue }
                if name == first {
                    if recursive { collect(child, childPath, recursive, after: after.dropFirst(), limit, &found) }
                    continue
                }
            }
            if let parameter = child.parameter(named: childPath) { found.append(parameter) }
            if recursive { collect(child, childPath, recursive, after: [], limit, &found) }
        }
    }

    /// The levels below `/aws/service`.
    private static func levels(_ name: String) -> [String] {
        name.split(separator: "/").dropFirst(2).map(String.init)
    }

    /// Regions are named by clients, so there is an end to how many are kept.
    private static let catalogueLimit = 4
    private static let catalogues = Mutex<[String: PublicNode]>([:])

    private static func catalogue(of region: String) -> PublicNode {
        catalogues.withLock { catalogues in
            if let known = catalogues[region] { return known }
            if catalogues.count >= catalogueLimit { catalogues = [:] }
            let made = PublicCatalogue.root(region: region)
            catalogues[region] = made
            return made
        }
    }
}
