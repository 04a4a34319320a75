import JSON
import Kernel
import Model
import SQLite

extension SNS {
    private static let platforms: Set<String> = [
        "ADM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "BAIDU", "FCM", "GCM", "MACOS",
        "MACOS_SANDBOX",
        "MPNS", "WNS",
    ]
    /// What is never shown.
    private static let secrets: Set<String> = ["PlatformCredential", "PlatformPrincipal"]

    @Sendable static func createPlatformApplication(_ input: CreatePlatformApplicationInput, in context: WriteContext)
        throws -> CreatePlatformApplicationResponse
    {
        let arn = context.arn("app/\(input.platform)/\(input.name)")
        context.access("sns:CreatePlatformApplication", on: arn.description)
        try checkName(input.name)
        guard platforms.contains(input.platform) else {
            throw AWSError.invalidParameter("Platform Reason: \(input.platform) is not supported")
        }
        try checkCredentials(input.attributes, input.platform)
        try checkAttributes(input.attributes)
        let attributes = shown(input.attributes, JSONObject())
        if let present = try attributesOfApplication(input.platform, input.name, in: context) {
            guard attributes.object == present else {
                throw AWSError.invalidParameter(
                    "Name Reason: An application with the same name but different properties already exists")
            }
            return CreatePlatformApplicationResponse(platformApplicationArn: arn.description)
        }
        try note(input.attributes, of: arn, in: context)
        try context.database.run(
            "INSERT INTO sns_platform_application (account, region, platform, name, attributes) VALUES (?, ?, ?, ?, ?)",
            arn.account, arn.region, input.platform, input.name, attributes.description)
        try context.record(.created, arn, operation: "CreatePlatformApplication")
        return CreatePlatformApplicationResponse(platformApplicationArn: arn.description)
    }

    private static func checkName(_ name: String) throws {
        guard !name.isEmpty else { throw AWSError.invalidParameter("\(name) Reason: cannot be empty") }
        guard name.utf8.count <= 256 else {
            throw AWSError.invalidParameter("\(name) Reason: must be at most 256 characters long")
        }
        guard name.utf8.allSatisfy({ isNameByte($0) || $0 == UInt8(ascii: ".") }) else {
            throw AWSError.invalidParameter(
                "\(name) Reason: must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'")
        }
    }

    private static let applicationAttributes: Set<String> = [
        "PlatformCredential", "PlatformPrincipal", "EventEndpointCreated", "EventEndpointDeleted",
        "EventEndpointUpdated",
        "EventDeliveryFailure", "SuccessFeedbackRoleArn", "FailureFeedbackRoleArn", "SuccessFeedbackSampleRate",
        "ApplePlatformTeamID", "ApplePlatformBundleID", "Enabled",
    ]

    private static func checkAttributes(_ attributes: MapView<String>) throws {
        for (name, value) in attributes.entries {
            guard applicationAttributes.contains(name) else {
                throw AWSError.invalidParameter("Attributes Reason: Invalid attribute name: \(name)")
            }
            if name == "SuccessFeedbackSampleRate", let fault = TopicAttributes.sampleRateFault(value) {
                throw AWSError.invalidParameter("Attributes Reason: Invalid value for attribute: \(name): \(fault)")
            }
        }
    }

    /// What is kept without effect is said openly.
    private static func note(_ attributes: MapView<String>, of arn: ARN, in context: WriteContext) throws {
        for (name, value) in attributes.entries where !value.isEmpty {
            guard name.hasPrefix("Event") || name.contains("Feedback") else { continue }
            try context.notEnforced(arn.description, reason: "\(name): nothing is published or logged about endpoints")
        }
    }

    /// Platforms that know their customers by one secret.
    private static let platformsWithoutPrincipal: Set<String> = ["FCM", "GCM", "MPNS"]

    private static func checkCredentials(_ attributes: MapView<String>, _ platform: String) throws {
        let (principal, credential) = (attributes["PlatformPrincipal"], attributes["PlatformCredential"])
        if principal != nil, credential == nil {
            throw AWSError.invalidParameter(
                "Attributes Reason: PlatformPrincipal attribute provided without PlatformCredential")
        }
        if credential == nil {
            throw AWSError.invalidParameter("Attributes Reason: PlatformCredential attribute not provided")
        }
        if principal == nil, !platformsWithoutPrincipal.contains(platform) {
            throw AWSError.invalidParameter(
                "Attributes Reason: PlatformCredential attribute provided without PlatformPrincipal")
        }
    }

