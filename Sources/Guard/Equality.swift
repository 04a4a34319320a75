/// How two values stand to each other. Types are not converted: a text is not the number that it spells, and an integer is
/// not the fraction of the same size.
extension Evaluator {
    enum Order {
        case less, equal, greater

        fileprivate init<Bound: Comparable>(_ left: Bound, _ right: Bound) {
            self = left < right ? .less : left == right ? .equal : .greater
        }
    }

    /// Nil where the two cannot be compared.
    func order(_ left: Value, _ right: Value) -> Order? {
        switch (left, right) {
        case (.null, .null): .equal
        case (.int(let left), .int(let right)): Order(left, right)
        case (.float(let left), .float(let right)): left.isNaN || right.isNaN ? nil : Order(left, right)
        case (.char(let left), .char(let right)): Order(left, right)
        case (.string(let left), .string(let right)):
            left.utf8.elementsEqual(right.utf8)
                ? .equal : left.utf8.lexicographicallyPrecedes(right.utf8) ? .less : .greater
        default: nil
        }
    }

    /// Whether two values are equal, a text and an expression that it matches among them; nil where they cannot be compared.
    func equals(_ left: Value, _ right: Value) throws(GuardError) -> Bool? {
        try equals(left, right, anyTypes: false)
    }

    /// The same, where values that cannot be compared are not equal.
    func same(_ left: Value, _ right: Value) throws(GuardError) -> Bool {
        try equals(left, right, anyTypes: true) ?? false
    }

    private func equals(_ left: Value, _ right: Value, anyTypes: Bool) throws(GuardError) -> Bool? {
        try spend()
        switch (left, right) {
        case (.string(let text), .regex(let regex)), (.regex(let regex), .string(let text)):
            guard let matches = regex.matches(text, work) else {
                throw error("The expression /\(regex.pattern)/ needs more work than is allowed.")
            }
            return matches
        case (.regex(let left), .regex(let right)): return left.pattern == right.pattern
        case (.string(let left), .string(let right)):
            try spend(left.utf8.count / Work.bytesOfAStep)
            return left.utf8.elementsEqual(right.utf8)
        case (.bool(let left), .bool(let right)): return left == right
        case (.int(let value), .intRange(let range)): return range.contains(value)
        case (.float(let value), .floatRange(let range)): return range.contains(value)
        case (.char(let value), .charRange(let range)): return range.contains(value)
        case (.list(let left), .list(let right)):
            guard left.count == right.count else { return false }
            for (left, right) in zip(left, right) {
                guard let isEqual = try equals(left, right, anyTypes: anyTypes) else { return anyTypes ? false : nil }
                if !isEqual { return false }
            }
            return true
        case (.map(let left), .map(let right)):
            guard left.members.count == right.members.count else { return false }
            for (name, value) in left.members {
                guard let other = right[name] else { return false }
                guard let isEqual = try equals(value, other, anyTypes: anyTypes) else { return anyTypes ? false : nil }
                if !isEqual { return false }
            }
            return true
        default: return order(left, right).map { $0 == .equal }
        }
    }

    func contains(_ list: [Value], _ value: Value) throws(GuardError) -> Bool {
        for element in list where try same(element, value) { return true }
        return false
    }

    func contains(_ list: [Located], _ value: Value) throws(GuardError) -> Bool {
        for element in list where try same(element.value, value) { return true }
        return false
    }

    /// Whether a text has another one in it, in time that grows with the two together (Knuth, Morris and Pratt).
    func contains(_ text: String, _ part: String) throws(GuardError) -> Bool {
        try spend((text.utf8.count + part.utf8.count) / Work.bytesOfAStep)
        let part = Array(part.utf8)
        guard !part.isEmpty else { return true }
        guard text.utf8.count >= part.count else { return false }
        // How much of the part is matched again by the end of each of its beginnings.
        var borders = [0]
        var matched = 0
        for byte in part.dropFirst() {
            while matched > 0, byte != part[matched] { matched = borders[matched - 1] }
            if byte == part[matched] { matched += 1 }
            borders.append(matched)
        }
        matched = 0
        for byte in text.utf8 {
            while matched > 0, byte != part[matched] { matched = borders[matched - 1] }
            if byte == part[matched] { matched += 1 }
            if matched == part.count { return true }
        }
        return false
    }
}
