import JSON

/// Writes the Swift source of one service's model: its text for run time, and views over JSON for the shapes that the
/// served operations reach.
struct ShapeGenerator {
    private let metadata: JSON
    private let operations: JSONObject
    private let shapes: JSONObject
    private let served: Set<String>

    init(model: JSON, served: Set<String>) {
        metadata = model["metadata"] ?? .null
        operations = model["operations"]?.object ?? JSONObject()
        shapes = model["shapes"]?.object ?? JSONObject()
        self.served = served
    }

    func source(modelText: String) -> String {
        let roots = operations.filter { served.contains($0.name) }
        let inputs = reached(from: roots.compactMap { $0.value["input"]?.string })
        let outputs = reached(from: roots.compactMap { $0.value["output"]?.string })
        var source = "import JSON\nimport Model\n\n"
        source += "extension ServiceModel {\n    /// The API model of \(metadata["serviceFullName"]?.string ?? "").\n"
        source += "    static let \(Name.member(metadata["service"]?.string ?? "")) = ServiceModel(\(facts), "
        let text = Array(modelText.utf8)
        source += "text: .deflated(base64: \"\(Deflate.base64(text))\", count: \(text.count)))\n}\n"
        for shape in shapes where inputs.contains(shape.name) || outputs.contains(shape.name) {
            if shape.value["enum"] != nil {
                source += enumeration(shape.name, shape.value)
            } else if shape.value["type"] == "structure" {
                source += structure(shape.name, shape.value, isOutput: outputs.contains(shape.name))
            }
        }
        return source
    }

    private var facts: String {
        func text(_ name: String) -> String { metadata[name]?.string.map { "\"\($0)\"" } ?? "nil" }
        let wire =
            switch metadata["protocol"]?.string {
            case "json": ".awsJson(version: \"\(metadata["jsonVersion"]?.string ?? "1.1")\")"
            case "rest-json": ".restJson"
            default: ".query"
            }
        return "name: \(text("service")), title: \(text("serviceFullName")), apiVersion: \(text("apiVersion")), "
            + "wireProtocol: \(wire), targetPrefix: \(text("targetPrefix")), "
            + "signingName: \(metadata["signingName"] != nil ? text("signingName") : text("endpointPrefix")), "
            + "serviceID: \(text("serviceId")), xmlNamespace: \(text("xmlNamespace")), isQueryCompatible: \(metadata["awsQueryCompatible"] != nil)"
    }

    /// The names of the shapes that the given ones are made of, themselves included.
    private func reached(from roots: [String]) -> Set<String> {
        var reached: Set<String> = []
        var open = roots
        while let name = open.popLast() {
            guard reached.insert(name).inserted, let shape = shapes[name] else { continue }
            open += (shape["members"]?.object?.members ?? []).compactMap { target($0.value) }
            open += ["member", "key", "value"].compactMap { shape[$0].flatMap(target) }
        }
        return reached
    }

    private func target(_ reference: JSON) -> String? { reference.string ?? reference["shape"]?.string }

    private func enumeration(_ name: String, _ shape: JSON) -> String {
        var seen: Set<String> = []
        let cases = (shape["enum"]?.array ?? []).compactMap(\.string).map { value in
            var label = Name.member(value)
            while !seen.insert(label).inserted { label += "_" }
            return "    case \(label) = \"\(value)\"\n"
        }
        return "\nenum \(Name.type(name)): String, ShapeEnum {\n\(cases.joined())}\n"
    }

    private func structure(_ name: String, _ shape: JSON, isOutput: Bool) -> String {
        let required = Set((shape["required"]?.array ?? []).compactMap(\.string))
        let members = (shape["members"]?.object?.members ?? []).compactMap { member in
            target(member.value).map {
                (name: member.name, type: swiftType($0), isRequired: required.contains(member.name))
            }
        }
        var source =
            "\nstruct \(Name.type(name)): ShapeView {\n    let json: JSON\n    init(json: JSON) { self.json = json }\n"
        for member in members {
            let mark = member.isRequired ? "" : "?"
            let call = member.isRequired ? "required" : "optional"
            source +=
                "    var \(Name.member(member.name)): \(member.type)\(mark) { json.\(call)(\"\(member.name)\") }\n"
        }
        if isOutput {
            let parameters = members.map { member in
                "\(Name.member(member.name)): \(member.type)\(member.isRequired ? "" : "? = nil")"
            }
            let values = members.map { "\"\($0.name)\": \(Name.member($0.name))\($0.isRequired ? "" : "?").json" }
            source += "    init(\(parameters.joined(separator: ", "))) {\n"
            source += "        json = .object([\(values.isEmpty ? ":" : values.joined(separator: ", "))])\n    }\n"
        }
        return source + "}\n"
    }

    private func swiftType(_ name: String) -> String {
        let shape = shapes[name] ?? .null
        switch shape["type"]?.string {
        case "string": return shape["enum"] == nil ? "String" : Name.type(name)
        case "integer", "long", "short", "byte", "bigInteger": return "Int"
        case "float", "double", "bigDecimal": return "Double"
        case "boolean": return "Bool"
        case "timestamp": return "Timestamp"
        case "blob": return "Blob"
        case "list": return "[\(shape["member"].flatMap(target).map(swiftType) ?? "JSON")]"
        case "map": return "MapView<\(shape["value"].flatMap(target).map(swiftType) ?? "JSON")>"
        default: return shape["document"] == true ? "JSON" : Name.type(name)
        }
    }
}
