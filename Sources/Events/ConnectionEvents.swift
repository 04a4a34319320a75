import JSON
import Kernel
import Model

/// What the default bus is told of connections and of the API destinations that depend on them.
///
/// Source: the user guide's page "Amazon EventBridge events detail reference".
enum ConnectionEvent: String {
    case creationStarted = "Connection Creation Started"
    case updateStarted = "Connection Update Started"
    case deletionStarted = "Connection Deletion Started"
    case authorizationStarted = "Connection Authorization Started"
    case authorized = "Connection Authorized"
    case deauthorizationStarted = "Connection Deauthorization Started"
    case deauthorized = "Connection Deauthorized"

    static let source = "aws.events"

    /// Such as `2030-01-01 00:00:00 +0000 UTC`.
    static func text(of moment: Timestamp) -> JSON {
        let text = moment.iso8601(fraction: false)
        return .string("\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) +0000 UTC")
    }
}

extension StoredConnection {
    func tell(_ event: ConnectionEvent, in context: WriteContext) throws {
        var detail = JSONObject([("ConnectionName", .string(name))])
        if event == .deauthorized, let stateReason { detail["StateReason"] = .string(stateReason) }
        detail["Timestamp"] = ConnectionEvent.text(of: context.now)
        try context.emit(
            Event(
                source: ConnectionEvent.source, detailType: event.rawValue, resources: [arn.description],
                detail: .object(detail)))
    }

    /// Tells of the state that it has come to, and of the destinations whose state has changed with it.
    func tellState(after earlier: ConnectionState, in context: WriteContext) throws {
        let event: ConnectionEvent =
            switch state {
            case .authorized: .authorized
            case .authorizing: .authorizationStarted
            default: .deauthorized
            }
        try tell(event, in: context)
        try tellDestinations(areActive: state == .authorized, after: earlier, in: context)
    }

    func tellDestinations(areActive: Bool, after earlier: ConnectionState, in context: WriteContext) throws {
        guard areActive != (earlier == .authorized) else { return }
        for destination in try StoredApiDestination.list(with: arn, in: context) {
            try context.emit(
                Event(
                    source: ConnectionEvent.source,
                    detailType: areActive ? "API Destination Activated" : "API Destination Deactivated",
                    resources: [destination.arn.description],
                    detail: .object([
                        "ApiDestinationName": .string(destination.name),
                        "Timestamp": ConnectionEvent.text(of: context.now),
                    ])))
        }
    }
}
