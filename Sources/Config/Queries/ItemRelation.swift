import ConfigQuery
import Kernel

/// The items that advanced queries see: the current ones of resources that are there. As in AWS, what is in the
/// configuration of third parties' resources is not to be seen.
enum ItemRelation {
    /// Those of one account in one Region, which the query's parameters name first.
    static let own = Relation(
        select: """
            SELECT \(columns) FROM config_item i
            WHERE i.account = ? AND i.region = ? AND i.is_current = 1 AND i.status IN ('OK', 'ResourceDiscovered')
            """, parameterCount: 2, order: "resource_type, resource_id")

    /// Those of several accounts and Regions, which the query's first parameter names: `[["123456789012","us-east-1"]]`.
    /// Its second one is a list of the types that alone are seen; NULL for all.
    static let aggregated = Relation(
        select: """
            SELECT \(columns) FROM json_each(?) s CROSS JOIN (SELECT ? AS types) f CROSS JOIN config_item i
            ON i.account = s.value ->> 0 AND i.region = s.value ->> 1
            WHERE i.is_current = 1 AND i.status IN ('OK', 'ResourceDiscovered')
            AND (f.types IS NULL OR i.type IN (SELECT value FROM json_each(f.types)))
            """, parameterCount: 2, order: "account_id, aws_region, resource_type, resource_id")

    private static let columns = """
        i.account AS account_id, \(region) AS aws_region, i.type AS resource_type, i.id AS resource_id,
        \(document) AS document
        """

    /// IAM's resources are `global`.
    private static let region = "CASE WHEN i.type LIKE 'AWS::IAM::%' THEN 'global' ELSE i.region END"

    private static let document = """
        json_remove(json_object(
            'relationships', json((SELECT json_group_array(\(relationship)) FROM json_each(i.document, '$.relationships'))),
            'configuration', CASE WHEN i.type LIKE 'AWS::%' THEN i.document -> '$.configuration' END,
            'supplementaryConfiguration', i.document -> '$.supplementaryConfiguration',
            'tags', json((SELECT json_group_array(json_object('key', key, 'value', value, 'tag', key || '=' || value))
                FROM json_each(i.document, '$.tags'))),
            'version', '1.3', 'configurationItemCaptureTime', \(time("i.captured / 1000.0")),
            'configurationStateId', CAST(i.state_id AS TEXT), 'accountId', i.account,
            'configurationItemStatus', i.status, 'resourceType', i.type, 'resourceId', i.id, 'resourceName', i.name,
            'arn', i.arn, 'awsRegion', \(region), 'availabilityZone', i.document ->> '$.availabilityZone',
            'resourceCreationTime', \(time("i.document ->> '$.created'"))),
            \(path("resourceName", without: "i.name")), \(path("arn", without: "i.arn")),
            \(path("availabilityZone", without: "i.document ->> '$.availabilityZone'")),
            \(path("resourceCreationTime", without: "i.document ->> '$.created'")))
        """

    private static let relationship = """
        json_remove(json_object('resourceId', value ->> '$.id', 'resourceName', value ->> '$.name',
            'resourceType', value ->> '$.type', 'relationshipName', value ->> '$.relation'),
            \(path("resourceId", without: "value ->> '$.id'")), \(path("resourceName", without: "value ->> '$.name'")))
        """

    private static func time(_ seconds: String) -> String {
        "strftime('%Y-%m-%dT%H:%M:%fZ', \(seconds), 'unixepoch')"
    }

    /// The path of a member that is to be removed where it has no value; else one that leads nowhere.
    private static func path(_ name: String, without value: String) -> String {
        "CASE WHEN \(value) IS NULL THEN '$.\(name)' ELSE '$.none' END"
    }
}
