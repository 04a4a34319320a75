import JSON
import Kernel
import Model

/// Amazon Simple Notification Service.
public enum SNS {
    public static let service = Service(
        model: .sns,
        operations: [
            .write("AddPermission", addPermission),
            .read("CheckIfPhoneNumberIsOptedOut", checkIfPhoneNumberIsOptedOut),
            .write("ConfirmSubscription", confirmSubscription),
            .write("CreatePlatformApplication", createPlatformApplication),
            .write("CreatePlatformEndpoint", createPlatformEndpoint),
            .write("CreateSMSSandboxPhoneNumber", createSMSSandboxPhoneNumber),
            .write("CreateTopic", createTopic),
            .write("DeleteEndpoint", deleteEndpoint),
            .write("DeletePlatformApplication", deletePlatformApplication),
            .write("DeleteSMSSandboxPhoneNumber", deleteSMSSandboxPhoneNumber),
            .write("DeleteTopic", deleteTopic),
            .read("GetDataProtectionPolicy", getDataProtectionPolicy),
            .read("GetEndpointAttributes", getEndpointAttributes),
            .read("GetPlatformApplicationAttributes", getPlatformApplicationAttributes),
            .read("GetSMSAttributes", getSMSAttributes),
            .read("GetSMSSandboxAccountStatus", getSMSSandboxAccountStatus),
            .read("GetSubscriptionAttributes", getSubscriptionAttributes),
            .read("GetTopicAttributes", getTopicAttributes),
            .read("ListEndpointsByPlatformApplication", listEndpointsByPlatformApplication),
            .read("ListOriginationNumbers", listOriginationNumbers),
            .read("ListPhoneNumbersOptedOut", listPhoneNumbersOptedOut),
            .read("ListPlatformApplications", listPlatformApplications),
            .read("ListSMSSandboxPhoneNumbers", listSMSSandboxPhoneNumbers),
            .read("ListSubscriptions", listSubscriptions),
            .read("ListSubscriptionsByTopic", listSubscriptionsByTopic),
            .read("ListTagsForResource", listTagsForResource),
            .read("ListTopics", listTopics),
            .write("OptInPhoneNumber", optInPhoneNumber),
            .write("Publish", publish),
            .write("PublishBatch", publishBatch),
            .write("PutDataProtectionPolicy", putDataProtectionPolicy),
            .write("RemovePermission", removePermission),
            .write("SetEndpointAttributes", setEndpointAttributes),
            .write("SetPlatformApplicationAttributes", setPlatformApplicationAttributes),
            .write("SetSMSAttributes", setSMSAttributes),
            .write("SetSubscriptionAttributes", setSubscriptionAttributes),
            .write("SetTopicAttributes", setTopicAttributes),
            .write("Subscribe", subscribe),
            .write("TagResource", tagResource),
            .write("Unsubscribe", unsubscribe),
            .write("UntagResource", untagResource),
            .write("VerifySMSSandboxPhoneNumber", verifySMSSandboxPhoneNumber),
        ],
        jobRunners: [
            FanOut.jobKind: FanOut.run,
            Replay.jobKind: Replay.run,
            Confirmation.jobKind: Confirmation.expire,
        ],
        pages: pages,
        destination: Destination(accept: accept),
        deliveryOwner: DeliveryOwner(
            item: SubscriptionItem.item, deadLetter: SubscriptionItem.deadLetter, sourceARN: { $0.origin },
            judge: { _, answer, _ in
                answer.status == 429 || answer.status >= 500 ? .answered(answer.status, isRetryable: true) : nil
            }, explain: FanOut.explain),
        configurationSource: TopicConfiguration.source,
        dataOperations: ["Publish", "PublishBatch"],
        check: checkInput)

    /// A missing subscription has words of its own (recorded behaviour).
    @Sendable private static func checkInput(_ input: JSON, _ shape: Shape) throws {
        if shape.required.contains("SubscriptionArn"), input["SubscriptionArn"]?.string ?? "" == "" {
            throw AWSError.invalidParameter("SubscriptionArn Reason: no value for required parameter")
        }
        try Validator.check(input, against: shape)
    }
}
