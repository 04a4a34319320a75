import JSON
import Kernel
import Model

/// Event sources for the partner, who makes one for each customer. Any account may be a partner here.
extension Events {
    private static let pageLimit = 100

    @Sendable static func createPartnerEventSource(
        _ input: CreatePartnerEventSourceRequest, in context: WriteContext
    ) throws -> CreatePartnerEventSourceResponse {
        let arn = partnerAccess("CreatePartnerEventSource", input.name, in: context)
        let earlier = try StoredEventSource.find(input.name, of: input.account, in: context)
        guard earlier.map({ $0.state == .deleted }) ?? true, try !StoredEventSource.isTaken(input.name, in: context)
        else { throw AWSError.alreadyExists("Event source \(input.name) already exists.") }
        var source = StoredEventSource(input.name, for: input.account, in: context)
        try source.wait(in: context)
        try context.record(
            .created, arn, operation: "CreatePartnerEventSource",
            detail: .object(["account": .string(input.account)]))
        return CreatePartnerEventSourceResponse(eventSourceArn: arn.description)
    }

    /// What is not there needs no deletion.
    @Sendable static func deletePartnerEventSource(
        _ input: DeletePartnerEventSourceRequest, in context: WriteContext
    ) throws {
        let arn = partnerAccess("DeletePartnerEventSource", input.name, in: context)
        guard var source = try StoredEventSource.find(input.name, of: input.account, in: context),
            source.partner == context.account, source.state != .deleted
        else { return }
        try source.withdraw(in: context)
        try context.record(
            .deleted, arn, operation: "DeletePartnerEventSource",
            detail: .object(["account": .string(input.account)]))
    }

    @Sendable static func describePartnerEventSource(
        _ input: DescribePartnerEventSourceRequest, in context: ReadContext
    ) throws -> DescribePartnerEventSourceResponse {
        let arn = partnerAccess("DescribePartnerEventSource", input.name, in: context)
        try checkMade(input.name, in: context)
        return DescribePartnerEventSourceResponse(arn: arn.description, name: input.name)
    }

    @Sendable static func listPartnerEventSources(_ input: ListPartnerEventSourcesRequest, in context: ReadContext)
        throws -> ListPartnerEventSourcesResponse
    {
        context.access("events:ListPartnerEventSources", on: "*")
        let limit = input.limit ?? pageLimit
        let names = try StoredEventSource.madeNames(
            prefix: input.namePrefix, after: try position(input.nextToken, "ListPartnerEventSources", in: context),
            limit: limit + 1, in: context)
        let page = names.prefix(limit)
        return ListPartnerEventSourcesResponse(
            partnerEventSources: page.map { name in
                PartnerEventSource(
                    arn: StoredEventSource.arn(name, region: context.region).description, name: name)
            },
            nextToken: names.count > limit
                ? context.token(for: page.last ?? "", purpose: "ListPartnerEventSources") : nil)
    }

    @Sendable static func listPartnerEventSourceAccounts(
        _ input: ListPartnerEventSourceAccountsRequest, in context: ReadContext
    ) throws -> ListPartnerEventSourceAccountsResponse {
        _ = partnerAccess("ListPartnerEventSourceAccounts", input.eventSourceName, in: context)
        try checkMade(input.eventSourceName, in: context)
        let limit = input.limit ?? pageLimit
        let sources = try StoredEventSource.made(
            input.eventSourceName,
            after: try position(input.nextToken, "ListPartnerEventSourceAccounts", in: context), limit: limit + 1,
            in: context)
        let page = sources.prefix(limit)
        return ListPartnerEventSourceAccountsResponse(
            partnerEventSourceAccounts: page.map { source in
                PartnerEventSourceAccount(
                    account: source.account, creationTime: source.created, expirationTime: source.expires,
                    state: source.state)
            },
            nextToken: sources.count > limit
                ? context.token(for: page.last?.account ?? "", purpose: "ListPartnerEventSourceAccounts") : nil)
    }

    private static func partnerAccess(_ action: String, _ name: String, in context: ReadContext) -> ARN {
        let arn = StoredEventSource.arn(name, region: context.region)
        context.access("events:\(action)", on: arn.description)
        return arn
    }

    private static func checkMade(_ name: String, in context: ReadContext) throws {
        guard try !StoredEventSource.made(name, limit: 1, in: context).isEmpty else {
            throw AWSError.eventSourceNotFound(name)
        }
    }
}
