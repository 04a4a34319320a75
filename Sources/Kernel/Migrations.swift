import SQLite

/// The forward-only steps from `Schema/sql`, in order; the file's `user_version` counts those that it has.
enum Migrations {
    static let all: [StaticString] = [
        EmbeddedSchema._0001Kernel,
        EmbeddedSchema._0002Ssm,
        EmbeddedSchema._0003Clock,
        EmbeddedSchema._0004Sqs,
        EmbeddedSchema._0005Deliveries,
        EmbeddedSchema._0006Sns,
        EmbeddedSchema._0007Events,
        EmbeddedSchema._0008Scheduler,
        EmbeddedSchema._0009EventsConnections,
        EmbeddedSchema._0010EventsArchives,
        EmbeddedSchema._0011Pipes,
        EmbeddedSchema._0012Config,
        EmbeddedSchema._0013ConfigRules,
        EmbeddedSchema._0014ConfigPacks,
        EmbeddedSchema._0015SsmAutomation,
    ]

    static func apply(to database: Connection, file: String) throws {
        var version = 0
        try database.query("PRAGMA user_version") { version = $0.int(0) }
        guard version <= all.count else {
            throw StoreError("\(file) was written by a newer windtunnel; it was left as it is")
        }
        guard version < all.count else { return }
        // In one transaction: a commit for each would be what a start takes longest for.
        let missing = all.dropFirst(version).map { "\($0)" }.joined(separator: "\n")
        try database.execute("BEGIN IMMEDIATE;\n\(missing)\nPRAGMA user_version = \(all.count);\nCOMMIT;")
    }
}
