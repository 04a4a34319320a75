import JSON
import Kernel

/// A policy document in a configuration item, read for what its statements grant.
struct PolicyReading {
    struct Statement {
        let place: Int
        let sid: String?
        let allows: Bool
        /// By kind: `AWS`, `Service`; `*` alone is of the kind `AWS`.
        let principals: [String: [String]]
        let actions: [String]
        let resources: [String]
        /// By operator and key.
        let conditions: [(operation: String, key: String, values: [String])]

        var name: String { sid.map { "The statement \($0)" } ?? "Statement \(place)" }
    }

    let statements: [Statement]

    /// - Parameter json: the document as text, as URL-encoded text or as JSON; nothing is a policy without statements.
    init(_ json: JSON?) {
        let document = json?.string.flatMap { try? JSON(parsing: Self.decoded($0)) } ?? json
        let list = document?["Statement"]?.listed ?? []
        statements = list.enumerated().map { Statement($1, place: $0 + 1) }
    }

    /// IAM's documents are URL-encoded in items.
    private static func decoded(_ text: String) -> String {
        guard text.hasPrefix("%") else { return text }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension PolicyReading.Statement {
    fileprivate init(_ json: JSON, place: Int) {
        func texts(_ json: JSON?) -> [String] { json?.listed.compactMap(\.string) ?? [] }
        self.place = place
        sid = json["Sid"]?.string
        allows = json["Effect"] == "Allow"
        var principals: [String: [String]] = [:]
        if json["Principal"]?.string == "*" { principals["AWS"] = ["*"] }
        for member in json["Principal"]?.object?.members ?? [] { principals[member.name] = texts(member.value) }
        self.principals = principals
        actions = texts(json["Action"])
        resources = texts(json["Resource"])
        conditions = (json["Condition"]?.object?.members ?? []).flatMap { entry in
            (entry.value.object?.members ?? []).map {
                (entry.name, $0.name.lowercased(), $0.value.listed.map { $0.string ?? $0.description })
            }
        }
    }

    /// Whether it grants something to everybody. A condition that pins a fixed value makes it less than that.
    /// Source: the S3 user guide's section "The meaning of public", which the rules about other services follow.
    var isPublic: Bool {
        guard allows, !conditions.contains(where: Self.pins) else { return false }
        return principals["AWS"]?.contains("*") == true
            // Any bucket of anybody may be behind S3.
            || principals["Service"]?.contains("s3.amazonaws.com") == true
    }

    private static let pinningKeys: Set = [
        "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:sourcearn",
        "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourcevpc", "aws:sourcevpce", "aws:userid",
        "aws:username", "aws:sourceip", "s3:dataaccesspointarn", "s3:dataaccesspointaccount", "sns:endpoint",
        "lambda:eventsourcetoken", "lambda:functionurlauthtype",
    ]
    private static let pinningOperators: Set = [
        "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress",
    ]

    private static func pins(_ operation: String, _ key: String, _ values: [String]) -> Bool {
        guard pinningOperators.contains(operation.lowercased()), pinningKeys.contains(key) else { return false }
        return values.allSatisfy { value in
            if key == "aws:sourceip" { return !value.hasSuffix("/0") }
            if value.contains("${") { return false }
            guard value.contains("*") || value.contains("?") else { return true }
            // An ARN names its account, whatever of it is left open.
            return ARN(value).map { $0.account.count == 12 && $0.account.allSatisfy(\.isNumber) } ?? false
        }
    }

    /// Whether one of its actions is a pattern for all actions of a service or of all.
    var fullActions: [String] { actions.filter { $0 == "*" || $0.hasSuffix(":*") } }
}
