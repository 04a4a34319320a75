import Dispatch
import Guard
import HTTP
import JSON

/// `POST /_windtunnel/guard/evaluate` with `{"policy": "rule …", "document": {…}}`: what a Guard policy says of a document.
enum GuardPage {
    /// One at a time and beside the lanes, since a policy may need two seconds.
    static let queue = DispatchQueue(label: "windtunnel.guard")

    /// - Parameter now: seconds since 1970.
    static func answer(_ body: [UInt8], now: Int64) -> Response {
        let request: JSON
        do {
            request = try JSON(parsing: body)
        } catch {
            return refusal("InvalidRequest", "The body is not JSON: \(error.message) at byte \(error.offset).")
        }
        guard let text = request["policy"]?.string, let document = request["document"] else {
            return refusal("InvalidRequest", "Say {\"policy\": \"rule …\", \"document\": {…}}.")
        }
        do {
            return .json(try Policy(text).evaluate(document, now: now).json)
        } catch {
            let kind = error.kind == .syntax ? "InvalidPolicy" : "EvaluationFailed"
            return refusal(kind, error.message, line: error.line, column: error.column)
        }
    }

    private static func refusal(_ error: String, _ message: String, line: Int? = nil, column: Int? = nil) -> Response {
        .json(
            .object([
                "error": .string(error), "message": .string(message), "line": line.map { .number($0) },
                "column": column.map { .number($0) },
            ]), status: 400)
    }
}

extension Verdict {
    fileprivate var json: JSON {
        .object([
            "status": .string(status.rawValue),
            "rules": .object(JSONObject(rules.map { ($0.name, .string($0.status.rawValue)) })),
            "checks": .array(checks.map(\.json)),
            "checksLeftOut": checksLeftOut > 0 ? .number(checksLeftOut) : nil,
        ])
    }
}

extension Check {
    fileprivate var json: JSON {
        .object([
            "rule": .string(rule), "status": .string(Status.fail.rawValue), "clause": .string(clause),
            "operator": comparison.isEmpty ? nil : .string(comparison), "path": .string(path), "value": value,
            "comparedWith": comparedWith.isEmpty ? nil : .array(comparedWith), "message": .string(message),
            "customMessage": customMessage.map(JSON.string), "line": .number(line), "column": .number(column),
        ])
    }
}
