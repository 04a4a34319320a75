import JSON
import Kernel
import Model

/// What a service and its operations are, read from the API model.
enum ServicePage {
    static func json(_ service: Service) -> JSON {
        let operations = service.model.api.operations.keys.sorted().map { name -> (String, JSON) in
            (name, .string(service.operation(named: name) == nil ? "not served" : "served"))
        }
        return .object([
            "service": .string(service.model.name), "title": .string(service.model.title),
            "apiVersion": .string(service.model.apiVersion), "served": .number(service.operations.count),
            "operations": .object(JSONObject(operations)),
        ])
    }

    static func json(_ service: Service, operation name: String) -> JSON? {
        guard let operation = service.model.api.operations[name] else { return nil }
        let input = operation.input.map { members($0, depth: 0) } ?? [:]
        let example = operation.input.map { JSON.object(JSONObject(examples($0))).description } ?? "{}"
        return .object([
            "service": .string(service.model.name), "operation": .string(name),
            "served": .bool(service.operation(named: name) != nil), "input": input,
            "output": operation.output.map { members($0, depth: 0) } ?? [:],
            "errors": .object(
                JSONObject(operation.errors.map { ($0.error?.code ?? $0.name, .number($0.error?.status ?? 400)) })),
            "curl": .string("curl -X POST http://127.0.0.1:4566/\(service.model.name)/\(name) -d '\(example)'"),
        ])
    }

    /// How deep structures are written out: some of AWS's refer to themselves.
    private static let depthLimit = 4

    private static func members(_ shape: Shape, depth: Int) -> JSON {
        .object(
            JSONObject(
                shape.members.map { member in
                    (member.name, description(member.shape, isRequired: shape.required.contains(member.name), depth))
                }))
    }

    private static func description(_ shape: Shape, isRequired: Bool, _ depth: Int) -> JSON {
        let isDeep = depth >= depthLimit
        return .object([
            "type": .string(shape.kind.rawValue), "required": isRequired ? true : nil,
            "min": shape.minimum.map { .number(Int($0)) },
            "max": shape.maximum.map { .number("\(Int(exactly: $0) ?? .max)") },
            "pattern": shape.pattern.map(JSON.string),
            "values": shape.values.isEmpty ? nil : .array(shape.values.map(JSON.string)),
            "members": shape.members.isEmpty || isDeep ? nil : members(shape, depth: depth + 1),
            "items": isDeep ? nil : shape.item.map { description($0.shape, isRequired: false, depth + 1) },
        ])
    }

    /// A value for each required member.
    private static func examples(_ shape: Shape) -> [(String, JSON)] {
        shape.members.filter { shape.required.contains($0.name) }.map { member in (member.name, example(member.shape)) }
    }

    private static func example(_ shape: Shape) -> JSON {
        switch shape.kind {
        case .structure: .object(JSONObject(examples(shape)))
        case .list: .array(shape.item.map { [example($0.shape)] } ?? [])
        case .map: [:]
        case .boolean: true
        case .timestamp: .number(0)
        case let kind where kind.isNumber: .number(Int(shape.minimum ?? 1))
        default: .string(shape.values.first ?? "…")
        }
    }
}