    private static func shown(_ attributes: MapView<String>, _ present: JSONObject) -> JSON {
        var shown = present
        if shown.isEmpty { shown["Enabled"] = "true" }
        for (name, value) in attributes.entries where !secrets.contains(name) { shown[name] = .string(value) }
        return .object(shown)
    }

    /// The parts of an application's ARN, if there is such an application.
    private static func application(_ text: String, for action: String, in context: ReadContext) throws
        -> (arn: ARN, platform: String, name: String, attributes: JSONObject)
    {
        let arn = try arn(text, "PlatformApplicationArn")
        context.access("sns:\(action)", on: text)
        let parts = arn.resource.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == "app" else {
            throw AWSError.invalidParameter(
                "PlatformApplicationArn Reason: Wrong number of slashes in relative portion of the ARN.")
        }
        guard let attributes = try attributesOfApplication(parts[1], parts[2], in: context),
            arn.account == context.account, arn.region == context.region
        else {
            throw AWSError.notFound("PlatformApplication")
        }
        return (arn, parts[1], parts[2], attributes)
    }

    private static func attributesOfApplication(_ platform: String, _ name: String, in context: ReadContext) throws
        -> JSONObject?
    {
        try context.database.first(
            """
            SELECT attributes FROM sns_platform_application WHERE account = ? AND region = ? AND platform = ? AND name = ?
            """, context.account, context.region, platform, name
        ) { try JSON(parsing: $0.text(0)).object ?? JSONObject() }
    }

    @Sendable static func getPlatformApplicationAttributes(
        _ input: GetPlatformApplicationAttributesInput, in context: ReadContext
    ) throws -> GetPlatformApplicationAttributesResponse {
        let application = try application(
            input.platformApplicationArn, for: "GetPlatformApplicationAttributes", in: context)
        return GetPlatformApplicationAttributesResponse(attributes: map(application.attributes))
    }

    @Sendable static func setPlatformApplicationAttributes(
        _ input: SetPlatformApplicationAttributesInput, in context: WriteContext
    ) throws {
        let application = try application(
            input.platformApplicationArn, for: "SetPlatformApplicationAttributes", in: context)
        try checkAttributes(input.attributes)
        try note(input.attributes, of: application.arn, in: context)
        try context.database.run(
            """
            UPDATE sns_platform_application SET attributes = ?
            WHERE account = ? AND region = ? AND platform = ? AND name = ?
            """, shown(input.attributes, application.attributes).description, context.account, context.region,
            application.platform, application.name)
        try context.record(.changed, application.arn, operation: "SetPlatformApplicationAttributes")
    }

    @Sendable static func deletePlatformApplication(_ input: DeletePlatformApplicationInput, in context: WriteContext)
        throws
    {
        let arn = try arn(input.platformApplicationArn, "PlatformApplicationArn")
        guard let application = try? application(arn.description, for: "DeletePlatformApplication", in: context) else {
            return
        }
        try context.database.run(
            """
            DELETE FROM sns_platform_application WHERE account = ? AND region = ? AND platform = ? AND name = ?
            """, context.account, context.region, application.platform, application.name)
        try context.record(.deleted, arn, operation: "DeletePlatformApplication")
    }

    @Sendable static func listPlatformApplications(_ input: ListPlatformApplicationsInput, in context: ReadContext)
        throws
        -> ListPlatformApplicationsResponse
    {
        context.access("sns:ListPlatformApplications", on: "*")
        let start = try position(input.nextToken, "ListPlatformApplications", in: context)
        var found: [PlatformApplication] = []
        var keys: [String] = []
        try context.database.query(
            """
            SELECT platform, name, attributes FROM sns_platform_application
            WHERE account = ? AND region = ? AND platform || '/' || name > ? ORDER BY platform || '/' || name LIMIT ?
            """, context.account, context.region, start, pageSize + 1
        ) { row in
            keys.append("\(row.text(0))/\(row.text(1))")
            found.append(
                PlatformApplication(
                    platformApplicationArn: context.arn("app/\(row.text(0))/\(row.text(1))").description,
                    attributes: map(try JSON(parsing: row.text(2)).object ?? JSONObject())))
        }
        return ListPlatformApplicationsResponse(
            platformApplications: Array(found.prefix(pageSize)),
            nextToken: found.count > pageSize
                ? context.token(for: keys[pageSize - 1], purpose: "ListPlatformApplications") : nil)
    }

