import JSON

/// A policy in the language of AWS CloudFormation Guard 2 and 3.
///
/// ```swift
/// let policy = try Policy("rule sized { Resources.*[ Type == 'AWS::EC2::Volume' ].Properties.Size <= 100 }")
/// let verdict = try policy.evaluate(template, now: 0)
/// verdict.status            // .fail
/// verdict.checks[0].path    // "/Resources/Data/Properties/Size"
/// ```
///
/// It decides as cfn-guard 3.1.1 does, to whose documentation the language belongs
/// (https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html); where that program ends with an error, so does the
/// evaluation. Policies in which something goes round in circles, and those that ask for unreasonable work, are errors too.
public struct Policy: Sendable {
    private let file: PolicyFile
    /// What of a document decides; nil where anything may.
    public let footprint: Footprint?

    /// Bytes of a text; AWS Config takes 10,000 characters.
    private static let sizeLimit = 1 << 20

    public init(_ text: String) throws(GuardError) {
        guard text.utf8.count <= Self.sizeLimit else {
            throw GuardError(kind: .syntax, message: "A policy has at most 1 MiB.", line: 1, column: 1)
        }
        var parser = Parser(text)
        file = try parser.file()
        footprint = file.footprint
    }

    /// - Parameter now: seconds since 1970, for the function `now`.
    public func evaluate(_ document: JSON, now: Int64) throws(GuardError) -> Verdict {
        try evaluate(Document(document), now: now)
    }

    /// - Parameter now: seconds since 1970, for the function `now`.
    public func evaluate(_ document: Document, now: Int64) throws(GuardError) -> Verdict {
        try Evaluator(file, document: document, now: now).verdict()
    }
}

/// A document made ready for many policies.
public struct Document: Sendable {
    let value: Value

    public init(_ json: JSON) { value = Value(json) }

    private init(_ value: Value) { self.value = value }

    /// A document that is a struct, with one more member behind the others.
    public func adding(_ name: String, _ json: JSON) -> Document {
        guard case .map(let map) = value else { return self }
        return Document(.map(ValueMap(map.members + [(name, Value(json))])))
    }
}
