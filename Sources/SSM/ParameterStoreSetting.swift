import Kernel
import Model

/// Settings of Parameter Store for an account and Region.
enum ParameterStoreSetting {
    static let tierID = "/ssm/parameter-store/default-parameter-tier"
    static let throughputID = "/ssm/parameter-store/high-throughput-enabled"

    /// The values that a setting can have, the default first.
    private static let values = [
        tierID: ["Standard", "Advanced", "Intelligent-Tiering"], throughputID: ["false", "true"],
    ]

    /// The id without the ARN that it may stand in.
    static func id(_ sent: String) throws(AWSError) -> String {
        var id = sent
        if let arn = ARN(sent), arn.service == "ssm", arn.resource.hasPrefix("servicesetting/") {
            id = String(arn.resource.dropFirst("servicesetting".count))
        }
        guard values[id] != nil else { throw .serviceSettingNotFound(sent) }
        return id
    }

    static func check(_ value: String, for id: String) throws(AWSError) {
        guard values[id]?.contains(value) == true else {
            throw .validation("Invalid setting value \(value) for the service setting \(id).")
        }
    }

    static func find(_ id: String, in context: ReadContext) throws -> ServiceSetting {
        let stored = try context.database.first(
            "SELECT value, modified, modified_by FROM ssm_service_setting WHERE account = ? AND region = ? AND setting = ?",
            context.account, context.region, id
        ) { (value: $0.text(0), modified: Timestamp(milliseconds: $0.int64(1)), user: $0.text(2)) }
        return ServiceSetting(
            settingId: id, settingValue: stored?.value ?? values[id]?.first ?? "",
            lastModifiedDate: stored?.modified ?? Timestamp(milliseconds: 0),
            lastModifiedUser: stored?.user ?? "System",
            arn: arn(id, in: context).description, status: stored == nil ? "Default" : "Customized")
    }

    static func arn(_ id: String, in context: ReadContext) -> ARN { context.arn("servicesetting" + id) }

    static func defaultTier(in context: ReadContext) throws -> ParameterTier {
        let stored = try context.database.first(
            "SELECT value FROM ssm_service_setting WHERE account = ? AND region = ? AND setting = ?", context.account,
            context.region, tierID
        ) { $0.text(0) }
        return stored.flatMap(ParameterTier.init) ?? .standard
    }
}

extension SSM {
    @Sendable static func getServiceSetting(
        _ input: GetServiceSettingRequest, in context: ReadContext
    ) throws -> GetServiceSettingResult {
        let id = try ParameterStoreSetting.id(input.settingId)
        context.access("ssm:GetServiceSetting", on: ParameterStoreSetting.arn(id, in: context).description)
        return GetServiceSettingResult(serviceSetting: try ParameterStoreSetting.find(id, in: context))
    }

    @Sendable static func updateServiceSetting(
        _ input: UpdateServiceSettingRequest, in context: WriteContext
    ) throws -> UpdateServiceSettingResult {
        let id = try ParameterStoreSetting.id(input.settingId)
        try ParameterStoreSetting.check(input.settingValue, for: id)
        let arn = ParameterStoreSetting.arn(id, in: context)
        context.access("ssm:UpdateServiceSetting", on: arn.description)
        try context.database.run(
            """
            INSERT OR REPLACE INTO ssm_service_setting (account, region, setting, value, modified, modified_by)
            VALUES (?, ?, ?, ?, ?, ?)
            """, context.account, context.region, id, input.settingValue, context.now.milliseconds,
            context.principal.arn)
        try context.record(.changed, arn, operation: "UpdateServiceSetting")
        if id == ParameterStoreSetting.throughputID, input.settingValue == "true" {
            try context.notEnforced(
                id, reason: "requests are not throttled here, so a higher throughput changes nothing")
        }
        return UpdateServiceSettingResult()
    }

    @Sendable static func resetServiceSetting(
        _ input: ResetServiceSettingRequest, in context: WriteContext
    ) throws -> ResetServiceSettingResult {
        let id = try ParameterStoreSetting.id(input.settingId)
        let arn = ParameterStoreSetting.arn(id, in: context)
        context.access("ssm:ResetServiceSetting", on: arn.description)
        try context.database.run(
            "DELETE FROM ssm_service_setting WHERE account = ? AND region = ? AND setting = ?", context.account,
            context.region, id)
        try context.record(.changed, arn, operation: "ResetServiceSetting")
        return ResetServiceSettingResult(serviceSetting: try ParameterStoreSetting.find(id, in: context))
    }
}

extension AWSError {
    fileprivate static func serviceSettingNotFound(_ id: String) -> AWSError {
        AWSError(
            "ServiceSettingNotFound",
            "The specified service setting was not found. Either the service name or the "
                + "setting has not been provisioned by the Amazon Web Services service team. (\(id))")
    }
}
