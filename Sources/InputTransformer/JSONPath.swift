import JSON

/// The part of JSONPath that EventBridge takes: `$`, `$.detail.hyphen-key`, `$.resources[0]`, `$.detail.items[*].name`.
///
/// Names are of letters, digits, `_`, `-` and `/`; others cannot be reached, since AWS refuses names in brackets.
public struct JSONPath: Hashable, Sendable {
    private enum Step: Hashable, Sendable {
        case member(String)
        case element(Int)
        case all
    }

    private let steps: [Step]

    /// Nil for what PutTargets refuses.
    public init?(_ text: String) {
        guard text.first == "$" else { return nil }
        var steps: [Step] = []
        var rest = text.dropFirst()
        while let mark = rest.popFirst() {
            switch mark {
            case ".":
                let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_-/".contains($0)) }
                guard !name.isEmpty else { return nil }
                steps.append(.member(String(name)))
                rest = rest.dropFirst(name.count)
            case "[":
                guard let end = rest.firstIndex(of: "]") else { return nil }
                let index = rest[..<end]
                if index == "*" {
                    steps.append(.all)
                } else if index.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(index) {
                    steps.append(.element(number))
                } else {
                    return nil
                }
                rest = rest[end...].dropFirst()
            default: return nil
            }
        }
        self.steps = steps
    }

    /// What stands there, nil when nothing does; a path with `[*]` gives the array of all that it finds.
    public func value(in event: JSON) -> JSON? {
        var values = [event]
        for step in steps {
            values =
                switch step {
                case .member(let name): values.compactMap { $0[name] }
                case .element(let index):
                    values.compactMap { $0.array }.compactMap { $0.indices.contains(index) ? $0[index] : nil }
                case .all: values.flatMap { $0.array ?? [] }
                }
        }
        return steps.contains(.all) ? .array(values) : values.first
    }
}
