import JSON
import Kernel
import Model

/// Archives of event buses.
///
/// Source: the user guide's page "Archiving and replaying events in Amazon EventBridge".
extension Events {
    @Sendable static func createArchive(_ input: CreateArchiveRequest, in context: WriteContext) throws
        -> CreateArchiveResponse
    {
        context.access("events:CreateArchive", on: StoredArchive.arn(input.archiveName, in: context).description)
        let source = try archiveSource(input.eventSourceArn, in: context)
        guard try StoredBus.find(source, in: context) != nil else {
            throw AWSError.busNotFound(StoredBus.name(of: source))
        }
        var archive = StoredArchive(
            bus: source, name: input.archiveName, incarnation: context.random.uuid(),
            created: context.now.wholeSeconds)
        archive.description = given(input.description)
        archive.pattern = try archivePattern(input.eventPattern)
        archive.retentionDays = retentionDays(input.retentionDays)
        archive.kmsKey = given(input.kmsKeyIdentifier)
        guard
            try StoredArchive.find(archive.name, account: context.account, region: context.region, in: context) == nil
        else { throw AWSError.alreadyExists("Archive \(archive.name) already exists.") }
        try archive.save(in: context)
        try ArchiveRule.save(for: archive, in: context)
        try context.record(.created, archive.arn, operation: "CreateArchive")
        try noteUnenforcedKey(of: archive, in: context)
        return CreateArchiveResponse(
            archiveArn: archive.arn.description, state: archive.state, creationTime: archive.created)
    }

    @Sendable static func updateArchive(_ input: UpdateArchiveRequest, in context: WriteContext) throws
        -> UpdateArchiveResponse
    {
        context.access("events:UpdateArchive", on: StoredArchive.arn(input.archiveName, in: context).description)
        guard
            input.eventPattern != nil || input.retentionDays != nil || input.description != nil
                || input.kmsKeyIdentifier != nil
        else {
            throw AWSError.validation(
                "At least one of EventPattern, RetentionDays or Description must be provided.")
        }
        var archive = try StoredArchive.required(input.archiveName, in: context)
        // An empty text takes a setting away.
        if input.description != nil { archive.description = given(input.description) }
        if input.eventPattern != nil { archive.pattern = try archivePattern(input.eventPattern) }
        if input.retentionDays != nil { archive.retentionDays = retentionDays(input.retentionDays) }
        if input.kmsKeyIdentifier != nil { archive.kmsKey = given(input.kmsKeyIdentifier) }
        guard try StoredBus.find(archive.bus, in: context) != nil else {
            throw AWSError.notFound("Archive \(archive.name) managed rule does not exist.")
        }
        // Whatever is updated, a rule that was taken away by force comes back (recorded behaviour).
        archive.state = .enabled
        archive.stateReason = nil
        try archive.save(in: context)
        try ArchiveRule.save(for: archive, in: context)
        try context.record(.changed, archive.arn, operation: "UpdateArchive")
        try noteUnenforcedKey(of: archive, in: context)
        return UpdateArchiveResponse(
            archiveArn: archive.arn.description, state: archive.state, creationTime: archive.created)
    }

    @Sendable static func describeArchive(_ input: DescribeArchiveRequest, in context: ReadContext) throws
        -> DescribeArchiveResponse
    {
        context.access("events:DescribeArchive", on: StoredArchive.arn(input.archiveName, in: context).description)
        let archive = try StoredArchive.required(input.archiveName, in: context)
        let statistics = try ArchivedEvents.statistics(of: archive, in: context)
        return DescribeArchiveResponse(
            archiveArn: archive.arn.description, archiveName: archive.name,
            eventSourceArn: archive.bus.description, description: archive.description, eventPattern: archive.pattern,
            state: archive.state, stateReason: archive.stateReason, kmsKeyIdentifier: archive.kmsKey,
            retentionDays: archive.retentionDays, sizeBytes: statistics.bytes, eventCount: statistics.count,
            creationTime: archive.created)
    }

    @Sendable static func listArchives(_ input: ListArchivesRequest, in context: ReadContext) throws
        -> ListArchivesResponse
    {
        context.access("events:ListArchives", on: "*")
        let list = try FilteredList(
            "ListArchives", prefix: input.namePrefix, source: input.eventSourceArn, state: input.state?.rawValue,
            token: input.nextToken, limit: input.limit, in: context)
        if let source = input.eventSourceArn { _ = try StoredBus.required(source, in: context) }
        let (archives, next) = list.page(
            of: try StoredArchive.list(list, in: context), name: \.name, in: context)
        return ListArchivesResponse(
            archives: try archives.map { archive in
                let statistics = try ArchivedEvents.statistics(of: archive, in: context)
                return Archive(
                    archiveName: archive.name, eventSourceArn: archive.bus.description, state: archive.state,
                    stateReason: archive.stateReason, retentionDays: archive.retentionDays,
                    sizeBytes: statistics.bytes, eventCount: statistics.count, creationTime: archive.created)
            }, nextToken: next)
    }

    @Sendable static func deleteArchive(_ input: DeleteArchiveRequest, in context: WriteContext) throws
        -> DeleteArchiveResponse
    {
        context.access("events:DeleteArchive", on: StoredArchive.arn(input.archiveName, in: context).description)
        let archive = try StoredArchive.required(input.archiveName, in: context)
        try ArchiveRule.delete(of: archive, in: context)
        try archive.delete(in: context)
        try context.record(.deleted, archive.arn, operation: "DeleteArchive")
        return DeleteArchiveResponse()
    }

    // MARK: Input

    /// The bus that is to be archived: one of the caller's account in this Region.
    private static func archiveSource(_ text: String, in context: ReadContext) throws -> ARN {
        func invalid(_ reason: String) -> AWSError {
            .validation("Parameter EventSourceArn is not valid. Reason: \(reason)")
        }
        guard let arn = ARN(text), StoredBus.isBus(arn), !arn.account.isEmpty else {
            throw invalid("Must contain an event bus ARN.")
        }
        for (name, isForeign) in [
            ("partition", arn.partition != ARN.partition(of: context.region)),
            ("region", arn.region != context.region), ("account", arn.account != context.account),
        ] where isForeign { throw invalid("Creating cross-\(name) archive is not permitted.") }
        return arn
    }

    /// An empty pattern is none.
    private static func archivePattern(_ text: String?) throws -> String? {
        guard let text = given(text) else { return nil }
        _ = try parsed(text)
        return text
    }

    /// A larger number becomes the largest (recorded behaviour).
    private static func retentionDays(_ days: Int?) -> Int { min(days ?? 0, Int(Int32.max)) }

    private static func given(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }

    private static func noteUnenforcedKey(of archive: StoredArchive, in context: WriteContext) throws {
        guard archive.kmsKey != nil else { return }
        try context.notEnforced("KmsKeyIdentifier", reason: "events are kept in the store as they are")
    }
}

extension Timestamp {
    /// Archives and replays show times without a fraction (recorded behaviour).
    var wholeSeconds: Timestamp {
        Timestamp(milliseconds: milliseconds - (milliseconds % 1000 + 1000) % 1000)
    }

    var wholeMinutes: Timestamp {
        Timestamp(milliseconds: milliseconds - (milliseconds % 60_000 + 60_000) % 60_000)
    }
}
