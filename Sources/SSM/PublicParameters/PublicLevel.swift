/// A level of the public parameters: it may have a value, levels below it, or both.
///
/// Levels are made on the way to a name and dropped again; what they read is kept once for all Regions.
protocol PublicLevel: Sendable {
    /// The value of the level itself. A made-up one depends on the level's full name and the Region.
    func value(at name: String, in region: String) -> PublicValue?

    /// The names of the levels right below, ascending, each once. Names are ASCII, so the order is that of their bytes.
    var childNames: [String] { get }

    func child(_ name: String) -> (any PublicLevel)?
}

struct PublicValue: Sendable {
    let text: String
    let isImage: Bool
    let version: Int

    static func text(_ text: String) -> PublicValue { PublicValue(text: text, isImage: false, version: 1) }

    static func image(_ id: String, version: Int = 1) -> PublicValue {
        PublicValue(text: id, isImage: true, version: version)
    }
}

/// A value with nothing below it.
struct PublicLeaf: PublicLevel {
    let value: PublicValue

    init(_ text: String) { value = .text(text) }

    func value(at name: String, in region: String) -> PublicValue? { value }
    var childNames: [String] { [] }
    func child(_ name: String) -> (any PublicLevel)? { nil }
}

/// A level with few facts below it, each a name and a text.
struct PublicFacts: PublicLevel {
    let own: PublicValue?
    private let facts: [(name: String, text: String)]

    /// - Parameter facts: ascending by name; those with no text are left out.
    init(_ own: String? = nil, _ facts: [(name: String, text: String)]) {
        self.own = own.map { .text($0) }
        self.facts = facts.filter { !$0.text.isEmpty }
    }

    func value(at name: String, in region: String) -> PublicValue? { own }
    var childNames: [String] { facts.map(\.name) }
    func child(_ name: String) -> (any PublicLevel)? { facts.first { $0.name == name }.map { PublicLeaf($0.text) } }
}

/// A level of which each child is made when it is asked for.
struct PublicBranch: PublicLevel {
    let own: PublicValue?
    private let names: @Sendable () -> [String]
    private let make: @Sendable (String) -> (any PublicLevel)?

    /// - Parameter make: gives nil for a name that is not among `names`.
    init(
        _ own: String? = nil, names: @autoclosure @escaping @Sendable () -> [String],
        make: @escaping @Sendable (String) -> (any PublicLevel)?
    ) {
        self.own = own.map { .text($0) }
        self.names = names
        self.make = make
    }

    func value(at name: String, in region: String) -> PublicValue? { own }
    var childNames: [String] { names() }
    func child(_ name: String) -> (any PublicLevel)? { make(name) }
}
