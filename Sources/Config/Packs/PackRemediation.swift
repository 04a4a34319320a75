import JSON
import Kernel
import Model

/// What a pack's template says of remediation.
enum PackRemediation {
    /// Throws what PutRemediationConfigurations says of a configuration that cannot be.
    static func check(_ configuration: JSON) throws {
        if let shape = ServiceModel.config.api.operations["PutRemediationConfigurations"]?.input {
            try Validator.check(["RemediationConfigurations": [configuration]], against: shape)
        }
        try Config.check(RemediationConfiguration(json: configuration))
    }

    /// To be called when the rules of the pack are there.
    static func put(of pack: StoredPack, in context: WriteContext) throws {
        let wanted = pack.wanted.remediations.map { configuration in
            var members = configuration.object ?? JSONObject()
            members["ConfigRuleName"] = .string(pack.ruleName(members["ConfigRuleName"]?.string ?? ""))
            members["CreatedByService"] = .string(StoredPack.principal)
            return RemediationConfiguration(json: .object(members))
        }
        for rule in pack.rules where !wanted.contains(where: { $0.configRuleName == rule }) {
            try ServiceRule.deleteRemediation(of: rule, in: context)
        }
        for configuration in wanted { try Config.put(configuration, in: context) }
    }
}
