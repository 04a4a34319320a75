import JSON
import Kernel
import Model

/// Events that come through a global endpoint.
extension StoredEndpoint {
    /// The one that a PutEvents names, if it takes events.
    static func receiving(_ id: String, in context: ReadContext) throws -> StoredEndpoint {
        guard let endpoint = try find(id: id, in: context), endpoint.state == .active || endpoint.state == .updating
        else { throw AWSError.notFound("Endpoint \(id) does not exist.") }
        return endpoint
    }

    /// The bus in the primary Region, whichever of the two the entry names, by its name or its ARN.
    func bus(_ text: String?, in context: ReadContext) throws -> ARN {
        let named = StoredBus.arn(text, in: context)
        guard let primary, StoredBus.name(of: named) == StoredBus.name(of: primary), named.account == primary.account
        else {
            throw AWSError.validation(
                "Parameter EventBusName is not valid. Reason: \(text ?? StoredBus.defaultName) is not an event bus of "
                    + "the endpoint \(id).")
        }
        return primary
    }

    /// Puts an event of the primary bus on the secondary one, if it is to be there too.
    ///
    /// It goes from Region to Region, so it has a new id and time there, as the event that a rule sends over.
    func replicate(_ event: RoutedEvent, in context: WriteContext) throws {
        guard replicates, let secondary, try StoredBus.find(secondary, in: context) != nil else { return }
        var envelope = event.envelope.object ?? JSONObject()
        envelope["id"] = .string(context.random.uuid())
        envelope["time"] = .string(context.now.iso8601(fraction: false))
        var copy = RoutedEvent(envelope: .object(envelope), traceHeader: event.traceHeader)
        copy.regionalHops = 1
        try context.noteCause("event", secondary.description, detail: copy.envelope)
        try Routing.route(copy, on: secondary, in: context)
    }
}
