import InputTransformer
import JSON
import Kernel
import Model

/// What the enrichment or the target gets: the event, or what the template makes of it.
struct PipeInput {
    private let event: JSON
    /// With a body that is JSON as what it says.
    private let parsed: JSON
    private let content: JSON

    /// - Parameter item: what the enrichment answered; nil is the record.
    init(_ content: JSON, item: JSON?) {
        let record = PipeRecord(event: content["record"] ?? [:])
        event = item ?? record.event
        parsed = item ?? record.parsed
        self.content = content
    }

    func body(_ template: String?, now: Timestamp) throws -> String {
        guard let template else { return event.string ?? event.description }
        switch PathTemplate(template, variables: "aws.pipes.").body(for: parsed, variables: variables(now)) {
        case .text(let text): return text
        case .nothing: return ""
        case .invalidJSON(let text):
            throw DeliveryFailure("INVALID_JSON", "The input template makes what is no JSON: \(text)")
        }
    }

    /// Source: "Reserved variables" of the user guide's page "Amazon EventBridge Pipes input transformation".
    private func variables(_ now: Timestamp) -> [String: JSON] {
        let settings = PipeSettings(stored: content["pipe"] ?? [:])
        return [
            "aws.pipes.pipe-arn": content["arn"] ?? "", "aws.pipes.pipe-name": content["name"] ?? "",
            "aws.pipes.source-arn": .string(settings.source), "aws.pipes.target-arn": .string(settings.target),
            "aws.pipes.enrichment-arn": .string(settings.enrichment ?? ""),
            "aws.pipes.event.ingestion-time": .string(now.iso8601()), "aws.pipes.event": event,
            "aws.pipes.event.json": parsed.string == nil ? parsed : "",
        ]
    }

    /// A parameter may be a path into the event in place of a value.
    func value(_ text: String, _ name: String) throws -> String {
        guard text.hasPrefix("$."), let path = JSONPath(text) else { return text }
        guard let value = path.value(in: parsed), !value.isNull else {
            throw DeliveryFailure("INVALID_PARAMETER", "\(name): there is no \(text) in the event.")
        }
        return value.string ?? value.description
    }

    func value(_ text: String?, _ name: String) throws -> JSON? {
        try text.map { .string(try value($0, name)) }
    }

    /// The request to an API destination.
    func web(
        _ body: String, path: [String]?, headers: MapView<String>?, query: MapView<String>?
    ) throws -> WebDestination.Input {
        var input = WebDestination.Input(body: body)
        input.pathValues = try (path ?? []).map { try value($0, "PathParameterValues") }
        input.headers = try (headers?.entries ?? []).map { ($0.key, try value($0.value, "HeaderParameters")) }
        input.query = try (query?.entries ?? []).map { ($0.key, try value($0.value, "QueryStringParameters")) }
        return input
    }
}
