import Kernel
import Model

/// The grammar of parameter names.
///
/// Source: the AWS page "About requirements and constraints for parameter names", and answers of the service.
enum ParameterName {
    /// Levels of a hierarchy, the name itself included.
    static let levelLimit = 15
    /// Characters of the whole ARN.
    static let arnLimit = 1011

    /// The key under which a parameter is kept: `db` and `/db` are the same.
    static func key(_ name: String) -> String {
        name.hasPrefix("/") ? String(name.dropFirst()) : name
    }

    /// Whether a name stands for a secret of Secrets Manager.
    static func isSecret(_ name: String) -> Bool { key(name).hasPrefix("aws/reference/secretsmanager/") }

    /// The ARN has one slash between `parameter` and the name, whether the name begins with one or not.
    static func arn(_ name: String, in context: ReadContext) -> ARN {
        context.arn("parameter/" + key(name))
    }

    /// The name without blanks around it, checked as PutParameter checks it.
    static func checkedForWriting(_ sent: String, in context: ReadContext) throws(AWSError) -> String {
        let name = trimmed(sent)
        guard !name.isEmpty else { throw .invalidParameterName }
        if name.utf8.contains(slash), name.utf8.first != slash {
            throw .validation("Parameter name must be a fully qualified name.")
        }
        if name.hasSuffix("/") { throw .validation("Parameter name must not end with slash.") }
        let key = key(name)
        let levels = key.utf8.split(separator: slash, omittingEmptySubsequences: false)
        let start = key.prefix(3).lowercased()
        if start == "aws" {
            if levels.count > 1 { throw .accessDenied("No access to reserved parameter name: \(sent).") }
            throw .reservedPrefix
        }
        if start == "ssm" { throw levels.count > 1 ? .invalidParameterName : .reservedPrefix }
        guard levels.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isNameByte) }) else { throw .invalidParameterName }
        guard levels.count <= levelLimit else {
            throw AWSError(
                "HierarchyLevelLimitExceededException",
                "A parameter name can have at most \(levelLimit) levels in its hierarchy: \(name)")
        }
        // What an ARN has before the name is far shorter than 100 characters.
        if name.utf8.count > arnLimit - 100, arn(name, in: context).description.utf8.count > arnLimit {
            // AWS authorises the ARN before it looks at the name, and that fails for one that is too long.
            throw .accessDenied(
                "User: \(context.principal.arn) is not authorized to perform: ssm:PutParameter on resource: \(arn(name, in: context))"
            )
        }
        return name
    }

    /// Refuses what can be no name, as the reading operations do.
    static func checkForReading(_ name: String) throws(AWSError) {
        var name = name.utf8[...]
        let isPath = name.first == slash
        if isPath { name = name.dropFirst() }
        var before = slash
        for byte in name {
            guard byte == slash ? isPath && before != slash : isNameByte(byte) else { throw .invalidParameterName }
            before = byte
        }
        guard before != slash else { throw .invalidParameterName }
    }

    private static let slash = UInt8(ascii: "/")

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func trimmed(_ name: String) -> String {
        var name = name[...]
        while name.first == " " { name.removeFirst() }
        while name.last == " " { name.removeLast() }
        return String(name)
    }
}

/// A name as the reading operations take it: a name or an ARN, with or without `:version` or `:label`.
struct ParameterSelector: Equatable {
    enum Choice: Equatable {
        case latest
        case version(Int)
        case label(String)
    }

    let name: String
    /// The account and Region of an ARN; nil for a bare name.
    let owner: ARN?
    let choice: Choice
    /// With its colon, as the answer shows it; nil without a selector.
    let text: String?

    init(_ sent: String) throws(AWSError) {
        guard sent.utf8.contains(UInt8(ascii: ":")) else {
            (name, owner, choice, text) = (sent, nil, .latest, nil)
            return
        }
        var parts = sent.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if sent.hasPrefix("arn:") {
            guard let arn = ARN(sent), arn.service == "ssm", arn.resource.hasPrefix("parameter/") else {
                throw .invalidParameterName
            }
            owner = arn
            parts = arn.resource.dropFirst("parameter".count).split(separator: ":", omittingEmptySubsequences: false)
                .map(String.init)
        } else {
            owner = nil
        }
        name = parts[0]
        guard parts.count > 1 else {
            choice = .latest
            text = nil
            return
        }
        guard parts.count == 2, !parts[1].isEmpty else {
            throw .validation(
                "Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>"
            )
        }
        choice = Self.version(parts[1]).map(Choice.version) ?? .label(parts[1])
        text = ":" + parts[1]
    }

    private static func version(_ text: String) -> Int? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}

extension AWSError {
    static let invalidParameterName = AWSError.validation(
        "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can consist of "
            + "sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_"
    )
    static let reservedPrefix = AWSError.validation(
        "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive).")

    /// AWS sends no text with this one.
    static let parameterNotFound = AWSError("ParameterNotFound")

    static func versionNotFound(_ version: Int, of name: String) -> AWSError {
        AWSError(
            "ParameterVersionNotFound",
            "Systems Manager could not find version \(version) of \(name). Verify the version and try again.")
    }

    static func labelNotFound(_ label: String, of name: String) -> AWSError {
        AWSError(
            "ParameterVersionNotFound",
            "Systems Manager could not find a version of \(name) that has the specified label, \(label). Verify the "
                + "parameter label and try again.")
    }
}
