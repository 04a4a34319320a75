import JSON
import Model

/// A page of a service beside its API: what AWS shows elsewhere or nowhere, such as a message to a phone.
public struct Page: Sendable {
    public enum Handler: Sendable {
        case read(@Sendable (PageRequest, ReadContext) throws -> PageAnswer)
        case write(@Sendable (PageRequest, WriteContext) throws -> PageAnswer)
    }

    public let method: String
    /// `/_aws/sns/sms-messages`; a `*` at the end stands for the rest of a path.
    public let path: String
    /// The operation whose calls it answers too, and whose words its errors have.
    public let operation: String?
    /// A parameter without which it does not answer: several pages may share a path.
    public let parameter: String?
    public let handler: Handler

    public init(
        _ method: String, _ path: String, operation: String? = nil, parameter: String? = nil, _ handler: Handler
    ) {
        self.method = method
        self.path = path
        self.operation = operation
        self.parameter = parameter
        self.handler = handler
    }

    /// What stands for the `*`; nil where the page is another.
    public func rest(of path: String, method: String) -> String? {
        guard method == self.method else { return nil }
        guard self.path.hasSuffix("*") else { return path == self.path ? "" : nil }
        let start = self.path.dropLast()
        return path.hasPrefix(start) ? String(path.dropFirst(start.count)) : nil
    }
}

public struct PageRequest: Sendable {
    /// What stands for the `*` of the page's path.
    public let rest: String
    public let query: [String: String]
    public let body: [UInt8]

    public init(rest: String, query: [String: String], body: [UInt8]) {
        self.rest = rest
        self.query = query
        self.body = body
    }
}

public enum PageAnswer: Sendable {
    /// Who wants text gets the lines of the member `story`, where there is one.
    case json(JSON, status: Int = 200)
    case text(String, contentType: String)
    /// 204.
    case nothing
    /// The output of the page's operation, in the form that its service gives it.
    case output(JSON)
}
