import JSON
import Kernel
import Model

/// What CreateSchedule and UpdateSchedule look at in a target, beyond what the model says. The texts were recorded from
/// AWS; that of parameters that are missing was so for queues, and the others follow it.
///
/// The execution role is taken for one that exists and may do what it must: IAM is not served.
enum TargetCheck {
    private static let parameterMembers = [
        "EcsParameters", "EventBridgeParameters", "KinesisParameters", "SageMakerPipelineParameters", "SqsParameters",
    ]

    static func check(_ target: Target, in context: ReadContext) throws {
        guard let arn = ARN(target.arn) else { throw AWSError.badARN }
        switch try TargetKind(arn) {
        case .templated(let template):
            guard arn.region.isEmpty || arn.region == context.region else {
                throw AWSError.validation(
                    "The target ARN provided does not match the current region \(context.region).")
            }
            try checkParameters(target, template.parameters)
            try check(target, template, arn)
        case .universal(let sdkName, let action):
            try checkParameters(target, nil)
            try check(target, sdkName, action, in: context)
        }
    }

    private static func checkParameters(_ target: Target, _ expected: (name: String, isRequired: Bool)?)
        throws(AWSError)
    {
        for member in parameterMembers where member != expected?.name && target.json[member]?.object != nil {
            throw .validation("Parameters \(member) not supported for the target.")
        }
        guard let expected, expected.isRequired, target.json[expected.name]?.object == nil else { return }
        throw .validation("Parameters \(expected.name) must be specified.")
    }

    private static func check(_ target: Target, _ template: Template, _ arn: ARN) throws(AWSError) {
        if template.takesJSONOnly, let input = target.input { _ = try json(input) }
        if template == .sqs {
            let isFIFO = arn.resource.hasSuffix(".fifo")
            if isFIFO, target.sqsParameters?.messageGroupId == nil {
                throw .validation("Parameters SqsParameters must be specified.")
            }
            if !isFIFO, target.sqsParameters?.messageGroupId != nil {
                throw .validation("Parameters MessageGroupId not valid for the target.")
            }
        }
        if let ecs = target.ecsParameters, ecs.launchType == .fargate, ecs.networkConfiguration == nil {
            throw .validation(
                "Parameter NetworkConfiguration must be specified for the target when launch type is FARGATE.")
        }
    }

    private static func check(_ target: Target, _ sdkName: String, _ action: String, in context: ReadContext) throws {
        guard !TargetKind.isReading(action) else { throw AWSError.validation("\(action) API is not supported.") }
        guard let text = target.input else {
            throw AWSError.validation("You must provide an input to set this target for your schedule.")
        }
        let input = try json(text)
        // Of a service that is not here, nothing more is known.
        guard let service = context.service(sdkName: sdkName) else { return }
        guard let operation = UniversalInput.operation(action, of: service) else {
            throw AWSError.validation("\(action) API is not supported.")
        }
        let missing = UniversalInput.missing(in: input, operation.input)
        guard missing.isEmpty else {
            throw AWSError.validation(
                "Invalid RequestJson provided. Reason Request payload is missing the following field(s): "
                    + "\(missing.joined(separator: ", ")).")
        }
    }

    private static func json(_ text: String) throws(AWSError) -> JSON {
        guard let json = try? JSON(parsing: text) else {
            throw .validation("JSON syntax error in input for the target.")
        }
        return json
    }
}
