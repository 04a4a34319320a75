import Config
import JSON
import Kernel
import SNS
import SQS
import TestKernel

@testable import Config

/// An account whose recorder runs.
struct ConfigAccount {
    let aws: TestKernel

    static let queue = "AWS::SQS::Queue"

    init(isRecording: Bool = true) async throws {
        aws = try await TestKernel(Config.service, SQS.service, SNS.service)
        if isRecording { try await start() }
    }

    func start() async throws {
        try await aws.call(
            "PutConfigurationRecorder", ["ConfigurationRecorder": ["roleARN": "arn:aws:iam::111111111111:role/config"]])
        try await aws.call("PutDeliveryChannel", ["DeliveryChannel": ["s3BucketName": "bucket"]])
        try await aws.call("StartConfigurationRecorder", ["ConfigurationRecorderName": "default"])
    }

    func makeQueue(_ name: String, tags: JSON = [:]) async throws -> String {
        try await aws.call("CreateQueue", ["QueueName": .string(name), "tags": tags])["QueueUrl"]?.string ?? ""
    }

    /// The latest first.
    func statuses(_ type: String, _ id: String) async throws -> [String] {
        let answer = try await aws.call(
            "GetResourceConfigHistory", ["resourceType": .string(type), "resourceId": .string(id)])
        return (answer["configurationItems"]?.array ?? []).compactMap { $0["configurationItemStatus"]?.string }
    }

    func count(_ type: String) async throws -> Int? {
        try await aws.call("GetDiscoveredResourceCounts", ["resourceTypes": [.string(type)]])[
            "totalDiscoveredResources"]?.int
    }
}
