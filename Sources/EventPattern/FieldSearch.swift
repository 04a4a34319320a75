import JSON

/// Finds the fields of a pattern in an event. A dot in a name is the same as nesting, on both sides.
enum FieldSearch {
    typealias Wanted = (path: ArraySlice<String>, clause: Pattern.Clause)

    /// Where several of an event's keys could lead to a field, so many ways are tried at most.
    private static let waysLimit = 64

    /// Whether one and the same value has all that is wanted below it.
    static func matches(_ wanted: [Wanted], _ value: JSON) -> Bool {
        if wanted.isEmpty { return true }
        switch value {
        case .array(let elements):
            // What is only asked to be missing must be missing from every element, not just from one.
            guard !wanted.allSatisfy(\.clause.allowsAbsence) else {
                return wanted.allSatisfy { one in
                    !exists(one.path, value) || elements.contains { has(one.path, one.clause, $0) }
                }
            }
            return elements.contains { matches(wanted, $0) }
        case .object(let object): return matches(wanted, object)
        default:
            return wanted.allSatisfy { one in
                one.path.isEmpty ? one.clause.matchers.contains { $0.matches(value) } : one.clause.allowsAbsence
            }
        }
    }

    private static func matches(_ all: [Wanted], _ object: JSONObject) -> Bool {
        var wanted: [Wanted] = []
        // By key, since what is wanted below one key must be found together.
        var ways: [[(key: String, rest: ArraySlice<String>)]] = []
        var count = 1
        for one in all {
            let keys = steps(one.path, in: object)
            if keys.isEmpty {
                guard one.clause.allowsAbsence else { return false }
                continue
            }
            wanted.append(one)
            ways.append(keys)
            count *= keys.count
            if count > waysLimit { return false }
        }
        for way in 0..<count {
            var rest = way
            var groups: [(key: String, wanted: [Wanted])] = []
            for (one, keys) in zip(wanted, ways) {
                let step = keys[rest % keys.count]
                rest /= keys.count
                if let place = groups.firstIndex(where: { $0.key == step.key }) {
                    groups[place].wanted.append((step.rest, one.clause))
                } else {
                    groups.append((step.key, [(step.rest, one.clause)]))
                }
            }
            if groups.allSatisfy({ group in object[group.key].map { matches(group.wanted, $0) } ?? false }) {
                return true
            }
        }
        return false
    }

    private static func has(_ path: ArraySlice<String>, _ clause: Pattern.Clause, _ value: JSON) -> Bool {
        values(path, value).contains { found in clause.matchers.contains { $0.matches(found) } }
    }

    /// The keys of the object that begin the path, with what is left of it behind each.
    private static func steps(_ path: ArraySlice<String>, in object: JSONObject) -> [(
        key: String, rest: ArraySlice<String>
    )] {
        var found: [(key: String, rest: ArraySlice<String>)] = []
        guard let first = path.first else { return found }
        if object[first] != nil { found.append((first, path.dropFirst())) }
        var key = first
        for place in path.indices.dropFirst() {
            key += "." + path[place]
            if object[key] != nil { found.append((key, path[(place + 1)...])) }
        }
        return found
    }

    /// Every value at the path, those in arrays one by one.
    static func values(_ path: ArraySlice<String>, _ value: JSON) -> [JSON] {
        switch value {
        case .array(let elements): return elements.flatMap { values(path, $0) }
        case .object(let object):
            return steps(path, in: object).flatMap { step in object[step.key].map { values(step.rest, $0) } ?? [] }
        default: return path.isEmpty ? [value] : []
        }
    }

    /// Whether there is a value at the path; an empty array and an object are none.
    static func exists(_ path: ArraySlice<String>, _ value: JSON) -> Bool {
        switch value {
        case .array(let elements): return elements.contains { exists(path, $0) }
        case .object(let object):
            return steps(path, in: object).contains { step in object[step.key].map { exists(step.rest, $0) } ?? false }
        default: return path.isEmpty
        }
    }
}
