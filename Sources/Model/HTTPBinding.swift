import JSON

/// Where an operation of a REST protocol is on the web: `POST /schedules/{Name}`.
///
/// Source: the Smithy specification, "HTTP binding traits".
public struct HTTPBinding: Sendable {
    public enum Segment: Sendable, Equatable {
        case literal(String)
        /// `{Name}`, one part of the path.
        case label(String)
        /// `{Key+}`, the rest of the path with its slashes.
        case greedyLabel(String)
    }

    public let method: String
    public let segments: [Segment]
    /// Pairs of the query string that belong to the route, as in `POST /restapis?mode=import`; an empty value stands for
    /// the bare name.
    public let query: [(name: String, value: String)]
    /// Of a success.
    public let status: Int

    /// Reads `{"method": "GET", "requestUri": "/schedules/{Name}", "responseCode": 200}`; nil where it says no path.
    init?(_ facts: JSON?) {
        guard let facts, let method = facts["method"]?.string, let uri = facts["requestUri"]?.string else { return nil }
        self.method = method
        status = facts["responseCode"]?.int ?? 200
        let parts = uri.split(separator: "?", maxSplits: 1).map(String.init)
        segments = Self.segments(parts.first ?? "/")
        query = (parts.count < 2 ? "" : parts[1]).split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1).map(String.init)
            return (halves[0], halves.count < 2 ? "" : halves[1])
        }
    }

    private static func segments(_ path: String) -> [Segment] {
        let segments = path.split(separator: "/").map { part -> Segment in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("+") ? .greedyLabel(String(name.dropLast())) : .label(String(name))
        }
        // People write the ARN of `/tags/{ResourceArn}` as it is, with the slashes that clients encode.
        if segments.count == 2, segments[0] == .literal("tags"), case .label(let name) = segments[1] {
            return [segments[0], .greedyLabel(name)]
        }
        return segments
    }

    /// The labels of a path that fits, still encoded.
    ///
    /// - Parameter parts: of the path between its slashes; a slash at its end makes an empty last one.
    func labels(in parts: [Substring], query sent: [(name: String, value: String)]) -> [String: Substring]? {
        var labels: [String: Substring] = [:]
        var rest = parts[...]
        for segment in segments {
            guard let part = rest.first else { return nil }
            switch segment {
            case .literal(let text):
                guard part == text else { return nil }
                rest = rest.dropFirst()
            case .label(let name):
                guard !part.isEmpty else { return nil }
                labels[name] = part
                rest = rest.dropFirst()
            case .greedyLabel(let name):
                let whole = rest.joined(separator: "/")
                guard !whole.isEmpty else { return nil }
                labels[name] = whole[...]
                rest = []
            }
        }
        guard rest.isEmpty || rest.elementsEqual([""]) else { return nil }
        let isComplete = query.allSatisfy { wanted in
            sent.contains { $0.name == wanted.name && (wanted.value.isEmpty || $0.value == wanted.value) }
        }
        return isComplete ? labels : nil
    }

    /// Literals before labels before the rest of a path, and the routes with more of the query string first.
    func isMoreSpecific(than other: HTTPBinding) -> Bool {
        for (mine, theirs) in zip(segments, other.segments) where mine.rank != theirs.rank {
            return mine.rank < theirs.rank
        }
        if segments.count != other.segments.count { return segments.count > other.segments.count }
        return query.count > other.query.count
    }
}

extension HTTPBinding.Segment {
    fileprivate var rank: Int {
        switch self {
        case .literal: 0
        case .label: 1
        case .greedyLabel: 2
        }
    }
}

extension API {
    /// The operation that a request of a REST protocol means, and the labels of its path, decoded by nobody yet.
    ///
    /// - Parameter path: as it was sent; a slash that belongs to a label is encoded in it.
    public func route(method: String, path: String, query: [(name: String, value: String)])
        -> (operation: Operation, labels: [String: Substring])?
    {
        let parts = Array(path.split(separator: "/", omittingEmptySubsequences: false).dropFirst())
        for operation in routes where operation.http?.method == method {
            if let labels = operation.http?.labels(in: parts, query: query) { return (operation, labels) }
        }
        return nil
    }
}
