import JSON

extension JSON {
    /// As AWS writes what was given in YAML (recorded): arrays in one line, and blanks around colons.
    var spacedText: String { spacedText(depth: 0) }

    private func spacedText(depth: Int) -> String {
        if let object {
            let blanks = String(repeating: "  ", count: depth)
            let members = object.map {
                "\n\(blanks)  \(JSON.string($0.name)) : \($0.value.spacedText(depth: depth + 1))"
            }
            return members.isEmpty ? "{ }" : "{\(members.joined(separator: ","))\n\(blanks)}"
        }
        if let array {
            let items = array.map { $0.spacedText(depth: depth) }
            return items.isEmpty ? "[ ]" : "[ \(items.joined(separator: ", ")) ]"
        }
        return description
    }
}
