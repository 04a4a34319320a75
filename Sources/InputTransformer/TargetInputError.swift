/// Why PutTargets refuses a target's input, in AWS's words. The code is `ValidationException`.
public struct TargetInputError: Error, Hashable, Sendable {
    public let message: String

    static func severalSources(target id: String) -> TargetInputError {
        TargetInputError(
            message: "Only one of Input, InputPath, or InputTransformer must be provided for target \(id).")
    }

    static func syntax(of input: String, at place: JSONText.Place, target id: String) -> TargetInputError {
        TargetInputError(message: "JSON syntax error in input for target \(id): \(source(input, place))")
    }

    /// Of an InputPath and of a value of InputPathsMap alike.
    static func path(target id: String) -> TargetInputError {
        TargetInputError(message: "InputPath for target \(id) is invalid.")
    }

    static func unknownPlaceholder(_ name: String, target id: String) -> TargetInputError {
        TargetInputError(message: "InputTemplate for target \(id) contains invalid placeholder \(name).")
    }

    static func eventInText(target id: String) -> TargetInputError {
        let name = ReservedVariable.wholeEvent.rawValue
        return TargetInputError(
            message: "InputTemplate for target \(id) contains placeholder \(name) valid only for JSON template.")
    }

    static func placeholderAsKey(target id: String) -> TargetInputError {
        TargetInputError(message: "InputTemplate placeholder present as a JSON object key for target \(id).")
    }

    /// `template` has `null` for each placeholder.
    static func syntax(ofTemplate template: String, at place: JSONText.Place, target id: String) -> TargetInputError {
        TargetInputError(message: "Invalid InputTemplate for target \(id) : \(source(template, place)).")
    }

    private static func source(_ text: String, _ place: JSONText.Place) -> String {
        "[Source: (String)\"\(text)\"; line: \(place.line), column: \(place.column)]"
    }
}
