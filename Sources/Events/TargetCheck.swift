import InputTransformer
import JSON
import Kernel
import Model

/// What PutTargets refuses of a target.
///
/// Source: the API reference of Target, and errors that AWS was seen to answer.
struct TargetCheck {
    private let target: StoredTarget
    private let rule: StoredRule
    private let context: ReadContext

    /// The parameters that only one service takes, by their names, with the service of the ARN.
    private static let blocks = [
        ("KinesisParameters", "kinesis"), ("RunCommandParameters", "ssm"), ("EcsParameters", "ecs"),
        ("BatchParameters", "batch"), ("SqsParameters", "sqs"), ("RedshiftDataParameters", "redshift"),
        ("SageMakerPipelineParameters", "sagemaker"), ("AppSyncParameters", "appsync"),
    ]
    /// Services that EventBridge calls by a role.
    private static let needRole: Set<String> = [
        "batch", "codebuild", "codepipeline", "ecs", "events", "firehose", "glue", "inspector", "kinesis", "redshift",
        "redshift-serverless", "sagemaker", "ssm", "ssm-incidents", "states",
    ]
    private static let services: Set<String> = needRole.union([
        "apigateway", "appsync", "ec2", "execute-api", "lambda", "logs", "sns", "sqs",
    ])

    init(_ target: StoredTarget, of rule: StoredRule, in context: ReadContext) {
        self.target = target
        self.rule = rule
        self.context = context
    }

    func check() throws {
        guard let arn = ARN(target.arn), Self.services.contains(arn.service) else {
            throw AWSError.validation(
                "Parameter \(target.arn) is not valid. Reason: Provided Arn is not in correct format.")
        }
        if Self.needRole.contains(arn.service), target.json["RoleArn"]?.string == nil {
            throw AWSError.validation("RoleArn is required for target \(target.arn).")
        }
        try checkBlocks(arn)
        try checkInput()
        if StoredBus.isBus(arn) { try checkBus(arn) }
        if arn.service == "logs" { try checkLogs() }
        if arn.service == "ecs" { try checkECS() }
        if let sql = target.json["RedshiftDataParameters"], (sql["Sql"] == nil) == (sql["Sqls"] == nil) {
            throw AWSError.validation(
                "Either RedshiftDataParameters.sql or RedshiftDataParameters.sqls must be specified for target: "
                    + "\(target.id).")
        }
        if let queue = target.json["DeadLetterConfig"]?["Arn"]?.string { try DeadLetterQueue.check(queue, in: context) }
    }

    private func checkBlocks(_ arn: ARN) throws {
        for (block, service) in Self.blocks
        where target.json[block] != nil && !arn.service.hasPrefix(service) {
            throw AWSError.validation("Parameter(s) \(block) not supported for target: \(target.id).")
        }
        if target.json["HttpParameters"] != nil, arn.service != "execute-api",
            !(arn.service == "events" && arn.resource.hasPrefix("api-destination/"))
        {
            throw AWSError.validation("Parameter(s) HttpParameters not supported for target: \(target.id).")
        }
        let needed: String? =
            switch arn.service {
            case "sqs" where arn.resource.hasSuffix(".fifo"): "SqsParameters"
            case "ecs": "EcsParameters"
            case "batch": "BatchParameters"
            default: nil
            }
        if let needed, target.json[needed] == nil {
            throw AWSError.validation("Parameter(s) \(needed) must be specified for target: \(target.id).")
        }
        if arn.service == "sns", arn.resource.hasSuffix(".fifo") {
            throw AWSError.validation("Parameter \(target.arn) is not valid. Reason: FIFO topics are not supported.")
        }
    }

    private func checkInput() throws {
        do {
            _ = try target.input()
        } catch let error as TargetInputError {
            throw AWSError.validation(error.message)
        }
    }

    /// What goes to a bus goes as it is (recorded behaviour).
    private func checkBus(_ arn: ARN) throws {
        guard arn != rule.bus else {
            throw AWSError.validation("Parameter \(target.arn) is not valid. Reason: A bus cannot be its own target.")
        }
        for name in ["Input", "InputPath", "InputTransformer", "RetryPolicy"] where target.json[name] != nil {
            throw AWSError.validation("Parameter(s) \(name) not supported for target: \(target.id).")
        }
    }

    private func checkLogs() throws {
        for name in ["RoleArn", "Input", "InputPath"] where target.json[name] != nil {
            throw AWSError.validation("Parameter(s) \(name) not supported for target: \(target.id).")
        }
    }

    private func checkECS() throws {
        let parameters = target.json["EcsParameters"]
        if target.json["InputPath"] != nil {
            throw AWSError.validation("Parameter(s) InputPath not supported for target: \(target.id).")
        }
        if let count = parameters?["TaskCount"]?.int, count > 10 {
            throw AWSError.validation("Parameter(s) TaskCount not valid for target: \(target.id).")
        }
        let network = parameters?["NetworkConfiguration"]?["awsvpcConfiguration"]
        switch parameters?["LaunchType"]?.string {
        case "FARGATE" where network == nil:
            throw AWSError.validation(
                "Parameter NetworkConfiguration must be specified for target \(target.id) when launch type is FARGATE.")
        case "EC2":
            for (name, isGiven) in [
                ("PlatformVersion", parameters?["PlatformVersion"] != nil),
                ("AssignPublicIp", network?["AssignPublicIp"] == "ENABLED"),
            ] where isGiven {
                throw AWSError.validation(
                    "Parameter \(name) for target \(target.id) is not supported when launch type is EC2.")
            }
        default: break
        }
        if let network {
            guard (1...16).contains(network["Subnets"]?.array?.count ?? 0) else {
                throw AWSError.validation("Parameter Subnets is not valid. Reason: size must be in between 1 and 16")
            }
            guard (network["SecurityGroups"]?.array?.count ?? 0) <= 5 else {
                throw AWSError.validation(
                    "Parameter SecurityGroups is not valid. Reason: size must be in between 0 and 5")
            }
        }
    }
}

/// The dead-letter queue of a target or a bus.
enum DeadLetterQueue {
    static func check(_ text: String, in context: ReadContext) throws {
        guard let arn = ARN(text) else {
            throw AWSError.validation("Parameter DeadLetterConfig.Arn is not valid. Reason: \(text) is not an ARN.")
        }
        guard arn.service == "sqs" else {
            throw AWSError.validation("\(arn.service) is not supported as a dead letter resource.")
        }
        guard !arn.resource.hasSuffix(".fifo") else {
            throw AWSError.validation("SQS FIFO is not supported by Dead Letter Queues.")
        }
        guard arn.region == context.region else {
            throw AWSError.validation("Dead Letter Queue must be in the same Region as the rule.")
        }
    }
}
