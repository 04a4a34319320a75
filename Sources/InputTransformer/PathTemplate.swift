import JSON

/// A template as EventBridge Pipes has it: paths stand in it without being declared, `{"id": <$.body.id>}`, beside
/// variables such as `<aws.pipes.pipe-name>`. What they become is the same as in `InputTemplate`.
///
/// Source: the user guide's page "Amazon EventBridge Pipes input transformation".
public struct PathTemplate: Sendable {
    private enum Part: Sendable {
        case text(String)
        case path(JSONPath, isQuoted: Bool)
        case variable(String, isQuoted: Bool)
    }

    private let parts: [Part]
    private let isObject: Bool

    /// - Parameter variables: how the names of variables begin: `aws.pipes.`
    public init(_ text: String, variables: String) {
        parts = InputTemplate.parts(of: text) { JSONPath(String($0)) != nil || $0.hasPrefix(variables) }.map {
            switch $0 {
            case .text(let plain): .text(plain)
            case .placeholder(let name, let isQuoted):
                JSONPath(name).map { .path($0, isQuoted: isQuoted) } ?? .variable(name, isQuoted: isQuoted)
            }
        }
        isObject = text.first { !$0.isWhitespace } == "{"
    }

    /// - Parameter variables: by their whole names.
    public func body(for event: JSON, variables: [String: JSON]) -> TargetBody {
        let text = parts.reduce(into: "") { text, part in
            switch part {
            case .text(let plain): text += plain
            case .path(let path, let isQuoted):
                text += InputTemplate.written(path.value(in: event), isQuoted: isQuoted, isObject: isObject)
            case .variable(let name, let isQuoted):
                text += InputTemplate.written(variables[name], isQuoted: isQuoted, isObject: isObject)
            }
        }
        if text.isEmpty { return .nothing }
        return isObject && JSONText.mistake(in: text) != nil ? .invalidJSON(text) : .text(text)
    }
}
