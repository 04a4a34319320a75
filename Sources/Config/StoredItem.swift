import JSON
import Kernel
import Model
import SQLite

/// A configuration item: what a resource was at a moment, and its row.
///
/// ```swift
/// let item = try StoredItem.current("AWS::SNS::Topic", arn, in: context)
/// item?.resource.configuration["KmsMasterKeyId"]?.string
/// ```
struct StoredItem {
    var resource: ConfiguredResource
    let status: ConfigurationItemStatus
    let captured: Timestamp
    /// The capture time in milliseconds, or a little more where an earlier item has the same; items are in this order.
    let stateID: Int64
    /// Of a resource that is recorded once a day: when that was.
    var delivered: Timestamp?
    /// Whether it came from a file: there is no resource here that it could be compared with.
    var isImported = false

    /// Whether there is no such resource any more.
    var isDeleted: Bool { status == .resourceDeleted || status == .resourceDeletedNotRecorded }
    /// Whether rules and queries see the resource.
    var isRecorded: Bool { status == .ok || status == .resourceDiscovered }

    // MARK: The current items

    /// The latest item of a resource, be it deleted or not.
    static func current(_ type: String, _ id: String, in context: ReadContext) throws -> StoredItem? {
        try context.database.first(
            """
            SELECT type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document
            FROM config_current_item
            WHERE account = ? AND region = ? AND type = ? AND id = ?
            """, context.account, context.region, type, id
        ) { try StoredItem($0) }
    }

    /// The latest item of the resource with an ARN. SQLite would read all of the account's, did it choose the index itself.
    static func current(arn: String, in context: ReadContext) throws -> StoredItem? {
        try context.database.first(
            """
            SELECT type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document
            FROM config_current_item INDEXED BY config_current_item_arn
            WHERE account = ? AND region = ? AND arn = ?
            """, context.account, context.region, arn
        ) { try StoredItem($0) }
    }

    /// The latest item by the id that a client gives, who may call the server by another name in the URL of a queue than it
    /// had when the queue was discovered.
    static func sought(_ type: String, _ id: String, in context: ReadContext) throws -> StoredItem? {
        if let item = try current(type, id, in: context) { return item }
        let path = id.split(separator: "/").suffix(2).map(String.init)
        guard type == "AWS::SQS::Queue", id.hasPrefix("http"), path.count == 2 else { return nil }
        let arn = ARN(service: "sqs", region: context.region, account: path[0], resource: path[1])
        return try current(arn: arn.description, in: context)
    }

    /// The latest items of the resources with an id or a name, of whatever type.
    static func current(named name: String, in context: ReadContext) throws -> [StoredItem] {
        var items: [StoredItem] = []
        try context.database.query(
            """
            SELECT type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document
            FROM config_current_item
            WHERE account = ? AND region = ? AND (id = ?3 OR name = ?3) ORDER BY type, id
            """, context.account, context.region, name
        ) { items.append(try StoredItem($0)) }
        return items
    }

    /// The latest items of the resources of a type behind an id, by id; those of deleted resources too.
    static func current(_ type: String, after id: String, limit: Int, in context: ReadContext) throws -> [StoredItem] {
        var items: [StoredItem] = []
        try context.database.query(
            """
            SELECT type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document
            FROM config_current_item
            WHERE account = ? AND region = ? AND type = ? AND id > ? ORDER BY id LIMIT ?
            """, context.account, context.region, type, id, limit
        ) { items.append(try StoredItem($0)) }
        return items
    }

    /// The latest items of all types behind a type and an id, by both.
    static func current(after type: String, _ id: String, limit: Int, in context: ReadContext) throws -> [StoredItem] {
        var items: [StoredItem] = []
        try context.database.query(
            """
            SELECT type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document
            FROM config_current_item
            WHERE account = ? AND region = ? AND (type, id) > (?, ?) ORDER BY type, id LIMIT ?
            """, context.account, context.region, type, id, limit
        ) { items.append(try StoredItem($0)) }
        return items
    }

    /// How many resources of each type are recorded, by type.
    static func counts(in context: ReadContext) throws -> [(type: String, count: Int)] {
        var counts: [(type: String, count: Int)] = []
        try context.database.query(
            """
            SELECT type, count(*) FROM config_current_item WHERE account = ? AND region = ?
            AND status IN ('OK', 'ResourceDiscovered') GROUP BY type ORDER BY type
            """, context.account, context.region
        ) { counts.append(($0.text(0), $0.int(1))) }
        return counts
    }

    /// How many resources of third parties are recorded.
    static func thirdPartyCount(in context: ReadContext) throws -> Int {
        try context.database.first(
            """
            SELECT count(*) FROM config_current_item WHERE account = ? AND region = ?
            AND (type < 'AWS::' OR type >= 'AWS:;') AND status IN ('OK', 'ResourceDiscovered')
            """, context.account, context.region
        ) { $0.int(0) } ?? 0
    }

    // MARK: History

    /// The items of a resource with capture times in a range, both ends included, that stand behind a state id.
    static func history(
        _ type: String, _ id: String, from earliest: Timestamp, to latest: Timestamp, isForward: Bool,
        after state: Int64?, limit: Int, in context: ReadContext
    ) throws -> [StoredItem] {
        var items: [StoredItem] = []
        let append = { (row: Row) in items.append(try StoredItem(row)) }
        if isForward {
            try context.database.query(
                """
                SELECT type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document
                FROM config_item
                WHERE account = ? AND region = ? AND type = ? AND id = ? AND captured BETWEEN ? AND ?
                AND state_id > ? ORDER BY state_id LIMIT ?
                """, context.account, context.region, type, id, earliest.milliseconds, latest.milliseconds,
                state ?? .min, limit, each: append)
        } else {
            try context.database.query(
                """
                SELECT type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document
                FROM config_item
                WHERE account = ? AND region = ? AND type = ? AND id = ? AND captured BETWEEN ? AND ?
                AND state_id < ? ORDER BY state_id DESC LIMIT ?
                """, context.account, context.region, type, id, earliest.milliseconds, latest.milliseconds,
                state ?? .max, limit, each: append)
        }
        return items
    }

