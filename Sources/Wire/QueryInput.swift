import JSON
import Model

/// Reads the flat pairs of the query protocol as the structure that the model describes.
///
/// `Tags.member.1.Key=a&Tags.member.1.Value=b` becomes `{"Tags":[{"Key":"a","Value":"b"}]}`. Indices count from 1, may have
/// gaps and any order; `L.1` is taken for `L.member.1` too, and `L` for a single item. Source: the Smithy specification of awsQuery.
public enum QueryInput {
    public static func json(_ fields: [FormField], shape: Shape) throws(AWSError) -> JSON {
        let root = Node()
        for field in fields {
            root.insert(field.name.split(separator: ".", omittingEmptySubsequences: false), field.value)
        }
        return try structure(root, shape)
    }

    /// The pairs as a tree by the dots in their names.
    private final class Node {
        var value: String?
        var children: [(name: Substring, node: Node)] = []

        /// How deep names may be nested; the shapes of AWS need a handful.
        private static let depthLimit = 32

        func insert(_ path: [Substring], _ value: String) {
            guard path.count <= Self.depthLimit else { return }
            var node = self
            for name in path {
                if let child = node.child(String(name)) {
                    node = child
                } else {
                    let child = Node()
                    node.children.append((name, child))
                    node.positions[String(name)] = node.children.count - 1
                    node = child
                }
            }
            node.value = value
        }

        private var positions: [String: Int] = [:]

        func child(_ name: String) -> Node? { positions[name].map { children[$0].node } }

        /// The children whose names are numbers, in their order.
        var numbered: [Node] {
            children.compactMap { child in Int(child.name).map { ($0, child.node) } }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func structure(_ node: Node, _ shape: Shape) throws(AWSError) -> JSON {
        var object = JSONObject()
        for member in shape.members {
            var name = member.locationName ?? member.name
            if member.isFlattened, let itemName = member.shape.item?.locationName { name = itemName }
            guard let child = node.child(name) else {
                // An empty list or map leaves no trace in the pairs.
                if member.isFlattened, shape.required.contains(member.name) {
                    object[member.name] = member.shape.kind == .map ? [:] : []
                }
                continue
            }
            object[member.name] = try value(child, member.shape, isFlattened: member.isFlattened)
        }
        return .object(object)
    }

    private static func value(_ node: Node, _ shape: Shape, isFlattened: Bool) throws(AWSError) -> JSON {
        switch shape.kind {
        case .structure:
            return try structure(node, shape)
        case .list:
            guard let item = shape.item else { return [] }
            let holder = isFlattened ? node : node.child(item.locationName ?? "member") ?? node
            // Old clients leave the index of a single item out.
            if holder.numbered.isEmpty, let text = holder.value, !text.isEmpty { return [try scalar(text, item.shape)] }
            var items: [JSON] = []
            for child in holder.numbered { items.append(try value(child, item.shape, isFlattened: false)) }
            return .array(items)
        case .map:
            guard let key = shape.key, let entry = shape.value else { return [:] }
            let holder = isFlattened ? node : node.child("entry") ?? node
            var object = JSONObject()
            let children = holder.child(key.locationName ?? "key") == nil ? holder.numbered : [holder]
            for child in children {
                guard let name = child.child(key.locationName ?? "key")?.value,
                    let entryNode = child.child(entry.locationName ?? "value")
                else { continue }
                object[name] = try value(entryNode, entry.shape, isFlattened: false)
            }
            return .object(object)
        default:
            return try scalar(node.value ?? "", shape)
        }
    }

    private static func scalar(_ text: String, _ shape: Shape) throws(AWSError) -> JSON {
        switch shape.kind {
        case .boolean:
            switch text.lowercased() {
            case "true", "1": return true
            case "false", "0": return false
            default: throw AWSError("MalformedInput", "\(text) is not a boolean.")
            }
        case let kind where kind.isInteger:
            // As Java reads them (recorded): `0900` and `+900` are numbers; `900.0`, ` 900` and what needs more bits are not.
            guard let number = kind == .integer ? Int32(text).map(Int64.init) : Int64(text) else {
                throw AWSError("MalformedInput", "\(text) is not a number.")
            }
            return .number(number)
        case let kind where kind.isNumber:
            guard let number = try? JSON(parsing: text), number.double != nil else {
                throw AWSError("MalformedInput", "\(text) is not a number.")
            }
            return number
        default:
            return .string(text)
        }
    }
}
