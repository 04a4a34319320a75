import JSON
import JavaRegex
import Synchronization

/// One shape of an API model with its constraints.
///
/// Shapes refer to each other, in circles too, so they are objects whose references are set while the model is built.
public final class Shape: @unchecked Sendable {  // Written by `API.init` only, before anybody else can see it.
    public enum Kind: String, Sendable {
        case structure, list, map, string, blob, boolean, timestamp
        case integer, long, short, byte, float, double, bigInteger, bigDecimal

        public var isInteger: Bool { [.integer, .long, .short, .byte, .bigInteger].contains(self) }
        public var isNumber: Bool { isInteger || [.float, .double, .bigDecimal].contains(self) }
    }

    /// A member of a structure, the items of a list, or the keys or values of a map.
    ///
    /// An object, so that going through the members of a shape copies none of them.
    public final class Reference: Sendable {
        public let name: String
        /// The name as texts of errors have it.
        public let lowerName: String
        public let shape: Shape
        /// Whether the structure must have it.
        public let isRequired: Bool
        /// The name on the wire where it differs.
        public let locationName: String?
        public let isFlattened: Bool
        /// Where REST protocols have it, if not in the body.
        public let location: Location?
        public let timestampFormat: TimestampFormat?

        public var wireName: String { locationName ?? name }

        fileprivate init(
            name: String, lowerName: String, shape: Shape, isRequired: Bool, locationName: String?, isFlattened: Bool,
            location: Location?, timestampFormat: TimestampFormat?
        ) {
            self.name = name
            self.lowerName = lowerName
            self.shape = shape
            self.isRequired = isRequired
            self.locationName = locationName
            self.isFlattened = isFlattened
            self.location = location
            self.timestampFormat = timestampFormat
        }
    }

    /// Where a member stands in a message of a REST protocol.
    public enum Location: String, Sendable {
        case uri, querystring, header, statusCode
        /// All headers whose names begin with the location's name.
        case headers
    }

    /// How a point in time is written where it is not written as the protocol has it.
    public enum TimestampFormat: String, Sendable {
        case iso8601, rfc822, unixTimestamp
    }

    public let name: String
    public let kind: Kind
    public let minimum: Double?
    public let maximum: Double?
    public let pattern: String?
    public let values: [String]
    public let isSensitive: Bool
    public let isFlattened: Bool
    public let required: [String]
    public let error: ErrorFacts?
    /// Whether it is any JSON value, whatever members it has.
    public let isDocument: Bool
    /// The member that is the whole body of a message of a REST protocol.
    public let payload: String?
    private let timestampFormat: TimestampFormat?
    public fileprivate(set) var members: [Reference] = []
    public fileprivate(set) var item: Reference?
    public fileprivate(set) var key: Reference?
    public fileprivate(set) var value: Reference?

    /// How an error travels.
    public struct ErrorFacts: Sendable {
        /// The query protocol's code.
        public let code: String
        public let status: Int
        /// The member that holds the text: `message`, in places `Message`.
        public let messageMember: String
    }

    /// Compiled when the pattern is first needed.
    private let compiled = AtomicLazyReference<JavaRegex>()

    fileprivate init(name: String, facts: JSON) {
        self.name = name
        kind = facts["type"]?.string.flatMap(Kind.init) ?? .structure
        minimum = facts["min"]?.double
        maximum = facts["max"]?.double
        pattern = facts["pattern"]?.string
        values = (facts["enum"]?.array ?? []).compactMap(\.string)
        isSensitive = facts["sensitive"] == true
        isFlattened = facts["flattened"] == true
        required = (facts["required"]?.array ?? []).compactMap(\.string)
        isDocument = facts["document"] == true
        payload = facts["payload"]?.string
        timestampFormat = facts["timestampFormat"]?.string.flatMap(TimestampFormat.init)
        if facts["exception"] == true {
            let members = facts["members"]?.object?.map(\.name) ?? []
            error = ErrorFacts(
                code: facts["error"]?["code"]?.string ?? name,
                status: facts["error"]?["httpStatusCode"]?.int ?? (facts["fault"] == true ? 500 : 400),
                messageMember: members.contains("Message") && !members.contains("message") ? "Message" : "message")
        } else {
            error = nil
        }
    }

    fileprivate func resolve(_ facts: JSON, in shapes: [String: Shape]) {
        func reference(_ name: String, _ facts: JSON?) -> Reference? {
            guard let facts, let target = facts.string ?? facts["shape"]?.string, let shape = shapes[target] else {
                return nil
            }
            return Reference(
                name: name, lowerName: name.prefix(1).lowercased() + name.dropFirst(), shape: shape,
                isRequired: required.contains(name), locationName: facts["locationName"]?.string,
                isFlattened: shape.isFlattened || facts["flattened"] == true,
                location: facts["location"]?.string.flatMap(Location.init),
                timestampFormat: facts["timestampFormat"]?.string.flatMap(TimestampFormat.init)
                    ?? shape.timestampFormat)
        }
        members = (facts["members"]?.object?.members ?? []).compactMap { reference($0.name, $0.value) }
        item = reference("member", facts["member"])
        key = reference("key", facts["key"])
        value = reference("value", facts["value"])
    }

    /// Whether the whole text fits the pattern; a shape without one takes everything.
    public func patternAccepts(_ text: String) -> Bool {
        guard let pattern else { return true }
        let regex = compiled.load() ?? (try? JavaRegex(pattern)).map { compiled.storeIfNil($0) }
        return regex.map { $0.matchesWhole(text) == .matched } ?? true
    }
}

/// All operations and shapes of one service.
public final class API: Sendable {
    /// One operation of the model.
    public struct Operation: Sendable {
        public let name: String
        public let input: Shape?
        public let output: Shape?
        /// The element around the output in XML.
        public let resultWrapper: String?
        public let errors: [Shape]
        /// Of REST protocols.
        public let http: HTTPBinding?
    }

    public let operations: [String: Operation]
    /// The operations that have a path of their own, the most specific first.
    let routes: [Operation]
    private let shapes: [String: Shape]

    init(_ model: JSON) {
        let facts = model["shapes"]?.object?.members ?? []
        let shapes = Dictionary(uniqueKeysWithValues: facts.map { ($0.name, Shape(name: $0.name, facts: $0.value)) })
        for (name, facts) in facts { shapes[name]?.resolve(facts, in: shapes) }
        self.shapes = shapes
        let operations = (model["operations"]?.object?.members ?? []).map { name, facts in
            Operation(
                name: name, input: facts["input"]?.string.flatMap { shapes[$0] },
                output: facts["output"]?.string.flatMap { shapes[$0] }, resultWrapper: facts["resultWrapper"]?.string,
                errors: (facts["errors"]?.array ?? []).compactMap { $0.string.flatMap { shapes[$0] } },
                http: HTTPBinding(facts["http"]))
        }
        routes = operations.filter { $0.http != nil }.sorted { left, right in
            guard let left = left.http, let right = right.http else { return false }
            return left.isMoreSpecific(than: right)
        }
        self.operations = Dictionary(uniqueKeysWithValues: operations.map { ($0.name, $0) })
    }

    /// How the error of this name travels, where the model knows it.
    public func error(_ name: String) -> Shape.ErrorFacts? { shapes[name]?.error }
}
