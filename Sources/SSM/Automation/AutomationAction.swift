import JSON
import Kernel
import Model

/// What the steps of runbooks can do.
///
/// Source: the user guide's page "Systems Manager Automation actions reference" and the pages below it.
enum AutomationAction {
    enum Outcome {
        /// - payload: what the step's own outputs are selected from.
        case succeeded(JSONObject, payload: JSON)
        /// To another step than the next one; nil where no choice was made.
        case goTo(String?)
        /// Not before a signal where `until` is nil.
        case waiting(until: Timestamp?, AutomationExecutionStatus)
        /// A loop's steps come next.
        case entered
    }

    private static let served: [String: @Sendable (inout StoredStep, AutomationRun) throws -> Outcome] = [
        "aws:approve": ApproveAction.perform,
        "aws:assertAwsResourceProperty": PropertyAction.assert,
        "aws:branch": BranchAction.perform,
        "aws:executeAutomation": ChildAction.perform,
        "aws:executeAwsApi": ApiAction.perform,
        ScriptAction.name: ScriptAction.perform,
        "aws:invokeWebhook": WebhookAction.perform,
        "aws:loop": LoopAction.perform,
        "aws:pause": PauseAction.perform,
        "aws:sleep": SleepAction.perform,
        "aws:updateVariable": VariableAction.perform,
        "aws:waitForAwsResourceProperty": PropertyAction.wait,
    ]

    /// All that AWS documents; a runbook may name those that are not served, and its step fails then.
    static let documented: Set<String> = Set(served.keys).union([
        "aws:changeInstanceState", "aws:copyImage", "aws:createImage", "aws:createStack", "aws:createTags",
        "aws:deleteImage", "aws:deleteStack", "aws:executeStateMachine", "aws:invokeLambdaFunction", "aws:runCommand",
        "aws:runInstances",
    ])

    static let requiredInputs: [String: [String]] = [
        "aws:approve": ["Approvers"],
        "aws:assertAwsResourceProperty": ["Service", "Api", "PropertySelector", "DesiredValues"],
        "aws:branch": ["Choices"],
        "aws:executeAutomation": ["DocumentName"],
        "aws:executeAwsApi": ["Service", "Api"],
        "aws:executeScript": ["Runtime"],
        "aws:invokeWebhook": ["IntegrationName"],
        "aws:runCommand": ["DocumentName"],
        "aws:updateVariable": ["Name", "Value"],
        "aws:waitForAwsResourceProperty": ["Service", "Api", "PropertySelector", "DesiredValues"],
    ]

    /// The inputs of actions that take no others. Sources: the user guide's page of each action, and for aws:runCommand what
    /// AWS was seen to answer.
    static let knownInputs: [String: [String]] = [
        "aws:approve": ["NotificationArn", "Message", "MinRequiredApprovals", "Approvers"],
        "aws:branch": ["Choices", "Default"],
        "aws:executeAutomation": [
            "DocumentName", "DocumentVersion", "MaxConcurrency", "MaxErrors", "RuntimeParameters", "Tags",
            "TargetLocations", "TargetMaps", "TargetParameterName", "Targets",
        ],
        "aws:executeScript": ["Runtime", "Handler", "InputPayload", "Script", "Attachment"],
        "aws:invokeWebhook": ["IntegrationName", "Body"],
        "aws:loop": ["Iterators", "IteratorDataType", "LoopCondition", "MaxIterations", "Steps"],
        "aws:pause": [],
        "aws:runCommand": [
            "Comment", "MaxErrors", "Parameters", "DocumentHashType", "ServiceRoleArn", "MaxConcurrency", "Targets",
            "TimeoutSeconds", "OutputS3KeyPrefix", "CloudWatchOutputConfig", "NotificationConfig", "DocumentVersion",
            "InstanceIds", "OutputS3BucketName", "DocumentName", "DocumentHash",
        ],
        "aws:sleep": ["Duration", "Timestamp"],
        "aws:updateVariable": ["Name", "Value"],
    ]

    /// Seconds, for a step that names none.
    static let standardTimeouts: [String: Int] = [
        "aws:approve": 604_800, "aws:pause": 604_800, "aws:waitForAwsResourceProperty": 3600,
        "aws:executeAutomation": 43_200, "aws:executeScript": ScriptAction.secondsLimit,
    ]

    /// Whether what stands in double braces is filled in when the step begins: a loop's inputs are when its steps run, and
    /// a script may have braces of its own.
    static func resolves(_ input: String, of action: String) -> Bool {
        action != "aws:loop" && !(action == ScriptAction.name && input == "Script")
    }

    static func perform(_ step: RunbookStep, _ row: inout StoredStep, in run: AutomationRun) throws -> Outcome {
        guard let perform = served[step.action] else {
            let names = served.keys.sorted().joined(separator: ", ")
            throw AutomationFailure("Windtunnel does not serve \(step.action); it serves \(names)")
        }
        return try perform(&row, run)
    }

    /// The outputs that a step declares, selected from what its action gave.
    static func declared(_ outputs: [RunbookStep.Output], in payload: JSON) throws -> [(String, JSON)] {
        var values: [(String, JSON)] = []
        for output in outputs {
            guard let found = output.selector.find(in: payload) else {
                throw AutomationFailure(
                    "The selector \(output.selectorText) of output \(output.name) finds nothing in the response",
                    .verification, stage: .postVerification)
            }
            // A path that may find several has found one where one is wanted.
            let single = output.type == "String" || output.type == "Integer" || output.type == "Boolean"
            let value =
                single && !output.selector.isDefinite && found.array?.count == 1 ? found.array?[0] ?? found : found
            guard let typed = AutomationValue.typed(value, as: output.type) else {
                throw AutomationFailure(
                    "Output \(output.name) is no \(output.type): \(AutomationValue.text(value).prefix(200))",
                    .verification,
                    stage: .postVerification)
            }
            values.append((output.name, typed))
        }
        return values
    }
}
