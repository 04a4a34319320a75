import JSON
import Kernel

/// The managed rules about tags.
enum TagRules {
    /// All rules that end in `_TAGGED`: some tag, and those whose keys are listed.
    @Sendable static func tagged(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        let keys = subject.userTagKeys
        let required = (parameters.texts("requiredKeyTags") ?? []).filter { !$0.hasPrefix("aws:") }
        guard !keys.isEmpty else {
            return .nonCompliant("There are no tags.", clause: "tags exist", path: "/tags", value: .object([:]))
        }
        return Judgement(
            required.filter { !keys.contains($0) }.map { key in
                Judgement.Finding(
                    clause: "the tag \(key) exists", path: "/tags/\(key)", text: "The tag \(key) is missing.")
            })
    }

    /// REQUIRED_TAGS: up to six tags, each with the values that it may have.
    @Sendable static func requiredTags(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        let tags = Dictionary(subject.resource.tags.map { ($0.key, $0.value) }) { first, _ in first }
        var problems: [Judgement.Finding] = []
        for number in 1...6 {
            guard let key = parameters["tag\(number)Key"]?.string else { continue }
            guard let value = tags[key] else {
                problems.append(
                    .init(clause: "the tag \(key) exists", path: "/tags/\(key)", text: "The tag \(key) is missing."))
                continue
            }
            guard let allowed = parameters.texts("tag\(number)Value"), !allowed.isEmpty, !allowed.contains(value)
            else { continue }
            problems.append(
                .init(
                    clause: "the tag \(key) is one of \(allowed.joined(separator: ", "))", path: "/tags/\(key)",
                    value: .string(value),
                    text: "The tag \(key) has the value \(value), which is none of \(allowed.joined(separator: ", ")).")
            )
        }
        return Judgement(problems)
    }
}
