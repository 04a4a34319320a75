import HTTP
import JSON
import Model

/// Writes answers of the REST protocols: what belongs into headers, what into the status, and the rest into the body.
///
/// Source: the Smithy specification, "HTTP binding traits" and "AWS restJson1 protocol".
public enum RestOutput {
    public static func success(_ output: JSON, operation: API.Operation, requestID: String) -> Response {
        var response = Response(
            status: operation.http?.status ?? 200, headers: ["x-amzn-RequestId": requestID])
        guard let shape = operation.output else { return response }
        for member in shape.members {
            guard let value = output[member.name], !value.isNull else { continue }
            switch member.location {
            case .header: response.headers.add(member.wireName, header(value, member))
            case .headers:
                for entry in value.object ?? JSONObject() {
                    response.headers.add((member.locationName ?? "") + entry.name, entry.value.string ?? "")
                }
            case .statusCode: response.status = value.int ?? response.status
            default: break
            }
        }
        if let name = shape.payload, let payload = shape.members.first(where: { $0.name == name }) {
            write(output[name], payload, to: &response)
        } else {
            response.headers.add("Content-Type", "application/json")
            response.body = RestJSON.renamed(output, shape, fromWire: false).bytes()
        }
        return response
    }

    private static func write(_ value: JSON?, _ payload: Shape.Reference, to response: inout Response) {
        guard let value, !value.isNull else { return }
        switch payload.shape.kind {
        case .blob: response.body = value.string.flatMap(Base64.decode) ?? []
        case .string: response.body = Array((value.string ?? "").utf8)
        default:
            response.headers.set("Content-Type", "application/json")
            response.body = RestJSON.renamed(value, payload.shape, fromWire: false).bytes()
        }
    }

    private static func header(_ value: JSON, _ member: Shape.Reference) -> String {
        if member.shape.kind == .timestamp { return RestJSON.text(of: value, member.timestampFormat ?? .rfc822) }
        guard let items = value.array else { return value.string ?? value.description }
        return HeaderList.text(items.map { $0.string ?? $0.description })
    }

    /// An error: its name in a header, its text and members in the body.
    public static func failure(
        _ error: AWSError, status: Int, messageMember: String, requestID: String
    ) -> Response {
        var object = JSONObject()
        if let message = error.message { object[messageMember] = .string(message) }
        for field in error.fields { object[field.name] = field.value }
        return Response(
            status: status,
            headers: [
                "x-amzn-RequestId": requestID, "x-amzn-ErrorType": error.code, "Content-Type": "application/json",
            ], body: JSON.object(object).bytes())
    }
}

/// Bodies of restJson, where a member may have another name than in the model.
enum RestJSON {
    /// From the names of the wire to those of the model, or back. Members that the model does not know are left out, and
    /// so are those that do not belong into the body.
    static func renamed(_ value: JSON, _ shape: Shape, fromWire: Bool) -> JSON {
        switch (shape.kind, value) {
        case (.structure, .object(let object)) where !shape.isDocument:
            var renamed = JSONObject()
            for member in shape.members where member.location == nil {
                let (from, to) = fromWire ? (member.wireName, member.name) : (member.name, member.wireName)
                guard let value = object[from], !value.isNull else { continue }
                renamed[to] = self.renamed(value, member, fromWire: fromWire)
            }
            return .object(renamed)
        case (.list, .array(let items)):
            return .array(items.map { item in shape.item.map { renamed(item, $0, fromWire: fromWire) } ?? item })
        case (.map, .object(let entries)):
            return .object(
                JSONObject(
                    entries.map { entry in
                        (entry.name, shape.value.map { renamed(entry.value, $0, fromWire: fromWire) } ?? entry.value)
                    }))
        default: return value
        }
    }

    private static func renamed(_ value: JSON, _ member: Shape.Reference, fromWire: Bool) -> JSON {
        guard member.shape.kind == .timestamp else { return renamed(value, member.shape, fromWire: fromWire) }
        if fromWire, case .string(let text) = value, let date = Timestamp(httpDate: text) { return date.json }
        guard !fromWire, let format = member.timestampFormat, format != .unixTimestamp else { return value }
        return .string(text(of: value, format))
    }

    static func text(of value: JSON, _ format: Shape.TimestampFormat) -> String {
        guard let moment = Timestamp(json: value) else { return value.string ?? value.description }
        switch format {
        case .iso8601: return moment.iso8601(fraction: moment.milliseconds % 1000 != 0)
        case .rfc822: return moment.httpDate
        case .unixTimestamp: return moment.json.description
        }
    }
}
