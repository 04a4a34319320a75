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
            .write("DeleteConfigurationRecorder", deleteConfigurationRecorder),
            .write("DeleteDeliveryChannel", deleteDeliveryChannel),
            .write("DeleteResourceConfig", deleteResourceConfig),
            .write("DeleteRetentionConfiguration", deleteRetentionConfiguration),
            .write("DeleteServiceLinkedConfigurationRecorder", deleteServiceLinkedConfigurationRecorder),
            .write("DeliverConfigSnapshot", deliverConfigSnapshot),
            .read("DescribeConfigurationRecorderStatus", describeConfigurationRecorderStatus),
            .read("DescribeConfigurationRecorders", describeConfigurationRecorders),
            .read("DescribeDeliveryChannelStatus", describeDeliveryChannelStatus),
            .read("DescribeDeliveryChannels", describeDeliveryChannels),
            .read("DescribeRetentionConfigurations", describeRetentionConfigurations),
            .write("DisassociateResourceTypes", disassociateResourceTypes),
            .read("GetDiscoveredResourceCounts", getDiscoveredResourceCounts),
            .read("GetResourceConfigHistory", getResourceConfigHistory),
            .read("ListConfigurationRecorders", listConfigurationRecorders),
            .read("ListDiscoveredResources", listDiscoveredResources),
            .read("ListTagsForResource", listTagsForResource),
            .write("PutConfigurationRecorder", putConfigurationRecorder),
            .write("PutDeliveryChannel", putDeliveryChannel),
            .write("PutResourceConfig", putResourceConfig),
            .write("PutRetentionConfiguration", putRetentionConfiguration),
            .write("PutServiceLinkedConfigurationRecorder", putServiceLinkedConfigurationRecorder),
            .write("StartConfigurationRecorder", startConfigurationRecorder),
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
        ],
        pages: BucketObject.pages + [ItemImport.page, ResourceSchema.page],
        deliveryOwner: DeliveryOwner(
            item: ChannelMessage.item,
            deadLetter: { delivery, _, content, context in
                ChannelMessage.item(delivery, content, context)
            }, sourceARN: { $0.source }, judge: { _, _, _ in nil },
            perform: ChannelMessage.perform, explain: ChannelMessage.explain),
        configurationSource: RecorderConfiguration.source,
        configurationRecording: ConfigurationRecording(isOn: Recording.isOn, take: Recording.take),
        check: checkInput)

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
