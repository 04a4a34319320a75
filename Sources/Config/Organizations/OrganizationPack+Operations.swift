import JSON
import Kernel
import Model

extension Config {
    private static let organizationPacksLimit = 50
    /// Source: the page of PutOrganizationConformancePack.
    private static let bucketPrefix = "awsconfigconforms"

    @Sendable static func putOrganizationConformancePack(
        _ input: PutOrganizationConformancePackRequest, in context: WriteContext
    ) throws -> PutOrganizationConformancePackResponse {
        context.access("config:PutOrganizationConformancePack", on: "*")
        if let bucket = input.deliveryS3Bucket, !bucket.isEmpty, !bucket.hasPrefix(bucketPrefix) {
            throw AWSError.validation("The name of the delivery bucket \(bucket) must begin with \(bucketPrefix).")
        }
        let template: String
        do {
            template = try PackSource.template(
                body: input.templateBody, uri: input.templateS3Uri, document: nil, in: context)
            _ = try PackSource.resources(
                template, given: input.json["ConformancePackInputParameters"]?.array ?? [],
                pack: input.organizationConformancePackName, id: "", stack: "", in: context)
        } catch {
            throw inOrganization(error)
        }
        let pack = try putOrganization(
            .pack, input.organizationConformancePackName, input.json, limit: organizationPacksLimit,
            exceeded: "MaxNumberOfOrganizationConformancePacksExceededException",
            operation: "PutOrganizationConformancePack", in: context)
        return PutOrganizationConformancePackResponse(
            organizationConformancePackArn: pack.arn(in: context).description)
    }

    /// What is said of a pack of one account, by the names that errors have in this operation's model.
    private static func inOrganization(_ error: any Error) -> any Error {
        guard let error = error as? AWSError else { return error }
        switch error.code {
        case "ConformancePackTemplateValidationException":
            return AWSError("OrganizationConformancePackTemplateValidationException", error.message)
        case "InvalidParameterValueException": return AWSError("ValidationException", error.message)
        default: return error
        }
    }

    @Sendable static func deleteOrganizationConformancePack(
        _ input: DeleteOrganizationConformancePackRequest, in context: WriteContext
    ) throws {
        let name = input.organizationConformancePackName
        // The text is one that users quote.
        let pack = try organizationPack(
            name, for: "DeleteOrganizationConformancePack",
            otherwise: "Could not find an OrganizationConformancePack for given request with resourceName \(name)",
            in: context)
        try deleteOrganization(pack, operation: "DeleteOrganizationConformancePack", in: context)
    }

    // MARK: Reading

    @Sendable static func describeOrganizationConformancePacks(
        _ input: DescribeOrganizationConformancePacksRequest, in context: ReadContext
    ) throws -> DescribeOrganizationConformancePacksResponse {
        context.access("config:DescribeOrganizationConformancePacks", on: "*")
        let page = try organizationPacks(
            input.organizationConformancePackNames, input.limit, input.nextToken,
            "DescribeOrganizationConformancePacks", in: context)
        return DescribeOrganizationConformancePacksResponse(
            organizationConformancePacks: page.items.map { pack in
                var json = pack.settings.object ?? JSONObject()
                json["TemplateBody"] = nil
                json["OrganizationConformancePackArn"] = .string(pack.arn(in: context).description)
                if json["ConformancePackInputParameters"] == nil { json["ConformancePackInputParameters"] = [] }
                if json["ExcludedAccounts"] == nil { json["ExcludedAccounts"] = [] }
                json["LastUpdateTime"] = pack.updated.json
                return OrganizationConformancePack(json: .object(json))
            }, nextToken: page.nextToken)
    }

    @Sendable static func describeOrganizationConformancePackStatuses(
        _ input: DescribeOrganizationConformancePackStatusesRequest, in context: ReadContext
    ) throws -> DescribeOrganizationConformancePackStatusesResponse {
        context.access("config:DescribeOrganizationConformancePackStatuses", on: "*")
        let page = try organizationPacks(
            input.organizationConformancePackNames, input.limit, input.nextToken,
            "DescribeOrganizationConformancePackStatuses", in: context)
        return DescribeOrganizationConformancePackStatusesResponse(
            organizationConformancePackStatuses: try page.items.map { pack in
                let failed = try failure(of: pack, in: context)
                return OrganizationConformancePackStatus(
                    json: .object([
                        "OrganizationConformancePackName": .string(pack.name), "Status": .string(pack.status),
                        "ErrorCode": failed?.errorCode.map(JSON.string),
                        "ErrorMessage": failed?.errorMessage.map(JSON.string), "LastUpdateTime": pack.updated.json,
                    ]))
            }, nextToken: page.nextToken)
    }

    @Sendable static func getOrganizationConformancePackDetailedStatus(
        _ input: GetOrganizationConformancePackDetailedStatusRequest, in context: ReadContext
    ) throws -> GetOrganizationConformancePackDetailedStatusResponse {
        let pack = try organizationPack(
            input.organizationConformancePackName, for: "GetOrganizationConformancePackDetailedStatus",
            otherwise: noSuchOrganizationPacks, in: context)
        let account = input.filters?.accountId
        let status = input.filters?.status?.rawValue
        let members = try OrganizationMember.list(of: pack, in: context).filter {
            account ?? $0.account == $0.account && status ?? $0.status == $0.status
        }
        let page = try Slice(
            members, input.limit, input.nextToken,
            "GetOrganizationConformancePackDetailedStatus \(pack.id) \(account ?? "") \(status ?? "")",
            default: organizationPage, in: context)
        return GetOrganizationConformancePackDetailedStatusResponse(
            organizationConformancePackDetailedStatuses: page.items.map { member in
                OrganizationConformancePackDetailedStatus(
                    json: .object([
                        "AccountId": .string(member.account), "ConformancePackName": .string(pack.memberName),
                        "Status": .string(member.status), "ErrorCode": member.errorCode.map(JSON.string),
                        "ErrorMessage": member.errorMessage.map(JSON.string), "LastUpdateTime": member.updated.json,
                    ]))
            }, nextToken: page.nextToken)
    }

    /// The text is one that users quote.
    private static let noSuchOrganizationPacks =
        "One or more organization conformance packs with specified names are not present. Ensure your names are correct and try your request again later."

    private static func noSuchOrganizationPack(_ text: String) -> AWSError {
        AWSError("NoSuchOrganizationConformancePackException", text)
    }

    private static func organizationPack(
        _ name: String, for operation: String, otherwise text: String, in context: ReadContext
    ) throws -> OrganizationResource {
        let pack = try OrganizationResource.find(.pack, name, in: context)
        context.access("config:\(operation)", on: pack?.arn(in: context).description ?? "*")
        guard let pack else { throw noSuchOrganizationPack(text) }
        return pack
    }

    private static func organizationPacks(
        _ names: [String]?, _ limit: Int?, _ token: String?, _ operation: String, in context: ReadContext
    ) throws -> Slice<OrganizationResource> {
        let names = names ?? []
        let found = try OrganizationResource.list(.pack, in: context).filter {
            names.isEmpty || names.contains($0.name)
        }
        guard Set(found.map(\.name)).isSuperset(of: names) else {
            throw noSuchOrganizationPack(noSuchOrganizationPacks)
        }
        return try Slice(found, limit, token, "\(operation) \(names)", default: organizationPage, in: context)
    }
}
