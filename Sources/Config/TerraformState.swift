import JSON
import Kernel
import Model

/// What `terraform show -json` prints of a state or a plan, read into resources as Config has them. `Schema/config/terraform.json`
/// says how, type by type.
///
/// What a bucket or a role is made of in further resources (`aws_s3_bucket_versioning`, `aws_iam_role_policy`) is put into it.
struct TerraformState {
    private struct Resource {
        let type: String
        let address: String
        let values: JSON
    }

    private let resources: [Resource]

    private static let types: JSONObject = {
        guard let json = try? JSON(parsing: EmbeddedSchema.terraform.bytes), let types = json.object else {
            preconditionFailure("terraform.json is no JSON object")
        }
        return types
    }()

    init(_ json: JSON) {
        let values = json["values"] ?? json["planned_values"]
        var resources: [Resource] = []
        var modules = values?["root_module"].map { [$0] } ?? []
        while let module = modules.popLast() {
            modules += module["child_modules"]?.array ?? []
            for resource in module["resources"]?.array ?? [] where resource["mode"] != "data" {
                resources.append(
                    Resource(
                        type: resource["type"]?.string ?? "", address: resource["address"]?.string ?? "",
                        values: resource["values"] ?? [:]))
            }
        }
        self.resources = resources
    }

    /// - Parameter skipped: counts the resources of types that are not known.
    func resources(account: String, region: String, skipped: inout [String: Int]) throws -> [ConfiguredResource] {
        var parts: [String: [Resource]] = [:]
        var whole: [Resource] = []
        for resource in resources {
            switch Self.types[resource.type] {
            case nil: skipped[resource.type, default: 0] += 1
            case let facts? where facts["partOf"] != nil: parts[resource.type, default: []].append(resource)
            default: whole.append(resource)
            }
        }
        return whole.compactMap { resource in
            guard let facts = Self.types[resource.type] else { return nil }
            return configured(resource, facts, parts, account: account, region: region)
        }
    }

    private func configured(
        _ resource: Resource, _ facts: JSON, _ parts: [String: [Resource]], account: String, region: String
    ) -> ConfiguredResource? {
        var values = resource.values.object ?? JSONObject()
        values["@account"] = .string(account)
        values["@region"] = .string(region)
        let own = facts["key"]?.string.flatMap { values[$0]?.string }
        for (type, candidates) in parts {
            guard let part = Self.types[type], part["partOf"]?.string == resource.type, let key = part["key"]?.string
            else { continue }
            let fitting = candidates.map(\.values).filter { own != nil && $0[key]?.string == own }
            if !fitting.isEmpty { values[type] = .array(fitting) }
        }
        let template = Template(values: .object(values))
        func text(_ name: String) -> String? { facts[name].flatMap(template.filled)?.string }
        guard let type = facts["type"]?.string else { return nil }
        // What is only planned has no id yet.
        let id = text("id") ?? resource.address
        guard !id.isEmpty else { return nil }
        let tags = (values["tags_all"]?.object ?? values["tags"]?.object)?.members ?? []
        return ConfiguredResource(
            type: type, id: id, name: text("name"), arn: text("arn"), availabilityZone: text("availabilityZone"),
            configuration: facts["configuration"].flatMap(template.filled) ?? [:],
            supplementaryConfiguration: facts["supplementaryConfiguration"].flatMap(template.filled)?.object
                ?? JSONObject(),
            tags: tags.map { .init(key: $0.name, value: $0.value.string ?? "") })
    }
}

/// JSON with places to be filled from values:
/// - `"$a.0.b"` is the value at a path, `"$"` the value itself; a member without one is left out;
/// - `"$text:a"` is it as text, `"$url:a"` as text in URL encoding;
/// - `{"$each": "a", "item": …}` is a list with one item for each of a list's (or of a map's, as `key` and `value`);
/// - `{"$if": "a", "then": …, "else": …}` goes by whether there is such a value, other than false, -1 and an empty one;
/// - `{"$string": …}` is what stands there as the text of its JSON.
private struct Template {
    let values: JSON

    func filled(_ template: JSON) -> JSON? {
        switch template {
        case .string(let text) where text.hasPrefix("$"): return place(text.dropFirst())
        case .array(let items): return .array(items.compactMap(filled))
        case .object(let object):
            if let path = object["$each"]?.string { return each(path, object["item"] ?? "$") }
            if let inner = object["$string"] { return filled(inner).map { .string($0.description) } }
            if let path = object["$if"]?.string {
                return (isSet(value(at: path[...])) ? object["then"] : object["else"]).flatMap(filled)
            }
            return .object(
                JSONObject(object.members.compactMap { member in filled(member.value).map { (member.name, $0) } }))
        default: return template
        }
    }

    private func place(_ text: Substring) -> JSON? {
        if text.hasPrefix("text:") { return value(at: text.dropFirst(5)).map { .string(Self.text(of: $0)) } }
        if text.hasPrefix("url:") {
            return value(at: text.dropFirst(4)).map { .string(Self.encoded(Self.text(of: $0))) }
        }
        return value(at: text)
    }

    private func value(at path: Substring) -> JSON? {
        let found = path.split(separator: ".").reduce(Optional(values)) { value, name in
            if let items = value?.array { return Int(name).flatMap { items.indices.contains($0) ? items[$0] : nil } }
            return value?[String(name)]
        }
        return found?.isNull == true ? nil : found
    }

    private func each(_ path: String, _ item: JSON) -> JSON {
        let list: [JSON] =
            switch value(at: path[...]) {
            case .array(let items): items
            case .object(let object): object.members.map { ["key": .string($0.name), "value": $0.value] }
            default: []
            }
        return .array(list.compactMap { Template(values: $0).filled(item) })
    }

    private func isSet(_ value: JSON?) -> Bool {
        switch value {
        case nil, .null, .bool(false), .number("-1"), .string(""), .array([]): false
        default: true
        }
    }

    private static func text(of value: JSON) -> String { value.string ?? value.description }

    /// As IAM encodes policies (RFC 3986).
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
