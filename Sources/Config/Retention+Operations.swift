import JSON
import Kernel
import Model
import SQLite

/// How long items are kept. An account has one such setting in a Region at most.
enum Retention {
    static let jobKind = "config.retention"
    static let name = "default"
    /// What AWS keeps without a setting. Source: the developer guide's page "Deleting AWS Config Data".
    private static let standardDays = 2557
    private static let daySeconds = 86_400
    private static let itemsAtATime = 1000

    /// Nil where it was never set.
    static func days(in context: ReadContext) throws -> Int? {
        try context.database.first(
            "SELECT days FROM config_retention WHERE account = ? AND region = ? AND name = ?", context.account,
            context.region, name
        ) { $0.int(0) }
    }

    /// Items from before cannot be read any more.
    static func start(in context: ReadContext) throws -> Timestamp {
        context.now.adding(seconds: -(try days(in: context) ?? standardDays) * daySeconds)
    }

    /// Has old items deleted, once a day as long as the period is limited.
    static func schedule(in context: WriteContext) throws {
        try context.schedule(jobKind, subject: "", due: context.now, detail: [:])
    }

    /// The current item of a resource is kept, however old.
    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        let count = try context.database.run(
            """
            DELETE FROM config_past_item WHERE rowid IN (
                SELECT p.rowid FROM config_past_item p INDEXED BY config_past_item_captured
                CROSS JOIN config_current_item c ON c.resource = p.resource
                WHERE c.account = ? AND c.region = ? AND p.captured < ? LIMIT ?)
            """, context.account, context.region, try start(in: context).milliseconds, itemsAtATime)
        let isDone = count < itemsAtATime
        if isDone, try days(in: context) == nil { return }
        try context.schedule(
            jobKind, subject: "", due: context.now.adding(seconds: isDone ? daySeconds : 0), detail: [:])
    }
}

extension Config {
    @Sendable static func putRetentionConfiguration(_ input: PutRetentionConfigurationRequest, in context: WriteContext)
        throws -> PutRetentionConfigurationResponse
    {
        context.access("config:PutRetentionConfiguration", on: "*")
        try context.database.run(
            "INSERT OR REPLACE INTO config_retention (account, region, name, days) VALUES (?, ?, ?, ?)",
            context.account, context.region, Retention.name, input.retentionPeriodInDays)
        try context.note(
            "changed", "retention configuration \(Retention.name)", detail: ["operation": "PutRetentionConfiguration"])
        try Retention.schedule(in: context)
        return PutRetentionConfigurationResponse(
            retentionConfiguration: RetentionConfiguration(
                name: Retention.name, retentionPeriodInDays: input.retentionPeriodInDays))
    }

    @Sendable static func describeRetentionConfigurations(
        _ input: DescribeRetentionConfigurationsRequest, in context: ReadContext
    ) throws -> DescribeRetentionConfigurationsResponse {
        context.access("config:DescribeRetentionConfigurations", on: "*")
        if input.nextToken != nil { throw AWSError.invalidNextToken }
        let days = try Retention.days(in: context)
        for name in input.retentionConfigurationNames ?? [] where name != Retention.name || days == nil {
            throw AWSError.noSuchRetention(name)
        }
        return DescribeRetentionConfigurationsResponse(
            retentionConfigurations: days.map {
                [RetentionConfiguration(name: Retention.name, retentionPeriodInDays: $0)]
            }
                ?? [])
    }

    @Sendable static func deleteRetentionConfiguration(
        _ input: DeleteRetentionConfigurationRequest, in context: WriteContext
    ) throws {
        context.access("config:DeleteRetentionConfiguration", on: "*")
        let count = try context.database.run(
            "DELETE FROM config_retention WHERE account = ? AND region = ? AND name = ?", context.account,
            context.region, input.retentionConfigurationName)
        guard count > 0 else { throw AWSError.noSuchRetention(input.retentionConfigurationName) }
        try context.note(
            "deleted", "retention configuration \(Retention.name)",
            detail: ["operation": "DeleteRetentionConfiguration"])
    }
}

extension AWSError {
    fileprivate static func noSuchRetention(_ name: String) -> AWSError {
        AWSError(
            "NoSuchRetentionConfigurationException",
            "Cannot find retention configuration with the specified name '\(name)'.")
    }
}
