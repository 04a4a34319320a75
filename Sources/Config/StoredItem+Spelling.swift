import JSON
import Kernel
import Model

/// An item is spelled in three ways: as the API shows it, as notifications, files and the events of rules have it, and as
/// advanced queries see it. The first two were recorded from AWS.
extension StoredItem {
    private static let version = "1.3"

    /// As GetResourceConfigHistory shows it: what is JSON there is text.
    func shown(in context: ReadContext) -> ConfigurationItem {
        ConfigurationItem(
            version: Self.version, accountId: context.account, configurationItemCaptureTime: captured,
            configurationItemStatus: status, configurationStateId: String(stateID), configurationItemMD5Hash: "",
            arn: resource.arn, resourceType: resource.type, resourceId: resource.id, resourceName: resource.name,
            awsRegion: awsRegion(in: context), availabilityZone: resource.availabilityZone,
            resourceCreationTime: resource.created,
            tags: MapView(resource.tags.map { ($0.key, $0.value) }), relatedEvents: [],
            relationships: resource.relationships.map {
                Relationship(
                    resourceType: $0.type, resourceId: $0.id, resourceName: $0.name, relationshipName: $0.relation)
            },
            configuration: resource.configuration.description, supplementaryConfiguration: MapView(shownSupplementary),
            recordingFrequency: delivered == nil ? nil : .daily, configurationItemDeliveryTime: delivered)
    }

    /// As BatchGetResourceConfig shows it.
    func shownBase(in context: ReadContext) -> BaseConfigurationItem {
        return BaseConfigurationItem(
            version: Self.version, accountId: context.account, configurationItemCaptureTime: captured,
            configurationItemStatus: status, configurationStateId: String(stateID), arn: resource.arn,
            resourceType: resource.type, resourceId: resource.id, resourceName: resource.name,
            awsRegion: awsRegion(in: context), availabilityZone: resource.availabilityZone,
            resourceCreationTime: resource.created, configuration: resource.configuration.description,
            supplementaryConfiguration: MapView(shownSupplementary.filter { $0.key != "Tags" }),
            recordingFrequency: delivered == nil ? nil : .daily,
            configurationItemDeliveryTime: delivered)
    }

    /// As notifications have it, with members in their order.
    ///
    /// - Parameter withNulls: whether what a deleted resource lacks is there as null, as in messages of SNS.
    func notified(withNulls: Bool, in context: ReadContext) -> JSON {
        func value(_ json: JSON?) -> JSON? { json ?? (withNulls ? .null : nil) }
        return .object([
            "relatedEvents": [],
            "relationships": .array(
                resource.relationships.map {
                    .object([
                        "resourceId": value($0.id.map(JSON.string)), "resourceName": value($0.name.map(JSON.string)),
                        "resourceType": .string($0.type), "name": .string($0.relation),
                    ])
                }),
            "configuration": value(resource.configuration.isNull ? nil : resource.configuration),
            "supplementaryConfiguration": .object(resource.supplementaryConfiguration),
            "tags": .object(JSONObject(resource.tags.map { ($0.key, .string($0.value)) })),
            "configurationItemVersion": .string(Self.version),
            "configurationItemCaptureTime": .string(captured.iso8601()), "configurationStateId": .number(stateID),
            "awsAccountId": .string(context.account), "configurationItemStatus": .string(status.rawValue),
            "resourceType": .string(resource.type), "resourceId": .string(resource.id),
            "resourceName": value(resource.name.map(JSON.string)), "ARN": value(resource.arn.map(JSON.string)),
            "awsRegion": .string(awsRegion(in: context)),
            "availabilityZone": value(resource.availabilityZone.map(JSON.string)), "configurationStateMd5Hash": "",
            "resourceCreationTime": value(resource.created.map { .string($0.iso8601()) }),
        ])
    }

    /// As advanced queries see it, and as it is kept.
    func document(in context: ReadContext) -> JSON {
        .object([
            "relationships": .array(
                resource.relationships.map { relationship in
                    .object([
                        "resourceId": relationship.id.map(JSON.string),
                        "resourceName": relationship.name.map(JSON.string),
                        "resourceType": .string(relationship.type),
                        "relationshipName": .string(relationship.relation),
                    ])
                }),
            "configuration": resource.configuration,
            "supplementaryConfiguration": .object(resource.supplementaryConfiguration),
            "tags": .array(
                resource.tags.map { tag in
                    .object([
                        "key": .string(tag.key), "value": .string(tag.value), "tag": .string("\(tag.key)=\(tag.value)"),
                    ])
                }),
            "version": .string(Self.version), "configurationItemCaptureTime": .string(captured.iso8601()),
            "configurationStateId": .string(String(stateID)), "accountId": .string(context.account),
            "configurationItemStatus": .string(status.rawValue), "resourceType": .string(resource.type),
            "resourceId": .string(resource.id), "resourceName": resource.name.map(JSON.string),
            "arn": resource.arn.map(JSON.string),
            "awsRegion": .string(awsRegion(in: context)),
            "availabilityZone": resource.availabilityZone.map(JSON.string),
            "resourceCreationTime": (resource.created?.iso8601()).map(JSON.string),
        ])
    }

    /// IAM's resources are `global`.
    private func awsRegion(in context: ReadContext) -> String {
        resource.type.hasPrefix("AWS::IAM::") ? "global" : context.region
    }

    private var shownSupplementary: [(key: String, value: String)] {
        resource.supplementaryConfiguration.map { ($0.name, $0.value.description) }
    }
}
