import JSON

/// What the tag before a value makes of it.
enum YAMLTag {
    /// None, or one that the kind of the value implies.
    case plain(YAML.Reader)
    /// `!` and `!!str`: a string, whatever it looks like.
    case text
    /// `!!int`, `!!float`, `!!bool`, `!!null`.
    case scalar(String, YAML.Reader, YAMLMark)
    case intrinsic(IntrinsicTag)

    private static let prefix = "tag:yaml.org,2002:"

    init(_ tag: String?, _ mark: YAMLMark, _ reader: YAML.Reader) throws(YAMLError) {
        guard let tag else {
            self = .plain(reader)
            return
        }
        if tag.hasPrefix(Self.prefix) {
            let name = String(tag.dropFirst(Self.prefix.count))
            switch name {
            case "map", "seq": self = .plain(reader)
            case "str": self = .text
            case "int", "float", "bool", "null": self = .scalar(name, reader, mark)
            default: throw YAMLError("values of the type !!\(name) cannot be read", mark)
            }
        } else if tag == "!" {
            self = .text
        } else if let intrinsic = IntrinsicTag(tag) {
            self = .intrinsic(intrinsic)
        } else if reader == .cfnGuard {
            self = .plain(reader)
        } else {
            throw YAMLError("the tag \(tag) is not known", mark)
        }
    }

    func scalar(_ text: String, isQuoted: Bool) throws(YAMLError) -> JSON {
        switch self {
        case .plain(let reader): return isQuoted ? .string(text) : YAMLScalar.resolve(text, as: reader)
        case .text: return .string(text)
        case .intrinsic(let tag): return tag.longForm(of: .string(text))
        case .scalar(let name, let reader, let mark):
            let value = YAMLScalar.resolve(text, as: reader)
            switch (name, value) {
            case ("bool", .bool), ("null", .null), ("int", .number), ("float", .number): return value
            default: throw YAMLError("\(text) is no value of the type !!\(name)", mark)
            }
        }
    }

    func sequence(_ items: [JSON]) throws(YAMLError) -> JSON { try collection(.array(items)) }

    func mapping(_ object: JSONObject) throws(YAMLError) -> JSON { try collection(.object(object)) }

    private func collection(_ value: JSON) throws(YAMLError) -> JSON {
        switch self {
        case .plain, .text: return value
        case .intrinsic(let tag): return tag.longForm(of: value)
        case .scalar(let name, _, let mark): throw YAMLError("a collection is no value of the type !!\(name)", mark)
        }
    }
}

/// The short form of a function of CloudFormation, such as `!Sub`.
///
/// Source: the CloudFormation user guide's page "Intrinsic function reference".
struct IntrinsicTag {
    private let name: String

    private static let functions: Set<String> = [
        "And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap", "GetAZs",
        "GetAtt", "If", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select", "Split", "Sub",
        "ToJsonString", "Transform", "ValueOf", "ValueOfAll",
    ]

    init?(_ tag: String) {
        let name = String(tag.dropFirst())
        if name == "Ref" || name == "Condition" {
            self.name = name
        } else if Self.functions.contains(name) {
            self.name = "Fn::\(name)"
        } else {
            return nil
        }
    }

    /// `!Ref Topic` is `{"Ref": "Topic"}`, `!Sub text` is `{"Fn::Sub": "text"}`, and `!GetAtt Queue.Arn` names the
    /// attribute after the first dot: `{"Fn::GetAtt": ["Queue", "Arn"]}`.
    func longForm(of value: JSON) -> JSON {
        var value = value
        if name == "Fn::GetAtt", let text = value.string {
            value = .array(text.split(separator: ".", maxSplits: 1).map { .string(String($0)) })
        }
        return .object([name: value])
    }
}
