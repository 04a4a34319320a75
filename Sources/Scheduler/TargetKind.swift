import Kernel
import Model

/// What a schedule's target is, as far as its ARN tells.
///
/// Sources: the user guide's pages "Using templated targets in EventBridge Scheduler" and "Using universal targets in
/// EventBridge Scheduler".
enum TargetKind: Equatable {
    /// The one operation that is called on a resource of the service.
    case templated(Template)
    /// `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`: any operation, with its whole input.
    case universal(sdkName: String, action: String)

    /// Nil where schedules have no such target, with what AWS says of it.
    init(_ arn: ARN) throws(AWSError) {
        if arn.service == "scheduler", arn.region.isEmpty, arn.account.isEmpty {
            let parts = arn.resource.split(separator: ":").map(String.init)
            guard parts.count == 3, parts[0] == "aws-sdk" else { throw .badARN }
            self = .universal(sdkName: parts[1], action: parts[2])
            return
        }
        guard let template = Template(rawValue: arn.service) else {
            throw .validation("\(arn.service) is not a supported service for a target.")
        }
        guard arn.resource.hasPrefix(template.resourcePrefix) else { throw .badARN }
        self = .templated(template)
    }

    /// The operation that is called, as dead letters name it.
    func universalARN(partition: String) -> String {
        switch self {
        case .templated(let template): "arn:\(partition):scheduler:::aws-sdk:\(template.sdkName):\(template.action)"
        case .universal(let sdkName, let action): "arn:\(partition):scheduler:::aws-sdk:\(sdkName):\(action)"
        }
    }

    /// How the names of actions that only read begin. Source: "Unsupported actions" of the page on universal targets.
    private static let readingPrefixes = [
        "get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read", "lookup", "discover",
        "validate", "batchGet", "batchDescribe", "batchRead", "transactGet", "adminGet", "adminList", "testMigration",
        "retrieve", "testConnection", "translateDocument", "isAuthorized", "isAuthorizedWithToken", "invokeModel",
    ]

    static func isReading(_ action: String) -> Bool {
        let action = action.prefix(1).lowercased() + action.dropFirst()
        return readingPrefixes.contains { action.hasPrefix($0) }
    }
}

/// A templated target, by the service of its ARN.
enum Template: String {
    case codeBuild = "codebuild"
    case codePipeline = "codepipeline"
    case ecs, events, firehose, inspector, kinesis, lambda, sns, sqs
    case sageMaker = "sagemaker"
    case stepFunctions = "states"

    /// What the service is called in universal targets.
    var sdkName: String {
        switch self {
        case .events: "eventbridge"
        case .stepFunctions: "sfn"
        default: rawValue
        }
    }

    var action: String {
        switch self {
        case .codeBuild: "startBuild"
        case .codePipeline, .sageMaker: "startPipelineExecution"
        case .ecs: "runTask"
        case .events: "putEvents"
        case .firehose, .kinesis: "putRecord"
        case .inspector: "startAssessmentRun"
        case .lambda: "invoke"
        case .sns: "publish"
        case .sqs: "sendMessage"
        case .stepFunctions: "startExecution"
        }
    }

    var resourcePrefix: String {
        switch self {
        case .codeBuild: "project/"
        case .ecs: "cluster/"
        case .events: "event-bus/"
        case .firehose: "deliverystream/"
        case .kinesis: "stream/"
        case .lambda: "function:"
        case .sageMaker: "pipeline/"
        case .stepFunctions: "stateMachine:"
        case .codePipeline, .inspector, .sns, .sqs: ""
        }
    }

    /// Source: the page of Target's Input; the others take any text.
    var takesJSONOnly: Bool { [.lambda, .stepFunctions, .events].contains(self) }

    /// The member of Target with parameters for this service, and whether it must be given.
    var parameters: (name: String, isRequired: Bool)? {
        switch self {
        case .ecs: ("EcsParameters", true)
        case .events: ("EventBridgeParameters", true)
        case .kinesis: ("KinesisParameters", true)
        case .sageMaker: ("SageMakerPipelineParameters", false)
        case .sqs: ("SqsParameters", false)
        default: nil
        }
    }
}

extension AWSError {
    static let badARN = validation("Provided Arn is not in correct format.")
}
