import Kernel
import Model
import SQLite

extension SSM {
    private static let pageLimit = 10

    @Sendable static func getParametersByPath(
        _ input: GetParametersByPathRequest, in context: ReadContext
    ) throws -> GetParametersByPathResult {
        let path = try ParameterPath(input.path)
        context.access("ssm:GetParametersByPath", on: "\(context.arn("parameter" + path.text))")
        let limit = input.maxResults ?? pageLimit
        let recursive = input.recursive ?? false
        let purpose = "GetParametersByPath \(path.text) \(recursive)"
        let after = try position(in: input.nextToken, purpose: purpose, context)
        if path.isPublic {
            let found = PublicParameters.parameters(
                below: path.text, recursive: recursive, region: context.region, after: after, limit: limit + 1)
            let page = found.prefix(limit)
            return GetParametersByPathResult(
                parameters: page.map { publicParameter($0, selector: nil, in: context) },
                nextToken: found.count > limit ? page.last.map { context.token(for: $0.name, purpose: purpose) } : nil)
        }
        let owner = Owner(account: context.account, region: context.region)
        let filter = try PathFilter(input.parameterFilters ?? [])
        let found = try ParameterVersion.list(
            of: owner, after: after ?? "", where: path.condition(recursive: recursive) + filter.condition,
            path.values(recursive: recursive) + filter.values,
            limit: limit + 1, in: context)
        let parameters = try found.prefix(limit).map { latest in
            let version = try filter.choose(latest, owner: owner, in: context)
            return try parameter(
                version, name: version.spelling, arn: ParameterName.arn(latest.spelling, in: context), selector: nil,
                owner: owner, decrypts: input.withDecryption ?? false, in: context)
        }
        let last = found.count > limit ? found[limit - 1].spelling : nil
        return GetParametersByPathResult(
            parameters: parameters, nextToken: last.map { context.token(for: ParameterName.key($0), purpose: purpose) })
    }

    static func position(in token: String?, purpose: String, _ context: ReadContext) throws -> String? {
        guard let token else { return nil }
        guard let position = context.position(in: token, purpose: purpose) else {
            throw AWSError("InvalidNextToken", "The following token is invalid: \(token).")
        }
        return position
    }
}

/// The path of a hierarchy, without a slash at its end.
struct ParameterPath {
    let text: String

    init(_ sent: String) throws(AWSError) {
        guard sent.hasPrefix("/") else { throw .invalidPath }
        let text = sent.count > 1 && sent.hasSuffix("/") ? String(sent.dropLast()) : sent
        self.text = text
        guard sent != "/" else { return }
        let levels = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard levels.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(ParameterName.isNameByte) }) else {
            throw .invalidPath
        }
        let start = levels[0].prefix(3).lowercased()
        if start == "ssm" || start == "aws" && !isPublic { throw .invalidPath }
    }

    var isPublic: Bool { text == "/aws/service" || text.hasPrefix("/aws/service/") }

    /// The names below the path are those between `path/` and `path0`, the character after the slash.
    func condition(recursive: Bool) -> String {
        let below = text == "/" ? "" : " AND p.name > ? AND p.name < ?"
        return recursive ? below : below + " AND instr(substr(p.name, ?), '/') = 0"
    }

    func values(recursive: Bool) -> [any Bindable] {
        let key = String(text.dropFirst())
        let below: [any Bindable] = key.isEmpty ? [] : [key + "/", key + "0"]
        return recursive ? below : below + [key.isEmpty ? 1 : key.utf8.count + 2]
    }
}

/// The filters that GetParametersByPath takes: Type, KeyId, and Label, which picks the version that holds it.
struct PathFilter {
    private(set) var condition = ""
    private(set) var values: [any Bindable] = []
    private var label: String?

    init(_ filters: [ParameterStringFilter]) throws(AWSError) {
        for filter in filters {
            guard ["Type", "KeyId", "Label"].contains(filter.key) else {
                throw AWSError(
                    "InvalidFilterKey",
                    "The following filter key is not valid: \(filter.key). Valid filter keys include: [Type, KeyId, Label]."
                )
            }
            let wanted = try ParameterFilter.values(of: filter)
            guard filter.key != "Label" else {
                let (condition, values) = try ParameterFilter.comparison(
                    filter, column: "l.label", options: ["Equals"], wanted)
                guard wanted.count == 1 else {
                    throw AWSError("InvalidFilterValue", "The following filter Label can have only one value")
                }
                label = wanted[0]
                self.condition += """
                     AND EXISTS (SELECT 1 FROM ssm_parameter_label AS l WHERE l.account = p.account AND l.region = p.region
                    AND l.name = p.name\(condition))
                    """
                self.values += values
                continue
            }
            let (condition, values) = try ParameterFilter.comparison(
                filter, column: filter.key == "Type" ? "p.type" : "p.key_id", options: ["BeginsWith", "Equals"], wanted)
            self.condition += condition
            self.values += values
        }
    }

    /// The version that is shown: the one with the label.
    func choose(_ latest: ParameterVersion, owner: Owner, in context: ReadContext) throws -> ParameterVersion {
        guard let label,
            let number = try ParameterLabel.version(holding: label, of: latest.spelling, owner: owner, in: context),
            let version = try ParameterVersion.version(number, of: latest.spelling, owner: owner, in: context)
        else { return latest }
        return version
    }
}

extension AWSError {
    static let invalidPath = AWSError.validation(
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash \"/\". "
            + "It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). It must use only letters, numbers, or the "
            + "following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if "
            + "specified, must use the forward slash symbol \"/\". Valid example: /get/parameters2-/by1./path0_.")
}
