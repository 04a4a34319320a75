import ConfigQuery
import JSON
import Kernel
import SQLite

/// The items that advanced queries see: the current ones of resources that are there. They are written down as the queries
/// see them when they are recorded, so that a query need not put thousands together.
enum ItemRelation {
    /// Those of one account in one Region, which the query's parameters name first.
    static let own = Relation(
        select: """
            SELECT \(columns) FROM config_current_item i WHERE i.account = ? AND i.region = ? AND \(isThere)
            """, parameterCount: 2, order: "resource_type, resource_id")

    /// Those of several accounts and Regions, which the query's first parameter names: `[["123456789012","us-east-1"]]`.
    /// Its second one is a list of the types that alone are seen; NULL for all.
    static let aggregated = Relation(
        select: """
            SELECT \(columns) FROM json_each(?) s CROSS JOIN (SELECT ? AS types) f CROSS JOIN config_current_item i
            ON i.account = s.value ->> 0 AND i.region = s.value ->> 1
            WHERE \(isThere) AND (f.types IS NULL OR i.type IN (SELECT value FROM json_each(f.types)))
            """, parameterCount: 2, order: "account_id, aws_region, resource_type, resource_id")

    private static let isThere = "i.status IN ('OK', 'ResourceDiscovered')"

    /// As in AWS, what is in the configuration of third parties' resources is not to be seen.
    private static let columns = """
        i.account AS account_id, CASE WHEN i.type LIKE 'AWS::IAM::%' THEN 'global' ELSE i.region END AS aws_region,
        i.type AS resource_type, i.id AS resource_id,
        CASE WHEN i.type LIKE 'AWS::%' THEN i.document ELSE json_set(i.document, '$.configuration', NULL) END AS document
        """
}
