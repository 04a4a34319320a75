import JSON
import Kernel
import Model
import SQLite

/// That another account may aggregate in one of its Regions what this one has here: its row.
struct StoredAuthorization {
    let authorized: AggregatedPlace
    let created: Timestamp

    func arn(in context: ReadContext) -> ARN {
        context.arn("aggregation-authorization/\(authorized.account)/\(authorized.region)")
    }

    func shown(in context: ReadContext) -> AggregationAuthorization {
        AggregationAuthorization(
            json: .object([
                "AggregationAuthorizationArn": .string(arn(in: context).description),
                "AuthorizedAccountId": .string(authorized.account),
                "AuthorizedAwsRegion": .string(authorized.region), "CreationTime": created.json,
            ]))
    }

    /// All that the account gave in the Region.
    static func list(in context: ReadContext) throws -> [StoredAuthorization] {
        var found: [StoredAuthorization] = []
        try context.database.query(
            """
            SELECT authorized_account, authorized_region, created FROM config_authorization
            WHERE account = ? AND region = ? ORDER BY authorized_account, authorized_region
            """, context.account, context.region
        ) { row in
            found.append(
                StoredAuthorization(
                    authorized: AggregatedPlace(account: row.text(0), region: row.text(1)),
                    created: Timestamp(milliseconds: row.int64(2))))
        }
        return found
    }

    static func isThere(in place: AggregatedPlace, for owner: AggregatedPlace, _ context: ReadContext) throws -> Bool {
        try context.database.first(
            """
            SELECT 1 FROM config_authorization
            WHERE account = ? AND region = ? AND authorized_account = ? AND authorized_region = ?
            """, place.account, place.region, owner.account, owner.region
        ) { _ in true } ?? false
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_authorization
                (account, region, authorized_account, authorized_region, created) VALUES (?, ?, ?, ?, ?)
            """, context.account, context.region, authorized.account, authorized.region, created.milliseconds)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            """
            DELETE FROM config_authorization
            WHERE account = ? AND region = ? AND authorized_account = ? AND authorized_region = ?
            """, context.account, context.region, authorized.account, authorized.region)
        try context.removeTags(of: arn(in: context))
    }
}
