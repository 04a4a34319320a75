import JSON
import Kernel
import Model
import SQLite

/// A conformance pack: its row.
struct StoredPack {
    let name: String
    /// `conformance-pack-` and nine characters: the end of its ARN and, behind a dash, of the names of its rules.
    let id: String
    var state = State.creating
    /// Why it could not be made.
    var reason: String?
    /// The end of its stack's ARN.
    let stack: String
    var requested: Timestamp
    var completed: Timestamp?
    /// Members of DescribeConformancePacks that were given.
    var settings: JSON
    /// What the template asks for.
    var wanted: PackResources
    /// The names of the rules that are there.
    var rules: [String] = []

    enum State: String {
        /// Of an update, too.
        case creating = "CREATE_IN_PROGRESS"
        case complete = "CREATE_COMPLETE"
        case failed = "CREATE_FAILED"
        case deleting = "DELETE_IN_PROGRESS"
    }

    /// By whom its rules are made.
    static let principal = "config-conforms.amazonaws.com"

    var isInProgress: Bool { state == .creating || state == .deleting }

    func arn(in context: ReadContext) -> ARN { context.arn("conformance-pack/\(name)/\(id)") }

    /// The name that a rule of the template has in the account.
    func ruleName(_ name: String) -> String { "\(name)-\(id)" }

    /// As DescribeConformancePacks shows it.
    func shown(in context: ReadContext) -> ConformancePackDetail {
        var json = settings.object ?? JSONObject()
        json["ConformancePackName"] = .string(name)
        json["ConformancePackArn"] = .string(arn(in: context).description)
        json["ConformancePackId"] = .string(id)
        json["LastUpdateRequestedTime"] = requested.json
        return ConformancePackDetail(json: .object(json))
    }

    /// As DescribeConformancePackStatus shows it.
    func shownStatus(in context: ReadContext) -> ConformancePackStatusDetail {
        let stack = ARN(
            service: "cloudformation", region: context.region, account: context.account,
            resource: "stack/\(Self.stackName(name, id))/\(stack)")
        return ConformancePackStatusDetail(
            json: .object([
                "ConformancePackName": .string(name), "ConformancePackId": .string(id),
                "ConformancePackArn": .string(arn(in: context).description),
                "ConformancePackState": .string(state.rawValue), "StackArn": .string(stack.description),
                "ConformancePackStatusReason": reason.map(JSON.string), "LastUpdateRequestedTime": requested.json,
                "LastUpdateCompletedTime": completed?.json,
            ]))
    }

    static func stackName(_ name: String, _ id: String) -> String { "awsconfigconforms-\(name)-\(id)" }

    // MARK: Reading

    static func find(_ name: String, in context: ReadContext) throws -> StoredPack? {
        try context.database.first(
            """
            SELECT name, id, state, reason, stack, requested, completed, settings, wanted, rules FROM config_pack
            WHERE account = ? AND region = ? AND name = ?
            """, context.account, context.region, name
        ) { try StoredPack($0) }
    }

    static func find(id: String, in context: ReadContext) throws -> StoredPack? {
        try context.database.first(
            """
            SELECT name, id, state, reason, stack, requested, completed, settings, wanted, rules FROM config_pack
            WHERE account = ? AND region = ? AND id = ?
            """, context.account, context.region, id
        ) { try StoredPack($0) }
    }

    /// The packs behind a name, by name.
    static func list(after name: String = "", in context: ReadContext) throws -> [StoredPack] {
        var packs: [StoredPack] = []
        try context.database.query(
            """
            SELECT name, id, state, reason, stack, requested, completed, settings, wanted, rules FROM config_pack
            WHERE account = ? AND region = ? AND name > ? ORDER BY name
            """, context.account, context.region, name
        ) { packs.append(try StoredPack($0)) }
        return packs
    }

    // MARK: Writing

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_pack
                (account, region, name, id, state, reason, stack, requested, completed, settings, wanted, rules)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, name, id, state.rawValue, reason, stack, requested.milliseconds,
            completed?.milliseconds, settings.description, wanted.json.description,
            JSON.array(rules.map(JSON.string)).description)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM config_pack WHERE account = ? AND region = ? AND name = ?", context.account, context.region,
            name)
        try context.removeTags(of: arn(in: context))
    }
}

extension StoredPack {
    /// Reads the columns in the order of `find`.
    fileprivate init(_ row: Row) throws {
        self.init(
            name: row.text(0), id: row.text(1), state: State(rawValue: row.text(2)) ?? .complete,
            reason: row.optionalText(3), stack: row.text(4), requested: Timestamp(milliseconds: row.int64(5)),
            completed: row.optionalInt64(6).map(Timestamp.init(milliseconds:)),
            settings: try JSON(parsing: row.text(7)), wanted: PackResources(json: try JSON(parsing: row.text(8))),
            rules: try JSON(parsing: row.text(9)).array?.compactMap(\.string) ?? [])
    }
}

extension AWSError {
    /// The model's own words; AWS's text is not known.
    static let noSuchPack = AWSError(
        "NoSuchConformancePackException", "You specified one or more conformance packs that do not exist.")
}
