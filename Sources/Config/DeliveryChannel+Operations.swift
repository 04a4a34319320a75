import JSON
import Kernel
import Model

extension Config {
    /// Every bucket is taken for one that exists and may be written to: S3 is not served.
    @Sendable static func putDeliveryChannel(_ input: PutDeliveryChannelRequest, in context: WriteContext) throws {
        let wanted = input.deliveryChannel
        let name = wanted.name ?? defaultName
        context.access("config:PutDeliveryChannel", on: "*")
        guard try StoredRecorder.own(in: context) != nil else {
            throw AWSError.noAvailableRecorder("Configuration recorder is not available to put delivery channel.")
        }
        try check(wanted)
        let earlier = try StoredChannel.own(in: context)
        guard earlier == nil || earlier?.name == name else {
            throw AWSError(
                "MaxNumberOfDeliveryChannelsExceededException",
                "Failed to put delivery channel '\(name)' because the maximum number of delivery channels: 1 is reached."
            )
        }
        var settings = wanted.json.object ?? JSONObject()
        settings["name"] = .string(name)
        var channel = StoredChannel(
            name: name, settings: DeliveryChannel(json: .object(settings)), status: earlier?.status ?? JSONObject())
        for part in StoredChannel.Part.allCases where channel.status[part.rawValue] == nil {
            channel.status[part.rawValue] = [:]
        }
        if wanted.snsTopicARN == nil {
            channel.status[StoredChannel.Part.stream.rawValue] = ["lastStatus": "NOT_APPLICABLE"]
        }
        try channel.save(in: context)
        try context.note(
            earlier == nil ? "created" : "changed", "delivery channel \(name)",
            detail: ["operation": "PutDeliveryChannel"])
        try context.notEnforced(
            "s3BucketName of delivery channel \(name)",
            reason: "S3 is not served: what goes to the bucket is kept under /_windtunnel/config/objects"
                + (context.dataFolder.map { " and \($0)/objects" } ?? ""))
        if wanted.s3KmsKeyArn != nil {
            try context.notEnforced(
                "s3KmsKeyArn of delivery channel \(name)",
                reason: "KMS is not served: nothing is encrypted with the key")
        }
        try BucketObject.probe(in: context)
        try PeriodicDelivery.schedule(in: context)
    }

    private static func check(_ channel: DeliveryChannel) throws(AWSError) {
        guard let bucket = channel.s3BucketName, !bucket.isEmpty else {
            throw AWSError("NoSuchBucketException", "Cannot find a S3 bucket with an empty bucket name.")
        }
        // No bucket has such a name. Source: the S3 user guide's page "General purpose bucket naming rules".
        guard (3...63).contains(bucket.utf8.count),
            bucket.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 })
        else { throw AWSError("NoSuchBucketException", "No such s3 bucket with name '\(bucket)'.") }
        guard channel.s3KeyPrefix != "" else {
            throw AWSError(
                "InvalidS3KeyPrefixException", "The s3 key prefix '' is not valid, empty s3 key prefix.")
        }
        if let topic = channel.snsTopicARN {
            guard let arn = ARN(topic), arn.service == "sns", AccountID.isValid(arn.account) else {
                throw AWSError("InvalidSNSTopicARNException", "The sns topic arn '\(topic)' is not valid.")
            }
        }
        if let key = channel.s3KmsKeyArn {
            guard let arn = ARN(key), arn.service == "kms",
                arn.resource.hasPrefix("key/") || arn.resource.hasPrefix("alias/")
            else {
                throw AWSError(
                    "InvalidS3KmsKeyArnException", "The arn '\(key)' is not a valid kms key or alias arn.")
            }
        }
    }

    @Sendable static func deleteDeliveryChannel(_ input: DeleteDeliveryChannelRequest, in context: WriteContext) throws
    {
        context.access("config:DeleteDeliveryChannel", on: "*")
        let channel = try channel(input.deliveryChannelName, in: context)
        guard try StoredRecorder.own(in: context)?.isRecording != true else {
            throw AWSError(
                "LastDeliveryChannelDeleteFailedException",
                "Failed to delete last specified delivery channel with name '\(channel.name)', because there is a running configuration recorder."
            )
        }
        try channel.delete(in: context)
        try context.note(
            "deleted", "delivery channel \(channel.name)", detail: ["operation": "DeleteDeliveryChannel"])
        try PeriodicDelivery.schedule(in: context)
    }

    @Sendable static func describeDeliveryChannels(_ input: DescribeDeliveryChannelsRequest, in context: ReadContext)
        throws -> DescribeDeliveryChannelsResponse
    {
        context.access("config:DescribeDeliveryChannels", on: "*")
        let channels = try channels(input.deliveryChannelNames, in: context)
        return DescribeDeliveryChannelsResponse(deliveryChannels: channels.map(\.settings))
    }

    @Sendable static func describeDeliveryChannelStatus(
        _ input: DescribeDeliveryChannelStatusRequest, in context: ReadContext
    ) throws -> DescribeDeliveryChannelStatusResponse {
        context.access("config:DescribeDeliveryChannelStatus", on: "*")
        let channels = try channels(input.deliveryChannelNames, in: context)
        return DescribeDeliveryChannelStatusResponse(
            deliveryChannelsStatus: channels.map { channel in
                var status = channel.status
                status["name"] = .string(channel.name)
                return DeliveryChannelStatus(json: .object(status))
            })
    }

    private static func channels(_ names: [String]?, in context: ReadContext) throws -> [StoredChannel] {
        guard let names, !names.isEmpty else { return try StoredChannel.own(in: context).map { [$0] } ?? [] }
        return try names.map { try channel($0, in: context) }
    }

    static func channel(_ name: String, in context: ReadContext) throws -> StoredChannel {
        guard let channel = try StoredChannel.own(in: context), channel.name == name else {
            throw AWSError(
                "NoSuchDeliveryChannelException", "Cannot find delivery channel with specified name '\(name)'.")
        }
        return channel
    }
}
