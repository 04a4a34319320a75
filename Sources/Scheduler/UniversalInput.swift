import JSON
import Kernel
import Model

/// The input of a universal target: the operation's own, but for the names of members, which all begin with a capital, and
/// for blobs, which are given as the text they hold (recorded from AWS).
enum UniversalInput {
    /// `sendMessage` of SQS; in any case, since AWS takes `SendMessage` too.
    static func operation(_ action: String, of service: Service) -> API.Operation? {
        let operations = service.model.api.operations
        let name = action.prefix(1).uppercased() + action.dropFirst()
        return operations[name] ?? operations.values.first { $0.name.lowercased() == action.lowercased() }
    }

    /// The required members that the input has not, as they would have to be named.
    static func missing(in input: JSON, _ shape: Shape?) -> [String] {
        guard let shape else { return [] }
        return shape.required.map { $0.prefix(1).uppercased() + $0.dropFirst() }.filter { input[$0]?.isNull ?? true }
    }

    /// The input with the names that the model has.
    static func named(_ value: JSON, _ shape: Shape) -> JSON {
        switch (shape.kind, value) {
        case (.structure, .object(let object)) where !shape.isDocument:
            let names = Dictionary(
                shape.members.map { ($0.name.prefix(1).uppercased() + $0.name.dropFirst(), $0) }
            ) { first, _ in first }
            return .object(
                JSONObject(
                    object.compactMap { entry in
                        names[entry.name].map { ($0.name, named(entry.value, $0.shape)) }
                    }))
        case (.list, .array(let items)):
            return .array(items.map { item in shape.item.map { named(item, $0.shape) } ?? item })
        case (.map, .object(let entries)):
            return .object(
                JSONObject(
                    entries.map { entry in
                        (entry.name, shape.value.map { named(entry.value, $0.shape) } ?? entry.value)
                    }))
        case (.blob, .string(let text)): return .string(Base64.encode(Array(text.utf8)))
        // Numbers and texts of the input are what they look like; an operation that wants a text gets one.
        case (.string, .number(let text)): return .string(text)
        default: return value
        }
    }
}
