import JSON

extension AdvancedQuery {
    /// A row as AWS prints it: the members of the selected paths, nested as they are in the item, those that it has not
    /// left out. Aggregates stand under what was written.
    ///
    /// - Parameter columns: The statement's columns as text, nil for NULL.
    public func result(of columns: [String?]) throws -> String {
        let row: JSON
        if isAggregate {
            var values = Selection()
            var object = JSON.object(JSONObject())
            for (item, column) in zip(selection, columns) {
                guard let column else { continue }
                let path = item.property?.parts ?? [item.label]
                values.insert(path[...])
                object = Self.setting(try JSON(parsing: column), at: path[...], in: object)
            }
            row = values.part(of: object) ?? .object(JSONObject())
        } else {
            var selected = Selection()
            for item in selection { selected.insert((item.property?.parts ?? [])[...]) }
            let document = try columns.first?.map { try JSON(parsing: $0) } ?? .null
            row = selected.part(of: document) ?? .object(JSONObject())
        }
        return String(decoding: row.bytes(), as: UTF8.self)
    }

    private static func setting(_ value: JSON, at path: ArraySlice<String>, in object: JSON) -> JSON {
        guard let name = path.first else { return value }
        var members = object.object ?? JSONObject()
        members[name] = setting(value, at: path.dropFirst(), in: members[name] ?? .null)
        return .object(members)
    }
}

/// The paths of a selection as a tree.
private struct Selection {
    private var children: [String: Selection] = [:]
    private var isWhole = false

    mutating func insert(_ path: ArraySlice<String>) {
        guard let name = path.first else {
            isWhole = true
            return
        }
        children[name, default: Selection()].insert(path.dropFirst())
    }

    /// What is selected of a value; nil where that is nothing.
    func part(of value: JSON) -> JSON? {
        if isWhole { return value }
        switch value {
        case .object(let object):
            let members = object.compactMap { member in
                children[member.name]?.part(of: member.value).map { (member.name, $0) }
            }
            return members.isEmpty ? nil : .object(JSONObject(HashOrder.sorted(members)))
        case .array(let array):
            let parts = array.compactMap(part)
            return parts.isEmpty ? nil : .array(parts)
        default: return nil
        }
    }
}

/// The order in which AWS prints the members of a row: that of Java's `HashMap`, filled in the order of the item, as every
/// example in the developer guide has it.
private enum HashOrder {
    static func sorted(_ members: [(String, JSON)]) -> [(String, JSON)] {
        var buckets: UInt32 = 16
        while members.count > Int(buckets) * 3 / 4 { buckets *= 2 }
        let places = members.enumerated().map { (bucket: hash($1.0) & (buckets - 1), index: $0) }
        return places.sorted { $0 < $1 }.map { members[$0.index] }
    }

    private static func hash(_ name: String) -> UInt32 {
        let hash = name.utf16.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) }
        return hash ^ (hash >> 16)
    }
}
