/// A query as it is written.
struct ParsedQuery {
    var selection: [SelectItem] = []
    var condition: Condition?
    var grouping: [PropertyPath] = []
    var order: [OrderItem] = []
}

enum SelectItem: Hashable, Sendable {
    case all
    case property(PropertyPath)
    case aggregate(Aggregate)

    /// What `*` stands for: the scalars at the top of an item, in the order in which AWS documents them.
    private static let topScalars = [
        "accountId", "awsRegion", "arn", "availabilityZone", "configurationItemCaptureTime", "resourceCreationTime",
        "resourceId", "resourceName", "resourceType", "version",
    ]

    var expanded: [SelectItem] {
        self == .all ? Self.topScalars.map { .property(PropertyPath(parts: [$0])) } : [self]
    }

    var label: String {
        switch self {
        case .all: "*"
        case .property(let path): path.text
        case .aggregate(let aggregate): aggregate.label
        }
    }

    var property: PropertyPath? {
        if case .property(let path) = self { return path }
        return nil
    }

    var aggregate: Aggregate? {
        if case .aggregate(let aggregate) = self { return aggregate }
        return nil
    }
}

struct Aggregate: Hashable, Sendable {
    enum Function: String, Sendable {
        case average = "AVG"
        case count = "COUNT"
        case maximum = "MAX"
        case minimum = "MIN"
        case sum = "SUM"
    }

    let function: Function
    /// Nil for `COUNT(*)`.
    let path: PropertyPath?
    /// As it was written; the key of its value in a row.
    let label: String
}

struct OrderItem: Hashable, Sendable {
    let item: SelectItem
    let isDescending: Bool
}

indirect enum Condition: Hashable, Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    /// Whether any value at the path passes.
    case test(PropertyPath, Test)
}

enum Test: Hashable, Sendable {
    case equals(Literal)
    case less(Literal, orEqual: Bool)
    case greater(Literal, orEqual: Bool)
    case oneOf([Literal])
    case between(Literal, Literal)
    /// Text that begins so and has `more` further characters, or at least as many.
    case prefix(String, more: Int, isOpen: Bool)
}

enum Literal: Hashable, Sendable {
    case string(String)
    case number(String)
    case bool(Bool)

    var text: String {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let bool): bool ? "true" : "false"
        }
    }

    var isNumber: Bool {
        if case .number = self { return true }
        return false
    }

    var isTruth: Bool {
        if case .bool = self { return true }
        return false
    }
}
