import JSON
import Model

/// The XML of the query protocol as LocalStack's pages show it in JSON: elements are members, those that are repeated are
/// arrays, and an empty one is null.
public enum QueryDocument {
    public static func success(_ output: JSON, operation: API.Operation, requestID: String) -> JSON {
        var response = JSONObject()
        if let shape = operation.output, let wrapper = operation.resultWrapper {
            response[wrapper] = element(output, shape)
        }
        response["ResponseMetadata"] = .object(["RequestId": .string(requestID)])
        return .object(JSONObject([("\(operation.name)Response", .object(response))]))
    }

    public static func failure(code: String, message: String?, status: Int, requestID: String) -> JSON {
        .object(["ErrorResponse": QueryOutput.json(code: code, message: message, status: status, requestID: requestID)])
    }

    private static func element(_ value: JSON, _ shape: Shape) -> JSON {
        guard shape.kind == .structure else { return value.string.map(JSON.string) ?? .string(value.description) }
        var object = JSONObject()
        for member in shape.members {
            guard let value = value[member.name], !value.isNull else { continue }
            let itemName = member.isFlattened ? member.shape.item?.locationName : nil
            object[itemName ?? member.locationName ?? member.name] = content(value, member.shape)
        }
        return object.isEmpty ? .null : .object(object)
    }

    private static func content(_ value: JSON, _ shape: Shape) -> JSON? {
        switch shape.kind {
        case .list:
            return repeated((value.array ?? []).map { item in shape.item.map { element(item, $0.shape) } ?? item })
        case .map:
            let (key, entry) = (shape.key?.locationName ?? "key", shape.value?.locationName ?? "value")
            return repeated(
                (value.object ?? JSONObject()).map { member in
                    let inner = shape.value.map { element(member.value, $0.shape) } ?? member.value
                    return .object(JSONObject([(key, .string(member.name)), (entry, inner)]))
                })
        default: return element(value, shape)
        }
    }

    /// One element alone is no array, and none is nothing.
    private static func repeated(_ elements: [JSON]) -> JSON? {
        elements.count > 1 ? .array(elements) : elements.first
    }
}
