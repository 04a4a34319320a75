import JSON
import Model

/// One AWS service: its API model, the operations that it serves and the work that it does by the clock; an object, since it
/// has many parts and is looked for in every request.
public final class Service: Sendable {
    public typealias JobRunner = @Sendable (Job, WriteContext) throws -> Void

    public let model: ServiceModel
    /// In the order of the service's table.
    public let operations: [Operation]
    public let jobRunners: [String: JobRunner]
    /// What is done with the outcomes of `WriteContext.call`, by the kind of the call.
    public let webCallRunners: [String: WebCall.Runner]
    /// What is done when a program has ended that `WriteContext.run` began, by the kind of the call.
    public let programRunners: [String: ProgramCall.Runner]
    public let pages: [Page]
    /// How it takes what is delivered to its resources.
    public let destination: Destination?
    /// How it makes what it delivers.
    public let deliveryOwner: DeliveryOwner?
    /// How it takes the events that other services put on a default bus.
    public let eventRouter: EventRouter?
    /// How its resources look to AWS Config.
    public let configurationSource: ConfigurationSource?
    /// How it keeps what the others' resources look like.
    public let configurationRecording: ConfigurationRecording?
    /// Refuses input that is not what the model says; most services do it in the same words.
    public let check: @Sendable (JSON, Shape) throws -> Void
    /// The operations that write but change no resource: CloudTrail calls them data events and does not tell EventBridge.
    let dataOperations: Set<String>
    private let byName: [String: Operation]

    public init(
        model: ServiceModel, operations: [Operation], jobRunners: [String: JobRunner] = [:],
        webCallRunners: [String: WebCall.Runner] = [:], programRunners: [String: ProgramCall.Runner] = [:],
        pages: [Page] = [],
        destination: Destination? = nil, deliveryOwner: DeliveryOwner? = nil, eventRouter: EventRouter? = nil,
        configurationSource: ConfigurationSource? = nil, configurationRecording: ConfigurationRecording? = nil,
        dataOperations: Set<String> = [],
        check: @escaping @Sendable (JSON, Shape) throws -> Void = Validator.check
    ) {
        self.check = check
        self.pages = pages
        self.destination = destination
        self.deliveryOwner = deliveryOwner
        self.eventRouter = eventRouter
        self.configurationSource = configurationSource
        self.configurationRecording = configurationRecording
        self.dataOperations = dataOperations
        self.model = model
        self.operations = operations
        self.jobRunners = jobRunners
        self.webCallRunners = webCallRunners
        self.programRunners = programRunners
        byName = Dictionary(uniqueKeysWithValues: operations.map { ($0.name, $0) })
    }

    public func operation(named name: String) -> Operation? { byName[name] }
}

/// What the service with the event buses does for the others.
public struct EventRouter: Sendable {
    /// Takes an event that is on the default bus of the caller's account and Region, within the transaction.
    public let route: @Sendable (JSON, WriteContext) throws -> Void

    /// Whether the default bus of the caller's account and Region has rules that ask for calls.
    public let hasListeners: @Sendable (WriteContext) throws -> Bool
    /// For an event by its id: which rules matched it, which did not and why, and what became of it; nil where there is no
    /// such event.
    public let explain: @Sendable (_ eventID: String, _ rule: String?, ReadContext) throws -> JSON?

    /// For an event that is on a bus: the rule that comes nearest and the one clause that keeps it from firing; nil where a
    /// rule matches or none watches the bus.
    public let nearMiss: @Sendable (Journal.Entry, ReadContext) throws -> (rule: String, text: String)?

    public init(
        route: @escaping @Sendable (JSON, WriteContext) throws -> Void,
        hasListeners: @escaping @Sendable (WriteContext) throws -> Bool,
        explain: @escaping @Sendable (String, String?, ReadContext) throws -> JSON?,
        nearMiss: @escaping @Sendable (Journal.Entry, ReadContext) throws -> (rule: String, text: String)?
    ) {
        self.route = route
        self.hasListeners = hasListeners
        self.explain = explain
        self.nearMiss = nearMiss
    }
}

/// One line of a service's table: the name of an operation and its handler.
public struct Operation: Sendable {
    enum Handler: Sendable {
        case read(@Sendable (JSON, ReadContext) throws -> JSON)
        case longRead(@Sendable (JSON, ReadContext) throws -> JSON, tooLong: AWSError)
        case write(@Sendable (JSON, WriteContext) throws -> JSON)
        case waiting(@Sendable (JSON, WriteContext) throws -> Answer<JSON>)
    }

    public let name: String
    let handler: Handler

    /// An operation that only reads: it runs beside the writer on a consistent view of the store.
    public static func read<Input: ShapeView, Output: ShapeView>(
        _ name: String, _ handler: @escaping @Sendable (Input, ReadContext) throws -> Output
    ) -> Operation {
        Operation(name: name, handler: .read { try handler(Input(json: $0), $1).json })
    }

    /// An operation that only reads, and may take long: others on its lane do not wait for it.
    ///
    /// - Parameter tooLong: what is answered when it takes longer than anything may.
    public static func longRead<Input: ShapeView, Output: ShapeView>(
        _ name: String, tooLong: AWSError, _ handler: @escaping @Sendable (Input, ReadContext) throws -> Output
    ) -> Operation {
        Operation(name: name, handler: .longRead({ try handler(Input(json: $0), $1).json }, tooLong: tooLong))
    }

    /// An operation that writes and whose answer says nothing.
    public static func write<Input: ShapeView>(
        _ name: String, _ handler: @escaping @Sendable (Input, WriteContext) throws -> Void
    ) -> Operation {
        Operation(
            name: name,
            handler: .write {
                try handler(Input(json: $0), $1)
                return [:]
            })
    }

    /// An operation that writes, and may wait for something to come: it is run again whenever it may have come.
    public static func waiting<Input: ShapeView, Output: ShapeView>(
        _ name: String, _ handler: @escaping @Sendable (Input, WriteContext) throws -> Answer<Output>
    ) -> Operation {
        Operation(
            name: name,
            handler: .waiting {
                switch try handler(Input(json: $0), $1) {
                case .done(let output): .done(output.json)
                case .wait(let wait, let otherwise): .wait(wait, otherwise: otherwise.json)
                }
            })
    }

    /// An operation that writes: it runs alone, in a transaction that commits before the answer is sent.
    public static func write<Input: ShapeView, Output: ShapeView>(
        _ name: String, _ handler: @escaping @Sendable (Input, WriteContext) throws -> Output
    ) -> Operation {
        Operation(name: name, handler: .write { try handler(Input(json: $0), $1).json })
    }
}
