import JSON
import Kernel
import Model

/// AWS Config.
public enum Config {
    public static let service = Service(
        model: .config,
        operations: [
            .write("AssociateResourceTypes", associateResourceTypes),
            .read("BatchGetResourceConfig", batchGetResourceConfig),
            .write("DeleteConfigRule", deleteConfigRule),
            .write("DeleteConfigurationRecorder", deleteConfigurationRecorder),
            .write("DeleteDeliveryChannel", deleteDeliveryChannel),
            .write("DeleteEvaluationResults", deleteEvaluationResults),
            .write("DeleteRemediationConfiguration", deleteRemediationConfiguration),
            .write("DeleteRemediationExceptions", deleteRemediationExceptions),
            .write("DeleteResourceConfig", deleteResourceConfig),
            .write("DeleteRetentionConfiguration", deleteRetentionConfiguration),
            .write("DeleteServiceLinkedConfigurationRecorder", deleteServiceLinkedConfigurationRecorder),
            .write("DeliverConfigSnapshot", deliverConfigSnapshot),
            .read("DescribeComplianceByConfigRule", describeComplianceByConfigRule),
            .read("DescribeComplianceByResource", describeComplianceByResource),
            .read("DescribeConfigRuleEvaluationStatus", describeConfigRuleEvaluationStatus),
            .read("DescribeConfigRules", describeConfigRules),
            .read("DescribeConfigurationRecorderStatus", describeConfigurationRecorderStatus),
            .read("DescribeConfigurationRecorders", describeConfigurationRecorders),
            .read("DescribeDeliveryChannelStatus", describeDeliveryChannelStatus),
            .read("DescribeDeliveryChannels", describeDeliveryChannels),
            .read("DescribeRemediationConfigurations", describeRemediationConfigurations),
            .read("DescribeRemediationExceptions", describeRemediationExceptions),
            .write("DescribeRemediationExecutionStatus", describeRemediationExecutionStatus),
            .read("DescribeRetentionConfigurations", describeRetentionConfigurations),
            .write("DisassociateResourceTypes", disassociateResourceTypes),
            .read("GetComplianceDetailsByConfigRule", getComplianceDetailsByConfigRule),
            .read("GetComplianceDetailsByResource", getComplianceDetailsByResource),
            .read("GetComplianceSummaryByConfigRule", getComplianceSummaryByConfigRule),
            .read("GetComplianceSummaryByResourceType", getComplianceSummaryByResourceType),
            .read("GetCustomRulePolicy", getCustomRulePolicy),
            .read("GetDiscoveredResourceCounts", getDiscoveredResourceCounts),
            .read("GetResourceConfigHistory", getResourceConfigHistory),
            .read("GetResourceEvaluationSummary", getResourceEvaluationSummary),
            .read("ListConfigurationRecorders", listConfigurationRecorders),
            .read("ListDiscoveredResources", listDiscoveredResources),
            .read("ListResourceEvaluations", listResourceEvaluations),
            .read("ListTagsForResource", listTagsForResource),
            .write("PutConfigRule", putConfigRule),
            .write("PutConfigurationRecorder", putConfigurationRecorder),
            .write("PutDeliveryChannel", putDeliveryChannel),
            .write("PutEvaluations", putEvaluations),
            .write("PutExternalEvaluation", putExternalEvaluation),
            .write("PutRemediationConfigurations", putRemediationConfigurations),
            .write("PutRemediationExceptions", putRemediationExceptions),
            .write("PutResourceConfig", putResourceConfig),
            .write("PutRetentionConfiguration", putRetentionConfiguration),
            .write("PutServiceLinkedConfigurationRecorder", putServiceLinkedConfigurationRecorder),
            .write("StartConfigRulesEvaluation", startConfigRulesEvaluation),
            .write("StartConfigurationRecorder", startConfigurationRecorder),
            .write("StartRemediationExecution", startRemediationExecution),
            .write("StartResourceEvaluation", startResourceEvaluation),
            .write("StopConfigurationRecorder", stopConfigurationRecorder),
            .write("TagResource", tagResource),
            .write("UntagResource", untagResource),
        ],
        jobRunners: [
            Inventory.jobKind: Inventory.run,
            PeriodicDelivery.historyJobKind: PeriodicDelivery.runHistory,
            PeriodicDelivery.snapshotJobKind: PeriodicDelivery.runSnapshot,
            Recording.dailyJobKind: Recording.runDaily,
            Retention.jobKind: Retention.run,
            RemediationRun.jobKind: RemediationRun.runAutomatically,
            RuleDeletion.jobKind: RuleDeletion.run,
            RuleFunction.jobKind: RuleFunction.retry,
            RulePass.jobKind: RulePass.run,
            RulePass.periodicJobKind: RulePass.runPeriodically,
        ],
        webCallRunners: [RuleFunction.callKind: RuleFunction.finish],
        pages: BucketObject.pages + CompliancePages.pages + [ItemImport.page, ResourceSchema.page],
        deliveryOwner: DeliveryOwner(
            item: ChannelMessage.item,
            deadLetter: { delivery, _, content, context in
                ChannelMessage.item(delivery, content, context)
            }, sourceARN: { $0.source }, judge: { _, _, _ in nil },
            perform: ChannelMessage.perform, explain: ChannelMessage.explain),
        configurationSource: RecorderConfiguration.source,
        configurationRecording: ConfigurationRecording(isOn: Recording.isOn, take: Recording.take),
        dataOperations: ["DescribeRemediationExecutionStatus"], check: checkInput)

    /// Empty names have words of their own.
    @Sendable private static func checkInput(_ input: JSON, _ shape: Shape) throws {
        if input["ConfigurationRecorder"]?["name"] == "" {
            throw AWSError(
                "InvalidConfigurationRecorderNameException",
                "The configuration recorder name '' is not valid, blank string.")
        }
        if input["DeliveryChannel"]?["name"] == "" {
            throw AWSError(
                "InvalidDeliveryChannelNameException", "The delivery channel name '' is not valid, blank string.")
        }
        try Validator.check(input, against: shape)
    }
}
