import HTTP
import JSON
import Model

/// A request of a REST protocol that was understood as an operation.
public struct RestRequest: Sendable {
    /// Of the path, still encoded.
    public let labels: [String: Substring]
    public let query: [FormField]
    public let headers: Headers
    public let body: [UInt8]

    public init(labels: [String: Substring], query: [FormField], headers: Headers, body: [UInt8]) {
        self.labels = labels
        self.query = query
        self.headers = headers
        self.body = body
    }
}

/// Reads the parts of a REST request as the structure that the model describes: path, query, headers and body.
///
/// What is not of the type that the model says is left as the text it is, so that the validator can name it. Source: the
/// Smithy specification, "HTTP binding traits" and "AWS restJson1 protocol".
public enum RestInput {
    public static func json(_ request: RestRequest, shape: Shape) throws(AWSError) -> JSON {
        var object = try body(of: request, shape)
        for member in shape.members {
            switch member.location {
            case nil: continue
            case .uri: object[member.name] = try label(member, request)
            case .querystring: object[member.name] = query(member, shape, request)
            case .header:
                object[member.name] = request.headers[member.wireName].map { header($0, member) }
            case .headers: object[member.name] = headers(request.headers, prefix: member.locationName ?? "")
            // Of answers only.
            case .statusCode: continue
            }
        }
        return .object(object)
    }

    // MARK: Body

    private static func body(of request: RestRequest, _ shape: Shape) throws(AWSError) -> JSONObject {
        guard let name = shape.payload, let payload = shape.members.first(where: { $0.name == name }) else {
            guard shape.members.contains(where: { $0.location == nil }) else { return JSONObject() }
            let body = try parse(request.body)
            return RestJSON.renamed(body, shape, fromWire: true).object ?? JSONObject()
        }
        guard !request.body.isEmpty else { return JSONObject() }
        let value: JSON =
            switch payload.shape.kind {
            case .blob: .string(Base64.encode(request.body))
            case .string: .string(String(decoding: request.body, as: UTF8.self))
            default: RestJSON.renamed(try parse(request.body), payload.shape, fromWire: true)
            }
        return JSONObject([(name, value)])
    }

    private static func parse(_ bytes: [UInt8]) throws(AWSError) -> JSON {
        if bytes.isEmpty { return [:] }
        guard let json = try? JSON(parsing: bytes), json.object != nil else { throw .serialization() }
        return json
    }

    // MARK: Path, query and headers

    private static func label(_ member: Shape.Reference, _ request: RestRequest) throws(AWSError) -> JSON? {
        guard let label = request.labels[member.wireName] else { return nil }
        guard let text = Form.decode(label) else { throw .serialization() }
        return scalar(text, member, timestamps: .iso8601)
    }

    private static func query(_ member: Shape.Reference, _ shape: Shape, _ request: RestRequest) -> JSON? {
        if member.shape.kind == .map { return remainingQuery(member, shape, request) }
        let values = request.query.filter { $0.name == member.wireName }.map(\.value)
        guard !values.isEmpty else { return nil }
        guard let item = member.shape.item else { return scalar(values[0], member, timestamps: .iso8601) }
        return .array(values.map { scalar($0, item, timestamps: .iso8601) })
    }

    /// A map takes the pairs that no other member names.
    private static func remainingQuery(_ member: Shape.Reference, _ shape: Shape, _ request: RestRequest) -> JSON {
        let named = Set(
            shape.members.filter { $0.location == .querystring && $0.name != member.name }.map(\.wireName))
        var object = JSONObject()
        for field in request.query where !named.contains(field.name) {
            if member.shape.value?.shape.kind == .list {
                object[field.name] = .array((object[field.name]?.array ?? []) + [.string(field.value)])
            } else {
                object[field.name] = .string(field.value)
            }
        }
        return .object(object)
    }

    private static func header(_ text: String, _ member: Shape.Reference) -> JSON {
        guard let item = member.shape.item else { return scalar(text, member, timestamps: .rfc822) }
        return .array(HeaderList.items(text).map { scalar($0, item, timestamps: .rfc822) })
    }

    private static func headers(_ headers: Headers, prefix: String) -> JSON? {
        let found = headers.fields.filter { $0.name.lowercased().hasPrefix(prefix.lowercased()) }
        guard !found.isEmpty else { return nil }
        return .object(JSONObject(found.map { (String($0.name.dropFirst(prefix.count)), .string($0.value)) }))
    }

    private static func scalar(_ text: String, _ member: Shape.Reference, timestamps: Shape.TimestampFormat) -> JSON {
        switch member.shape.kind {
        case .boolean where text == "true": return true
        case .boolean where text == "false": return false
        case .timestamp where (member.timestampFormat ?? timestamps) == .rfc822:
            return Timestamp(httpDate: text)?.json ?? .string(text)
        case .timestamp: return Timestamp(iso8601: text) == nil ? number(text) : .string(text)
        case let kind where kind.isNumber: return number(text)
        default: return .string(text)
        }
    }

    private static func number(_ text: String) -> JSON {
        guard let json = try? JSON(parsing: text), json.double != nil else { return .string(text) }
        return json
    }
}

/// A list in a header: items with commas between them, those that hold a comma in quotation marks.
enum HeaderList {
    static func items(_ text: String) -> [String] {
        var items: [String] = []
        var item = ""
        var isQuoted = false
        var isEscaped = false
        for character in text {
            switch character {
            case _ where isEscaped:
                item.append(character)
                isEscaped = false
            case "\\" where isQuoted: isEscaped = true
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                items.append(item)
                item = ""
            case " " where !isQuoted && item.isEmpty: break
            default: item.append(character)
            }
        }
        return items + [item]
    }

    static func text(_ items: [String]) -> String {
        items.map { item in
            guard item.contains(",") || item.contains("\"") else { return item }
            let escaped = item.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
            return "\"\(escaped)\""
        }.joined(separator: ", ")
    }
}
