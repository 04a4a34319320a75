import JSON
import Kernel
import Model

/// Items from a file, so that rules and queries see resources of services that are not served: items as
/// GetResourceConfigHistory, snapshots and notifications print them, or what `terraform show -json` prints.
enum ItemImport {
    static let page = Page("POST", "/_windtunnel/config/items", .write(take))

    private struct Complaint: Error { let text: String }

    /// One item of a file, read.
    private struct Given {
        let resource: ConfiguredResource
        let status: ConfigurationItemStatus?
        let captured: Timestamp?
    }

    /// Items are as old as they say, or as new as can be; the latest of a resource is its current one.
    @Sendable private static func take(_ request: PageRequest, in context: WriteContext) throws -> PageAnswer {
        do {
            guard let json = try? JSON(parsing: request.body) else { throw Complaint(text: "The body is no JSON.") }
            var skipped: [String: Int] = [:]
            let given =
                json["terraform_version"] != nil || json["format_version"] != nil
                ? try TerraformState(json).resources(
                    account: context.account, region: context.region, skipped: &skipped
                ).map { Given(resource: $0, status: nil, captured: nil) }
                : try items(json)
            for item in given { try keep(item, in: context) }
            return .json([
                "imported": .number(given.count),
                "skipped": .object(JSONObject(skipped.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
            ])
        } catch let error {
            guard let complaint = error as? Complaint else { throw error }
            return .json(["error": "InvalidItems", "message": .string(complaint.text)], status: 400)
        }
    }

    private static func keep(_ given: Given, in context: WriteContext) throws {
        let resource = given.resource
        let current = try StoredItem.current(resource.type, resource.id, in: context)
        let byDefault: ConfigurationItemStatus = current?.isRecorded == true ? .ok : .resourceDiscovered
        if given.status == nil, let current, current.isRecorded, current.resource == resource { return }
        guard let captured = given.captured, captured < context.now else {
            return try Recording.write(
                resource, given.status ?? byDefault, after: current, isImported: true, in: context)
        }
        let item = StoredItem(
            resource: resource, status: given.status ?? byDefault, captured: captured, stateID: captured.milliseconds,
            isImported: true)
        try item.insert(before: current, in: context)
        if current.map({ $0.stateID <= item.stateID }) ?? true {
            try RuleEngine.take(ItemChange(item, after: current, in: context), after: current, in: context)
        }
    }

    // MARK: Reading items

    private static func items(_ json: JSON) throws -> [Given] {
        let list = json.array ?? json["configurationItems"]?.array ?? json["baseConfigurationItems"]?.array
        guard let list = list ?? (json["resourceType"] == nil ? nil : [json]) else {
            throw Complaint(text: "There are no configurationItems, and no state or plan of Terraform.")
        }
        return try list.enumerated().map { place, item in
            guard let type = item["resourceType"]?.string, let id = item["resourceId"]?.string,
                ResourceTypes.isSupported(type) || type.split(separator: ":").count == 3
            else { throw Complaint(text: "Item \(place) has no resourceType or no resourceId.") }
            return Given(
                resource: resource(item, type, id),
                status: item["configurationItemStatus"]?.string.flatMap(ConfigurationItemStatus.init(rawValue:)),
                captured: item["configurationItemCaptureTime"].flatMap(Timestamp.init(json:)))
        }
    }

    private static func resource(_ item: JSON, _ type: String, _ id: String) -> ConfiguredResource {
        // The API shows as text what is JSON in notifications.
        let isPacked = item["configuration"]?.string != nil
        func unpacked(_ json: JSON) -> JSON {
            guard isPacked, let text = json.string, let inner = try? JSON(parsing: text) else { return json }
            return inner
        }
        let supplementary = item["supplementaryConfiguration"]?.object?.members.map { ($0.name, unpacked($0.value)) }
        let relationships = (item["relationships"]?.array ?? []).map {
            ConfiguredResource.Relationship(
                type: $0["resourceType"]?.string ?? "", id: $0["resourceId"]?.string, name: $0["resourceName"]?.string,
                relation: $0["relationshipName"]?.string ?? $0["name"]?.string ?? "")
        }
        return ConfiguredResource(
            type: type, id: id, name: item["resourceName"]?.string,
            arn: item["arn"]?.string ?? item["ARN"]?.string, availabilityZone: item["availabilityZone"]?.string,
            created: item["resourceCreationTime"].flatMap(Timestamp.init(json:)),
            configuration: unpacked(item["configuration"] ?? .null),
            supplementaryConfiguration: JSONObject(supplementary ?? []),
            tags: (item["tags"]?.object?.members ?? []).map { .init(key: $0.name, value: $0.value.string ?? "") },
            relationships: relationships)
    }
}
