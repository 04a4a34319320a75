import JSON
import Kernel
import Model

/// Conformance packs. What a template asks for is worked out in the call; the rules come and go as due work.
extension Config {
    /// Source: the developer guide's page "Service Limits".
    private static let packsLimit = 50
    private static let packsOfPage = 20

    @Sendable static func putConformancePack(_ input: PutConformancePackRequest, in context: WriteContext) throws
        -> PutConformancePackResponse
    {
        let name = input.conformancePackName
        let known = try StoredPack.find(name, in: context)
        context.access(
            "config:PutConformancePack",
            on: (known?.arn(in: context) ?? context.arn("conformance-pack/\(name)/*")).description)
        guard known?.settings["CreatedBy"] == nil else { throw packsOfServices }
        let template = try PackSource.template(
            body: input.templateBody, uri: input.templateS3Uri, document: input.templateSSMDocumentDetails,
            in: context)
        let pack = try putPack(name, template, input.json, tags: input.tags ?? [], in: context)
        return PutConformancePackResponse(conformancePackArn: pack.arn(in: context).description)
    }

    /// Begins to make a pack or to change it.
    ///
    /// - Parameter input: has the members of PutConformancePack, and `CreatedBy` where a service makes it.
    @discardableResult
    static func putPack(
        _ name: String, _ template: String, _ input: JSON, tags: [Tag], in context: WriteContext
    ) throws -> StoredPack {
        let known = try StoredPack.find(name, in: context)
        if let known, known.isInProgress { throw packIsInProgress(name) }
        if known == nil, try StoredPack.list(in: context).count >= packsLimit {
            throw AWSError(
                "MaxNumberOfConformancePacksExceededException",
                "You have reached the limit of the number of conformance packs you can create in an account.")
        }
        let id = known?.id ?? "conformance-pack-\(resourceID(9, in: context))"
        let stack = known?.stack ?? context.random.uuid()
        let (wanted, hasOutputs) = try PackSource.resources(
            template, given: input["ConformancePackInputParameters"]?.array ?? [], pack: name, id: id, stack: stack,
            in: context)
        if hasOutputs {
            try context.notEnforced(
                "Outputs of conformance pack \(name)", reason: "CloudFormation is not served: no stack shows them")
        }
        var pack = StoredPack(
            name: name, id: id, stack: stack, requested: context.now, settings: packSettings(input), wanted: wanted)
        pack.rules = known?.rules ?? []
        if known == nil { try setTags(tags, on: pack.arn(in: context), in: context) }
        try pack.save(in: context)
        try context.record(known == nil ? .created : .changed, pack.arn(in: context), operation: "PutConformancePack")
        if let bucket = input["DeliveryS3Bucket"]?.string, !bucket.isEmpty {
            try context.notEnforced(
                "DeliveryS3Bucket of conformance pack \(name)",
                reason: "S3 is not served: no template is kept in the bucket \(bucket)")
        }
        try PackDeployment.begin(pack, in: context)
        return pack
    }

    private static func packSettings(_ input: JSON) -> JSON {
        var settings = JSONObject()
        for member in ["DeliveryS3Bucket", "DeliveryS3KeyPrefix", "TemplateSSMDocumentDetails", "CreatedBy"] {
            settings[member] = input[member]
        }
        settings["ConformancePackInputParameters"] = input["ConformancePackInputParameters"] ?? []
        return .object(settings)
    }

    static func packIsInProgress(_ name: String) -> AWSError {
        AWSError(
            "ResourceInUseException",
            "The conformance pack \(name) is currently being created, updated or deleted. Please retry after some time."
        )
    }

    private static let packsOfServices = AWSError.accessDenied(
        "An AWS service owns this conformance pack. You do not have permissions to take action on it.")

    @Sendable static func deleteConformancePack(_ input: DeleteConformancePackRequest, in context: WriteContext) throws
    {
        let pack = try pack(input.conformancePackName, for: "DeleteConformancePack", in: context)
        guard pack.settings["CreatedBy"] == nil else { throw packsOfServices }
        try deletePack(pack, in: context)
    }

    static func deletePack(_ pack: StoredPack, in context: WriteContext) throws {
        var pack = pack
        guard !pack.isInProgress else { throw packIsInProgress(pack.name) }
        pack.state = .deleting
        pack.reason = nil
        pack.requested = context.now
        pack.completed = nil
        try pack.save(in: context)
        try context.record(.deleted, pack.arn(in: context), operation: "DeleteConformancePack")
        try PackDeployment.begin(pack, in: context)
    }

    // MARK: Reading

    @Sendable static func describeConformancePacks(_ input: DescribeConformancePacksRequest, in context: ReadContext)
        throws -> DescribeConformancePacksResponse
    {
        context.access("config:DescribeConformancePacks", on: "*")
        let names = input.conformancePackNames ?? []
        let page = try PackPage(
            names, input.limit, input.nextToken, "DescribeConformancePacks", default: packsOfPage, in: context)
        guard Set(page.packs.map(\.name)).isSuperset(of: names) else { throw AWSError.noSuchPack }
        return DescribeConformancePacksResponse(
            conformancePackDetails: page.packs.map { $0.shown(in: context) }, nextToken: page.nextToken)
    }

    /// Of packs that there are not, nothing is said.
    @Sendable static func describeConformancePackStatus(
        _ input: DescribeConformancePackStatusRequest, in context: ReadContext
    ) throws -> DescribeConformancePackStatusResponse {
        context.access("config:DescribeConformancePackStatus", on: "*")
        let page = try PackPage(
            input.conformancePackNames ?? [], input.limit, input.nextToken, "DescribeConformancePackStatus",
            default: packsOfPage, in: context)
        return DescribeConformancePackStatusResponse(
            conformancePackStatusDetails: page.packs.map { $0.shownStatus(in: context) }, nextToken: page.nextToken)
    }

    /// The pack of a request.
    static func pack(_ name: String, for operation: String, in context: ReadContext) throws -> StoredPack {
        let pack = try StoredPack.find(name, in: context)
        context.access("config:\(operation)", on: pack?.arn(in: context).description ?? "*")
        guard let pack else { throw AWSError.noSuchPack }
        return pack
    }
}

/// The packs that a request names, or a page of all of them.
struct PackPage {
    let packs: [StoredPack]
    let nextToken: String?

    init(
        _ names: [String], _ limit: Int?, _ token: String?, _ purpose: String, default standard: Int,
        in context: ReadContext
    ) throws {
        let purpose = "\(purpose) \(names)"
        let start = try ListPage.position(token, purpose, in: context) ?? ""
        let limit = ListPage.limit(limit, default: standard)
        let found = try StoredPack.list(after: start, in: context).filter { names.isEmpty || names.contains($0.name) }
        packs = Array(found.prefix(limit))
        nextToken = found.count > limit ? packs.last.map { context.token(for: $0.name, purpose: purpose) } : nil
    }
}