    static func map(_ object: JSONObject) -> MapView<String> {
        MapView(object.map { ($0.name, $0.value.string ?? "") })
    }

    // MARK: Endpoints

    @Sendable static func createPlatformEndpoint(_ input: CreatePlatformEndpointInput, in context: WriteContext) throws
        -> CreateEndpointResponse
    {
        let application = try application(input.platformApplicationArn, for: "CreatePlatformEndpoint", in: context)
        guard !input.token.isEmpty else { throw AWSError.invalidParameter("Token Reason: cannot be empty") }
        var attributes = JSONObject()
        attributes["Enabled"] = "true"
        attributes["Token"] = .string(input.token)
        if let data = input.customUserData { attributes["CustomUserData"] = .string(data) }
        for (name, value) in input.attributes?.entries ?? [] { attributes[name] = .string(value) }
        try StoredEndpoint.check(&attributes)
        let present = try context.database.first(
            """
            SELECT id, attributes FROM sns_platform_endpoint
            WHERE account = ? AND region = ? AND platform = ? AND application = ? AND token = ?
            """, context.account, context.region, application.platform, application.name, input.token
        ) { (id: $0.text(0), attributes: try JSON(parsing: $0.text(1)).object) }
        let id = present?.id ?? context.random.uuid()
        let arn = context.arn("endpoint/\(application.platform)/\(application.name)/\(id)")
        if let present {
            guard present.attributes == attributes else {
                throw AWSError.invalidParameter(
                    "Token Reason: Endpoint \(arn) already exists with the same Token, but different attributes.")
            }
            return CreateEndpointResponse(endpointArn: arn.description)
        }
        try context.database.run(
            """
            INSERT INTO sns_platform_endpoint (account, region, platform, application, id, token, attributes)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, application.platform, application.name, id, input.token,
            JSON.object(attributes).description)
        try context.record(.created, arn, operation: "CreatePlatformEndpoint")
        return CreateEndpointResponse(endpointArn: arn.description)
    }

    @Sendable static func listEndpointsByPlatformApplication(
        _ input: ListEndpointsByPlatformApplicationInput, in context: ReadContext
    ) throws -> ListEndpointsByPlatformApplicationResponse {
        let application = try application(
            input.platformApplicationArn, for: "ListEndpointsByPlatformApplication", in: context)
        let start = try position(input.nextToken, "ListEndpoints \(application.name)", in: context)
        var found: [(id: String, attributes: JSONObject)] = []
        try context.database.query(
            """
            SELECT id, attributes FROM sns_platform_endpoint
            WHERE account = ? AND region = ? AND platform = ? AND application = ? AND id > ? ORDER BY id LIMIT ?
            """, context.account, context.region, application.platform, application.name, start, pageSize + 1
        ) { found.append(($0.text(0), try JSON(parsing: $0.text(1)).object ?? JSONObject())) }
        return ListEndpointsByPlatformApplicationResponse(
            endpoints: found.prefix(pageSize).map { endpoint in
                Endpoint(
                    endpointArn: context.arn(
                        "endpoint/\(application.platform)/\(application.name)/\(endpoint.id)"
                    ).description, attributes: map(endpoint.attributes))
            },
            nextToken: found.count > pageSize
                ? context.token(for: found[pageSize - 1].id, purpose: "ListEndpoints \(application.name)") : nil)
    }

    private static func endpoint(_ text: String, for action: String, in context: ReadContext) throws -> StoredEndpoint {
        let arn = try arn(text, "EndpointArn")
        context.access("sns:\(action)", on: text)
        guard arn.resource.split(separator: "/", omittingEmptySubsequences: false).count == 4 else {
            throw AWSError.invalidParameter(
                "EndpointArn Reason: Wrong number of slashes in relative portion of the ARN.")
        }
        guard arn.account == context.account, arn.region == context.region,
            let endpoint = try StoredEndpoint.find(arn, in: context)
        else {
            throw AWSError.notFound("Endpoint")
        }
        return endpoint
    }

    @Sendable static func getEndpointAttributes(_ input: GetEndpointAttributesInput, in context: ReadContext) throws
        -> GetEndpointAttributesResponse
    {
        let endpoint = try endpoint(input.endpointArn, for: "GetEndpointAttributes", in: context)
        return GetEndpointAttributesResponse(attributes: map(endpoint.attributes))
    }

    @Sendable static func setEndpointAttributes(_ input: SetEndpointAttributesInput, in context: WriteContext) throws {
        var endpoint = try endpoint(input.endpointArn, for: "SetEndpointAttributes", in: context)
        for (name, value) in input.attributes.entries { endpoint.attributes[name] = .string(value) }
        try StoredEndpoint.check(&endpoint.attributes)
        try endpoint.save(in: context)
        try context.record(.changed, endpoint.arn, operation: "SetEndpointAttributes")
    }

    @Sendable static func deleteEndpoint(_ input: DeleteEndpointInput, in context: WriteContext) throws {
        guard let endpoint = try? endpoint(input.endpointArn, for: "DeleteEndpoint", in: context) else {
            _ = try arn(input.endpointArn, "EndpointArn")
            return
        }
        try endpoint.delete(in: context)
        try context.record(.deleted, endpoint.arn, operation: "DeleteEndpoint")
    }
}

/// A device: its row.
struct StoredEndpoint {
    let arn: ARN
    let platform: String
    var attributes: JSONObject

    var isEnabled: Bool { attributes["Enabled"]?.string?.lowercased() == "true" }

    /// `GCM` of `endpoint/GCM/app/id`.
    static func platform(of arn: ARN) -> String? {
        let parts = arn.resource.split(separator: "/")
        return parts.count == 4 && parts[0] == "endpoint" ? String(parts[1]) : nil
    }

    private var key: [String] { arn.resource.split(separator: "/").dropFirst().map(String.init) }

    static func find(_ arn: ARN, in context: ReadContext) throws -> StoredEndpoint? {
        let parts = arn.resource.split(separator: "/").map(String.init)
        guard parts.count == 4, parts[0] == "endpoint" else { return nil }
        return try context.database.first(
            """
            SELECT attributes FROM sns_platform_endpoint
            WHERE account = ? AND region = ? AND platform = ? AND application = ? AND id = ?
            """, arn.account, arn.region, parts[1], parts[2], parts[3]
        ) { row in
            StoredEndpoint(
                arn: arn, platform: parts[1], attributes: try JSON(parsing: row.text(0)).object ?? JSONObject())
        }
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            UPDATE sns_platform_endpoint SET attributes = ?, token = ?
            WHERE account = ? AND region = ? AND platform = ? AND application = ? AND id = ?
            """, JSON.object(attributes).description, attributes["Token"]?.string ?? "", arn.account, arn.region,
            key[0],
            key[1], key[2])
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            """
            DELETE FROM sns_platform_endpoint
            WHERE account = ? AND region = ? AND platform = ? AND application = ? AND id = ?
            """, arn.account, arn.region, key[0], key[1], key[2])
    }

    /// Refuses what a device cannot have; whether it is enabled is kept in small letters.
    static func check(_ attributes: inout JSONObject) throws {
        for attribute in attributes {
            switch attribute.name {
            case "Token":
                guard attribute.value != "" else {
                    throw AWSError.invalidParameter(
                        "Attributes Reason: Invalid value for attribute: Token: cannot be empty")
                }
            case "Enabled":
                let flag = attribute.value.string?.lowercased() ?? ""
                guard ["true", "false"].contains(flag) else {
                    throw AWSError.invalidParameter(
                        "Attributes Reason: Invalid value for attribute: Enabled: must be true or false")
                }
                attributes["Enabled"] = .string(flag)
            case "CustomUserData":
                guard attribute.value.string?.utf8.count ?? 0 <= 2048 else {
                    throw AWSError.invalidParameter(
                        "Attributes Reason: Invalid value for attribute: CustomUserData: must be at most 2048 bytes long in "
                            + "UTF-8 encoding")
                }
            default: throw AWSError.invalidParameter("Attributes Reason: Invalid attribute name: \(attribute.name)")
            }
        }
    }
}
