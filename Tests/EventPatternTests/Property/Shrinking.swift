import JSON

/// Makes a failing case small.
enum Shrinking {
    /// Takes parts away as long as the case still fails.
    static func smallest(_ value: JSON, fails: (JSON) -> Bool) -> JSON {
        var smallest = value
        while let smaller = candidates(smallest).first(where: fails) { smallest = smaller }
        return smallest
    }

    /// The value with one part less, from the largest parts to the smallest.
    private static func candidates(_ value: JSON) -> [JSON] {
        switch value {
        case .object(let object):
            object.flatMap { member -> [JSON] in
                var without = object
                without[member.name] = nil
                return [.object(without)]
                    + candidates(member.value).map { smaller in
                        var with = object
                        with[member.name] = smaller
                        return .object(with)
                    }
            }
        case .array(let items):
            items.indices.flatMap { place -> [JSON] in
                var without = items
                without.remove(at: place)
                return [.array(without)]
                    + candidates(items[place]).map { smaller in
                        var with = items
                        with[place] = smaller
                        return .array(with)
                    }
            }
        default: []
        }
    }
}
