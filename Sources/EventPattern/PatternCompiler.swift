import JSON

/// Reads a pattern's text and refuses what AWS refuses.
struct PatternCompiler {
    typealias Clause = Pattern.Clause

    private let dialect: Dialect
    /// What `$or` may branch into: a bound on what a hostile pattern can cost.
    private static let alternativesLimit = 1000

    static func compile(_ text: String, _ dialect: Dialect) throws(PatternError) -> [[Clause]] {
        let json: JSON
        do {
            json = try JSON(parsing: text)
        } catch {
            throw PatternError(JSONComplaint.text(of: text, error))
        }
        guard let object = json.object else { throw PatternError("Filter is not an object") }
        let compiler = PatternCompiler(dialect: dialect)
        let alternatives = try compiler.alternatives(object, path: [])
        if case .filterPolicy(let scope) = dialect { try FilterPolicyLimits.check(object, scope) }
        return alternatives
    }

    /// The clauses of an object: its fields together, with each of its `$or` branches.
    private func alternatives(_ object: JSONObject, path: [String]) throws(PatternError) -> [[Clause]] {
        guard !object.isEmpty else {
            if path.isEmpty, case .filterPolicy = dialect { return [[]] }
            throw PatternError("Empty objects are not allowed")
        }
        var alternatives: [[Clause]] = [[]]
        for member in object {
            let more = try self.alternatives(member, path: path)
            guard alternatives.count * more.count <= Self.alternativesLimit else {
                throw PatternError("Rule is too complex - try using fewer $or branches")
            }
            alternatives = alternatives.flatMap { left in more.map { Self.joined(left, $0) } }
        }
        return alternatives
    }

    /// A field that stands in a branch of `$or` as well counts as it stands there.
    private static func joined(_ left: [Clause], _ right: [Clause]) -> [Clause] {
        left.filter { clause in !right.contains { $0.path == clause.path } } + right
    }

    private func alternatives(_ member: JSONObject.Member, path: [String]) throws(PatternError) -> [[Clause]] {
        if member.name == "$or" {
            if let branches = try Self.branches(member.value) {
                var all: [[Clause]] = []
                for branch in branches { all += try alternatives(branch, path: path) }
                return all
            }
        }
        let path = path + member.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        switch member.value {
        case .object(let object):
            if case .filterPolicy(.messageAttributes) = dialect {
                throw PatternError("Filter policy scope MessageAttributes does not support nested filter policy")
            }
            return try alternatives(object, path: path)
        case .array(let items):
            guard !items.isEmpty else { throw PatternError("Empty arrays are not allowed") }
            var matchers: [Matcher] = []
            for item in items { matchers.append(try MatcherReader.matcher(item, dialect)) }
            return [[Clause(path: path, matchers: matchers, text: member.value.description)]]
        default: throw PatternError("\"\(member.name)\" must be an object or an array")
        }
    }

    /// The branches of an `$or`.
    private static func branches(_ value: JSON) throws(PatternError) -> [JSONObject]? {
        guard let items = value.array else { return nil }
        let objects = items.compactMap(\.object)
        // An array of plain values is a field that happens to have this name.
        if objects.isEmpty { return nil }
        guard items.count >= 2 else { return nil }
        guard objects.count == items.count else {
            throw PatternError("Only JSON object is allowed in array of $or relationship.")
        }
        // Objects of operators belong to a field of this name as well.
        if objects.contains(where: { $0.contains { MatcherReader.operators.contains($0.name) } }) { return nil }
        return objects
    }
}

/// The parts of Jackson's complaints that can be told from our own parser's.
enum JSONComplaint {
    static func text(of text: String, _ error: JSONError?) -> String {
        let offset = error?.offset ?? 0
        let rest = Array(text.utf8.dropFirst(offset))
        guard let first = rest.first else { return "Unexpected end-of-input" }
        let word = String(
            decoding: rest.prefix { $0 >= 0x80 || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) }, as: UTF8.self)
        if !word.isEmpty {
            return
                "Unrecognized token '\(word)': was expecting (JSON String, Number, Array, Object or token 'null', 'true' "
                + "or 'false')"
        }
        return "Unexpected character ('\(Character(UnicodeScalar(first)))' (code \(first)))"
    }
}
