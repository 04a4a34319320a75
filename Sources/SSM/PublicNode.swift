/// A level of the public parameters: it may have a value, levels below it, or both.
final class PublicNode: Sendable {
    enum Value: Sendable {
        case text(String)
        case image(String)
    }

    /// A fixed moment, so that answers stay the same: 2026-08-01T00:00:00Z.
    private static let lastModifiedMilliseconds: Int64 = 1_785_542_400_000

    private let value: Value?
    private let version: Int
    private let makeChildren: @Sendable () -> [(String, PublicNode)]

    /// - Parameter children: in the order of their names; made when they are asked for, since some levels are wide.
    init(_ value: Value? = nil, version: Int = 1, children: @escaping @Sendable () -> [(String, PublicNode)] = { [] }) {
        self.value = value
        self.version = version
        makeChildren = children
    }

    var children: [(String, PublicNode)] { makeChildren() }

    func child(_ name: String) -> PublicNode? { children.first { $0.0 == name }?.1 }

    func parameter(named name: String) -> PublicParameter? {
        guard let value else { return nil }
        let (text, dataType) =
            switch value {
            case .text(let text): (text, "text")
            case .image(let id): (id, "aws:ec2:image")
            }
        return PublicParameter(
            name: name, value: text, dataType: dataType, version: version,
            lastModifiedMilliseconds: Self.lastModifiedMilliseconds)
    }

    /// A tree of the given paths.
    static func tree(_ leaves: [(path: String, value: Value, version: Int)]) -> PublicNode {
        var builder = Builder()
        for leaf in leaves {
            builder.insert(leaf.path.split(separator: "/").map(String.init)[...], leaf.value, leaf.version)
        }
        return builder.node
    }

    private struct Builder {
        var value: Value?
        var version = 1
        var children: [String: Builder] = [:]

        mutating func insert(_ path: ArraySlice<String>, _ value: Value, _ version: Int) {
            guard let first = path.first else {
                self.value = value
                self.version = version
                return
            }
            children[first, default: Builder()].insert(path.dropFirst(), value, version)
        }

        var node: PublicNode {
            let children = children.sorted { $0.key < $1.key }.map { ($0.key, $0.value.node) }
            return PublicNode(value, version: version) { children }
        }
    }
}
