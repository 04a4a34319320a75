import ConfigQuery
import JSON
import Kernel
import SQLite

/// The items that advanced queries see: the current ones of resources that are there, written down as the queries see them
/// when they are recorded, so that a query need not put thousands together.
enum ItemRelation {
    /// Those of one account in one Region, which the query's parameters name first.
    static let own = Relation(
        select: """
            SELECT \(columns) FROM config_queried_item i WHERE i.account = ? AND i.region = ?
            """, parameterCount: 2, order: "resource_type, resource_id")

    /// Those of several accounts and Regions, which the query's first parameter names: `[["123456789012","us-east-1"]]`.
    /// Its second one is a list of the types that alone are seen; NULL for all.
    static let aggregated = Relation(
        select: """
            SELECT \(columns) FROM json_each(?) s CROSS JOIN (SELECT ? AS types) f CROSS JOIN config_queried_item i
            ON i.account = s.value ->> 0 AND i.region = s.value ->> 1
            WHERE f.types IS NULL OR i.type IN (SELECT value FROM json_each(f.types))
            """, parameterCount: 2, order: "account_id, aws_region, resource_type, resource_id")

    private static let columns = """
        i.account AS account_id, CASE WHEN i.type LIKE 'AWS::IAM::%' THEN 'global' ELSE i.region END AS aws_region,
        i.type AS resource_type, i.id AS resource_id, i.document AS document
        """

    /// Writes down what queries see of a resource's current item, if anything.
    static func keep(_ item: StoredItem, in context: WriteContext) throws {
        guard item.status == .ok || item.status == .resourceDiscovered else {
            try context.database.run(
                "DELETE FROM config_queried_item WHERE account = ? AND region = ? AND type = ? AND id = ?",
                context.account, context.region, item.resource.type, item.resource.id)
            return
        }
        try context.database.run(
            "INSERT OR REPLACE INTO config_queried_item (account, region, type, id, document) VALUES (?, ?, ?, ?, ?)",
            context.account, context.region, item.resource.type, item.resource.id,
            document(item, in: context).description)
    }

    /// As in AWS, what is in the configuration of third parties' resources is not to be seen.
    private static func document(_ item: StoredItem, in context: WriteContext) -> JSON {
        let resource = item.resource
        return .object([
            "relationships": .array(
                resource.relationships.map { relationship in
                    .object([
                        "resourceId": relationship.id.map(JSON.string),
                        "resourceName": relationship.name.map(JSON.string),
                        "resourceType": .string(relationship.type),
                        "relationshipName": .string(relationship.relation),
                    ])
                }),
            "configuration": resource.type.hasPrefix("AWS::") ? resource.configuration : .null,
            "supplementaryConfiguration": .object(resource.supplementaryConfiguration),
            "tags": .array(
                resource.tags.map { tag in
                    .object([
                        "key": .string(tag.key), "value": .string(tag.value), "tag": .string("\(tag.key)=\(tag.value)"),
                    ])
                }),
            "version": "1.3", "configurationItemCaptureTime": .string(item.captured.iso8601()),
            "configurationStateId": .string(String(item.stateID)), "accountId": .string(context.account),
            "configurationItemStatus": .string(item.status.rawValue), "resourceType": .string(resource.type),
            "resourceId": .string(resource.id), "resourceName": resource.name.map(JSON.string),
            "arn": resource.arn.map(JSON.string),
            "awsRegion": .string(resource.type.hasPrefix("AWS::IAM::") ? "global" : context.region),
            "availabilityZone": resource.availabilityZone.map(JSON.string),
            "resourceCreationTime": (resource.created?.iso8601()).map(JSON.string),
        ])
    }
}
