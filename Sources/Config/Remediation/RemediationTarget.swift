import JSON
import Kernel
import Model

/// The document of a remediation: it must be there, be a runbook, and take the parameters that it is given.
///
/// Source: the API reference of PutRemediationConfigurations; users quote the text of wrong parameters, the others are not
/// known.
enum RemediationTarget {
    static func check(_ asked: RemediationConfiguration, in context: WriteContext) throws {
        guard let service = context.service(sdkName: "ssm") else { return }
        let document: JSON?
        do {
            document = try context.perform(
                "DescribeDocument", of: service,
                .object([
                    "Name": .string(asked.targetId), "DocumentVersion": asked.targetVersion.map(JSON.string),
                ]), as: .root(of: context.account, region: context.region), region: context.region)["Document"]
        } catch {
            guard let error = error as? AWSError else { throw error }
            // AWS has more runbooks than are served.
            if isAWSs(asked.targetId) { return }
            throw AWSError.invalidParameter("\(asked.targetId) is no valid target: \(error.message ?? error.code)")
        }
        guard document?["DocumentType"]?.string == "Automation" else {
            throw AWSError.invalidParameter("\(asked.targetId) is no valid target: it is no Automation runbook.")
        }
        let declared = document?["Parameters"]?.array ?? []
        let given = Set((asked.parameters?.entries ?? []).map(\.key))
        let names = Set(declared.compactMap { $0["Name"]?.string })
        let required = Set(declared.filter { $0["DefaultValue"] == nil }.compactMap { $0["Name"]?.string })
        guard given.isSubset(of: names), required.isSubset(of: given) else {
            throw AWSError.invalidRemediationParameters
        }
    }

    private static func isAWSs(_ name: String) -> Bool {
        ["aws", "amazon"].contains(where: name.lowercased().hasPrefix)
    }
}

extension AWSError {
    static let invalidRemediationParameters = AWSError.invalidParameter(
        "There were invalid RemediationParameterValues for configurations for AWS Config Rules")
}
