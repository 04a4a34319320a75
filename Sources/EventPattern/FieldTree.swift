/// The fields of a pattern, step by step. A dot in a name is the same as nesting, on both sides.
struct FieldTree: Sendable {
    static let dot = UInt8(ascii: ".")

    struct Place: Sendable {
        var steps: [[UInt8]: Int] = [:]
        /// The clauses about the field that lies here.
        var clauses: [Int] = []
    }

    /// The root is the first.
    private(set) var places: [Place] = [Place()]

    init(_ clauses: [Pattern.Clause]) {
        for (number, clause) in clauses.enumerated() {
            var place = 0
            for step in clause.path {
                if let next = places[place].steps[step] {
                    place = next
                } else {
                    places[place].steps[step] = places.count
                    place = places.count
                    places.append(Place())
                }
            }
            places[place].clauses.append(number)
        }
    }

    static func steps(_ name: String) -> [[UInt8]] {
        name.utf8.split(separator: dot, omittingEmptySubsequences: false).map(Array.init)
    }

    func place(below place: Int, _ name: String) -> Int? {
        var place = place
        for step in Self.steps(name) {
            guard let next = places[place].steps[step] else { return nil }
            place = next
        }
        return place
    }
}