    /// The types with items that were captured behind a moment.
    static func typesCaptured(since moment: Timestamp, in context: ReadContext) throws -> [String] {
        var types: [String] = []
        try context.database.query(
            """
            SELECT type FROM config_current_item INDEXED BY config_current_item_captured
            WHERE account = ?1 AND region = ?2 AND captured > ?3
            UNION
            SELECT c.type FROM config_past_item p INDEXED BY config_past_item_captured
            CROSS JOIN config_current_item c ON c.resource = p.resource
            WHERE c.account = ?1 AND c.region = ?2 AND p.captured > ?3
            ORDER BY type
            """, context.account, context.region, moment.milliseconds
        ) { types.append($0.text(0)) }
        return types
    }

    /// The items of a type that were captured behind a moment, by resource and time.
    static func captured(
        _ type: String, since moment: Timestamp, after position: (id: String, state: Int64)?, limit: Int,
        in context: ReadContext
    ) throws -> [StoredItem] {
        var items: [StoredItem] = []
        try context.database.query(
            """
            SELECT type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document
            FROM config_item
            WHERE account = ? AND region = ? AND type = ? AND captured > ? AND (id, state_id) > (?, ?)
            ORDER BY id, state_id LIMIT ?
            """, context.account, context.region, type, moment.milliseconds, position?.id ?? "",
            position?.state ?? .min, limit
        ) { items.append(try StoredItem($0)) }
        return items
    }

    // MARK: Writing

    /// Writes an item as the resource's current one; the one that was goes into the past.
    func save(after current: StoredItem?, in context: WriteContext) throws {
        guard let current else { return try keepAsCurrent(in: context) }
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_past_item
            SELECT resource, state_id, captured, status, name, arn, created, delivered, is_imported, document
            FROM config_current_item WHERE account = ? AND region = ? AND type = ? AND id = ?
            """, context.account, context.region, resource.type, resource.id)
        guard current.resource.arn == resource.arn else { return try keepAsCurrent(in: context) }
        // An index is touched where a column of it is named: that of the ARNs need not be.
        try context.database.run(
            """
            UPDATE config_current_item SET state_id = ?5, captured = ?6, status = ?7, name = ?8, created = ?9,
                delivered = ?10, is_imported = ?11, document = ?12
            WHERE account = ?1 AND region = ?2 AND type = ?3 AND id = ?4
            """, context.account, context.region, resource.type, resource.id, stateID, captured.milliseconds,
            status.rawValue, resource.name, resource.created?.milliseconds, delivered?.milliseconds, isImported,
            document(in: context).description)
    }

    /// Writes an item that may be one of the past.
    func insert(before current: StoredItem?, in context: WriteContext) throws {
        guard let current, current.stateID >= stateID else { return try save(after: current, in: context) }
        guard current.stateID > stateID else { return try keepAsCurrent(in: context) }
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_past_item
                (resource, state_id, captured, status, name, arn, created, delivered, is_imported, document)
            SELECT resource, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
            FROM config_current_item WHERE account = ?1 AND region = ?2 AND type = ?3 AND id = ?4
            """, context.account, context.region, resource.type, resource.id, stateID, captured.milliseconds,
            status.rawValue, resource.name, resource.arn, resource.created?.milliseconds, delivered?.milliseconds,
            isImported, document(in: context).description)
    }

    private func keepAsCurrent(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT INTO config_current_item
                (account, region, type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            ON CONFLICT (account, region, type, id) DO UPDATE SET state_id = ?5, captured = ?6, status = ?7, name = ?8,
                arn = ?9, created = ?10, delivered = ?11, is_imported = ?12, document = ?13
            """, context.account, context.region, resource.type, resource.id, stateID, captured.milliseconds,
            status.rawValue, resource.name, resource.arn, resource.created?.milliseconds, delivered?.milliseconds,
            isImported, document(in: context).description)
    }
}

extension StoredItem {
    /// Reads the columns in the order of `current`.
    fileprivate init(_ row: Row) throws {
        let document = try JSON(parsing: row.text(10))
        resource = ConfiguredResource(
            type: row.text(0), id: row.text(1), name: row.optionalText(5), arn: row.optionalText(6),
            availabilityZone: document["availabilityZone"]?.string,
            created: row.optionalInt64(7).map(Timestamp.init(milliseconds:)),
            configuration: document["configuration"] ?? .null,
            supplementaryConfiguration: document["supplementaryConfiguration"]?.object ?? JSONObject(),
            tags: (document["tags"]?.array ?? []).map {
                .init(key: $0["key"]?.string ?? "", value: $0["value"]?.string ?? "")
            },
            relationships: (document["relationships"]?.array ?? []).map {
                ConfiguredResource.Relationship(
                    type: $0["resourceType"]?.string ?? "", id: $0["resourceId"]?.string,
                    name: $0["resourceName"]?.string, relation: $0["relationshipName"]?.string ?? "")
            })
        stateID = row.int64(2)
        captured = Timestamp(milliseconds: row.int64(3))
        status = ConfigurationItemStatus(rawValue: row.text(4)) ?? .ok
        delivered = row.optionalInt64(8).map(Timestamp.init(milliseconds:))
        isImported = row.bool(9)
    }
}
