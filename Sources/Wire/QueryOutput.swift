import JSON
import Model

/// Writes the answers of the query protocol. Source: the Smithy specification of awsQuery.
public enum QueryOutput {
    public static func success(
        _ output: JSON, operation: API.Operation, namespace: String, requestID: String
    ) -> [UInt8] {
        var xml = XMLWriter()
        xml.element("\(operation.name)Response", attributes: " xmlns=\"\(namespace)\"") { xml in
            if let shape = operation.output, let wrapper = operation.resultWrapper {
                xml.element(wrapper) { structure(output, shape, &$0) }
            }
            xml.element("ResponseMetadata") { $0.element("RequestId", requestID) }
        }
        return Array(xml.text.utf8)
    }

    /// The same as JSON, for clients of the query protocol that ask for it: members have their names in the API, and those
    /// that are absent are null (recorded behaviour).
    public static func json(_ output: JSON, operation: API.Operation, requestID: String) -> JSON {
        var response = JSONObject()
        if let shape = operation.output, let wrapper = operation.resultWrapper {
            response[wrapper] = tree(output, shape)
        }
        response["ResponseMetadata"] = .object(["RequestId": .string(requestID)])
        return .object(JSONObject([("\(operation.name)Response", .object(response))]))
    }

    /// An error as JSON.
    public static func json(code: String, message: String?, status: Int, requestID: String) -> JSON {
        .object([
            "Error": .object([
                "Type": .string(status < 500 ? "Sender" : "Receiver"), "Code": .string(code),
                "Message": message.map(JSON.string) ?? .null,
            ]), "RequestId": .string(requestID),
        ])
    }

    /// Names that differ from those of today's API (recorded behaviour).
    private static let olderNames = [
        "ReceiveMessageResult.Messages": "messages", "ListQueuesResult.QueueUrls": "queueUrls",
    ]

    private static func tree(_ value: JSON, _ shape: Shape) -> JSON {
        switch shape.kind {
        case .structure:
            var object = JSONObject()
            for member in shape.members {
                let name = olderNames["\(shape.name).\(member.name)"] ?? member.name
                object[name] = value[member.name].map { $0.isNull ? $0 : tree($0, member.shape) } ?? .null
            }
            return .object(object)
        case .list: return .array((value.array ?? []).map { item in shape.item.map { tree(item, $0.shape) } ?? item })
        case .map:
            let (key, entry) = (shape.key?.locationName ?? "key", shape.value?.locationName ?? "value")
            return .array(
                (value.object ?? JSONObject()).map { member in
                    let inner = shape.value.map { tree(member.value, $0.shape) } ?? member.value
                    return .object(JSONObject([(key, .string(member.name)), (entry, inner)]))
                })
        default: return value
        }
    }

    /// The namespace that faults before any service have.
    public static let faultNamespace = "http://webservices.amazon.com/AWSFault/2005-15-09"

    /// - Parameter hasDetail: whether the service writes an element for details, though it gives none.
    public static func failure(
        code: String, message: String?, status: Int, fields: JSONObject, hasDetail: Bool = false, namespace: String,
        requestID: String
    ) -> [UInt8] {
        var xml = XMLWriter()
        xml.element("ErrorResponse", attributes: " xmlns=\"\(namespace)\"") { xml in
            xml.element("Error") { xml in
                xml.element("Type", status < 500 ? "Sender" : "Receiver")
                xml.element("Code", code)
                if let message { xml.element("Message", message) }
                if hasDetail { xml.element("Detail", "") }
                for field in fields { xml.element(field.name, field.value.string ?? field.value.description) }
            }
            xml.element("RequestId", requestID)
        }
        return Array(xml.text.utf8)
    }

    private static func structure(_ value: JSON, _ shape: Shape, _ xml: inout XMLWriter) {
        for member in shape.members {
            guard let value = value[member.name], !value.isNull else { continue }
            write(value, member.shape, name: member.locationName ?? member.name, isFlattened: member.isFlattened, &xml)
        }
    }

    private static func write(_ value: JSON, _ shape: Shape, name: String, isFlattened: Bool, _ xml: inout XMLWriter) {
        switch shape.kind {
        case .structure:
            xml.element(name) { structure(value, shape, &$0) }
        case .list:
            guard let item = shape.item else { return }
            let items = value.array ?? []
            let itemName = item.locationName ?? (isFlattened ? name : "member")
            let writeItems = { (xml: inout XMLWriter) in
                for value in items { write(value, item.shape, name: itemName, isFlattened: false, &xml) }
            }
            if isFlattened { writeItems(&xml) } else { xml.element(name, writeItems) }
        case .map:
            guard let key = shape.key, let entry = shape.value else { return }
            let writeEntries = { (xml: inout XMLWriter) in
                for member in value.object ?? JSONObject() {
                    xml.element(isFlattened ? name : "entry") { xml in
                        xml.element(key.locationName ?? "key", member.name)
                        write(member.value, entry.shape, name: entry.locationName ?? "value", isFlattened: false, &xml)
                    }
                }
            }
            if isFlattened { writeEntries(&xml) } else { xml.element(name, writeEntries) }
        case .timestamp:
            let moment = Timestamp(json: value)
            xml.element(name, moment?.iso8601(fraction: (moment?.milliseconds ?? 0) % 1000 != 0) ?? "")
        default:
            xml.element(name, value.string ?? value.description)
        }
    }
}
