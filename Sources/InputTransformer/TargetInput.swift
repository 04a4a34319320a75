import JSON

/// What of an event a target gets: the event, a constant text, a part of the event, or a template filled in.
///
/// ```swift
/// let input = try TargetInput(
///     target: "1", inputPathsMap: ["id": "$.detail.instance-id"], inputTemplate: #"{"instance":<id>}"#)
/// input.body(for: event, in: context)   // .text(#"{"instance":"i-0123456789"}"#)
/// ```
///
/// Sources: "Amazon EventBridge input transformation", the API reference of InputTransformer, and what PutTargets and
/// targets in SQS showed when they were tried on AWS in September 2026.
public struct TargetInput: Sendable {
    private enum Source {
        case event
        case constant(String)
        /// Nil for an empty path, which AWS takes.
        case path(JSONPath?)
        case template(InputTemplate)
    }

    private let source: Source

    /// Takes the members of a target as PutTargets gets them. The API model says how many paths there may be and how
    /// they may be named.
    public init(
        target id: String, input: String? = nil, inputPath: String? = nil, inputPathsMap: [String: String] = [:],
        inputTemplate: String? = nil
    ) throws(TargetInputError) {
        switch (input, inputPath, inputTemplate) {
        case (nil, nil, nil): source = .event
        case (let input?, nil, nil):
            if !input.isEmpty, let place = JSONText.mistake(in: input) {
                throw .syntax(of: input, at: place, target: id)
            }
            source = .constant(input)
        case (nil, let inputPath?, nil):
            source = .path(inputPath.isEmpty ? nil : try Self.path(inputPath, target: id))
        case (nil, nil, let inputTemplate?):
            var paths: [String: JSONPath] = [:]
            for (name, path) in inputPathsMap { paths[name] = try Self.path(path, target: id) }
            let template = InputTemplate(inputTemplate, paths: paths)
            try template.check(target: id)
            source = .template(template)
        default: throw .severalSources(target: id)
        }
    }

    private static func path(_ text: String, target id: String) throws(TargetInputError) -> JSONPath {
        guard let path = JSONPath(text) else { throw .path(target: id) }
        return path
    }

    public func body(for event: JSON, in context: TargetContext) -> TargetBody {
        switch source {
        case .event: return .text(event.description)
        case .constant(let text): return text.isEmpty ? .nothing : .text(text)
        case .path(let path):
            // What is missing, null or not asked for arrives as an empty object.
            guard let value = path?.value(in: event), !value.isNull else { return .text("{}") }
            return .text(value.description)
        case .template(let template):
            let text = template.filled(from: event, in: context)
            if text.isEmpty { return .nothing }
            return JSONText.isValid(text) ? .text(text) : .invalidJSON(text)
        }
    }
}

/// What is on its way to a target.
public enum TargetBody: Hashable, Sendable {
    case text(String)
    /// Is not delivered. It goes into the dead-letter queue with `ERROR_CODE` `INVALID_JSON` and `ERROR_MESSAGE`
    /// `Invalid input for target.`
    case invalidJSON(String)
    /// Nothing arrives anywhere: the text is empty.
    case nothing
}

/// What a template may tell beside the event.
public struct TargetContext: Sendable {
    public let ruleARN: String
    public let ruleName: String
    /// ISO 8601 with milliseconds: `2026-09-13T12:17:30.408Z`.
    public let ingestionTime: String
    /// The `time` of the event in milliseconds since 1970.
    public let eventTime: Int64

    public init(ruleARN: String, ruleName: String, ingestionTime: String, eventTime: Int64) {
        self.ruleARN = ruleARN
        self.ruleName = ruleName
        self.ingestionTime = ingestionTime
        self.eventTime = eventTime
    }
}
