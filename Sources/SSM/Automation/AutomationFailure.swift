import JSON

/// Why a step failed.
struct AutomationFailure: Error {
    /// Source: the page of FailureDetails.
    enum Kind: String {
        case action = "Action"
        case permission = "Permission"
        case throttling = "Throttling"
        case verification = "Verification"
        case `internal` = "Internal"
    }

    enum Stage: String {
        case inputValidation = "InputValidation"
        case invocation = "Invocation"
        case postVerification = "PostVerification"
    }

    let message: String
    let kind: Kind
    let stage: Stage
    let isTimeout: Bool

    init(_ message: String, _ kind: Kind = .action, stage: Stage = .invocation, isTimeout: Bool = false) {
        self.message = message
        self.kind = kind
        self.stage = stage
        self.isTimeout = isTimeout
    }

    /// "Step fails when it is Execute/Cancelling action. …", as recorded from AWS.
    var text: String {
        let doing =
            switch stage {
            case .inputValidation: "Validating and resolving the step inputs"
            case .postVerification: "Verifying the outputs"
            default: "Execute/Cancelling action"
            }
        return
            "Step fails when it is \(doing). \(message). Please refer to Automation Service Troubleshooting Guide for more diagnosis details."
    }

    var details: JSON {
        .object([
            "FailureStage": .string(stage.rawValue), "FailureType": .string(kind.rawValue),
            "Details": .object(["Message": [.string(String(message.prefix(512)))]]),
        ])
    }
}
