import JSON
import Kernel
import Model
import SQLite

/// A rule or a conformance pack that an organization has all its accounts keep: its row.
///
/// AWS Organizations is not served: to every account, the organization is all accounts of the store that have a recorder
/// in its Region, and itself, and every account may speak for it. An account joins when it gets its recorder.
struct OrganizationResource {
    enum Kind: String {
        case rule, pack
    }

    /// As who the service acts in the accounts.
    static let principal = "config-multiaccountsetup.amazonaws.com"

    let kind: Kind
    let name: String
    /// Eight characters: the end of its ARN and of the names that it has in the accounts.
    let id: String
    /// `CREATE_IN_PROGRESS`, `UPDATE_SUCCESSFUL`, …
    var status: String
    var updated: Timestamp
    /// The input of the operation that put it.
    var settings: JSON

    var isInProgress: Bool { status.hasSuffix("_IN_PROGRESS") }
    /// `CREATE`, `UPDATE` or `DELETE`.
    var action: String { String(status.prefix(6)) }

    func arn(in context: ReadContext) -> ARN {
        context.arn("organization-\(kind == .rule ? "config-rule" : "conformance-pack")/\(name)-\(id)")
    }

    /// What it is called in the accounts.
    var memberName: String { "\(kind == .rule ? "OrgConfigRule" : "OrgConformsPack")-\(name)-\(id)" }

    var excluded: Set<String> { Set((settings["ExcludedAccounts"]?.array ?? []).compactMap(\.string)) }

    /// The accounts that are to keep it.
    func accounts(in context: ReadContext) throws -> [String] {
        let recorded = try AggregatedPlace.recorded(in: context).filter { $0.region == context.region }.map(\.account)
        return Set(recorded + [context.account]).subtracting(excluded).sorted()
    }

    // MARK: Rows

    static func find(_ kind: Kind, _ name: String, in context: ReadContext) throws -> OrganizationResource? {
        try context.database.first(
            """
            SELECT kind, name, id, status, updated, settings FROM config_organization_resource
            WHERE account = ? AND region = ? AND kind = ? AND name = ?
            """, context.account, context.region, kind.rawValue, name
        ) { try OrganizationResource($0) }
    }

    /// All of a kind, by name.
    static func list(_ kind: Kind, in context: ReadContext) throws -> [OrganizationResource] {
        var found: [OrganizationResource] = []
        try context.database.query(
            """
            SELECT kind, name, id, status, updated, settings FROM config_organization_resource
            WHERE account = ? AND region = ? AND kind = ? ORDER BY name
            """, context.account, context.region, kind.rawValue
        ) { found.append(try OrganizationResource($0)) }
        return found
    }

    /// Those of all accounts in the Region, each with the account whose it is.
    static func everywhere(in context: ReadContext) throws -> [(owner: String, resource: OrganizationResource)] {
        var found: [(owner: String, resource: OrganizationResource)] = []
        try context.database.query(
            """
            SELECT kind, name, id, status, updated, settings, account FROM config_organization_resource
            WHERE region = ? ORDER BY account, kind, name
            """, context.region
        ) { found.append(($0.text(6), try OrganizationResource($0))) }
        return found
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_organization_resource
                (account, region, kind, name, id, status, updated, settings) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, kind.rawValue, name, id, status, updated.milliseconds,
            settings.description)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM config_organization_member WHERE account = ? AND region = ? AND kind = ? AND name = ?",
            context.account, context.region, kind.rawValue, name)
        try context.database.run(
            "DELETE FROM config_organization_resource WHERE account = ? AND region = ? AND kind = ? AND name = ?",
            context.account, context.region, kind.rawValue, name)
    }
}

extension OrganizationResource {
    /// Reads the columns in the order of `find`.
    fileprivate init(_ row: Row) throws {
        self.init(
            kind: Kind(rawValue: row.text(0)) ?? .rule, name: row.text(1), id: row.text(2), status: row.text(3),
            updated: Timestamp(milliseconds: row.int64(4)), settings: try JSON(parsing: row.text(5)))
    }
}

/// What became of a rule or a pack of an organization in one of its accounts: its row.
struct OrganizationMember {
    let account: String
    let status: String
    var errorCode: String?
    var errorMessage: String?
    let updated: Timestamp

    /// Those of a resource, by account.
    static func list(of resource: OrganizationResource, in context: ReadContext) throws -> [OrganizationMember] {
        var found: [OrganizationMember] = []
        try context.database.query(
            """
            SELECT member, status, error_code, error_message, updated FROM config_organization_member
            WHERE account = ? AND region = ? AND kind = ? AND name = ? ORDER BY member
            """, context.account, context.region, resource.kind.rawValue, resource.name
        ) { row in
            found.append(
                OrganizationMember(
                    account: row.text(0), status: row.text(1), errorCode: row.optionalText(2),
                    errorMessage: row.optionalText(3), updated: Timestamp(milliseconds: row.int64(4))))
        }
        return found
    }

    func save(of resource: OrganizationResource, in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_organization_member
                (account, region, kind, name, member, status, error_code, error_message, updated)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, resource.kind.rawValue, resource.name, account, status, errorCode,
            errorMessage, updated.milliseconds)
    }

    func delete(of resource: OrganizationResource, in context: WriteContext) throws {
        try context.database.run(
            """
            DELETE FROM config_organization_member
            WHERE account = ? AND region = ? AND kind = ? AND name = ? AND member = ?
            """, context.account, context.region, resource.kind.rawValue, resource.name, account)
    }
}
