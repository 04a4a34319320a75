/// The rule by which a pattern's values are made: `ami` for the id of an image, or a text with references in brackets.
///
/// - `<3>` is the third level below `/aws/service`, `<patch 3>` what the map of that name has for it
/// - `<region>` is the Region
/// - `<./image_id>` is the value of the parameter of that name right below
struct PatternRule: Sendable {
    private let rule: String
    private let maps: [String: [String: String]]

    init(_ rule: String, maps: [String: [String: String]]) {
        self.rule = rule
        self.maps = maps
    }

    func value(of level: PatternLevel, at name: String, in region: String) -> PublicValue {
        guard rule != "ami" else { return .image(MadeUpImage.id(of: name, in: region)) }
        var text = ""
        var rest = rule[...]
        while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            text += rest[..<open]
            text += resolve(rest[rest.index(after: open)..<close], level, name, region)
            rest = rest[rest.index(after: close)...]
        }
        return .text(text + rest)
    }

    private func resolve(_ reference: Substring, _ level: PatternLevel, _ name: String, _ region: String) -> String {
        if reference == "region" { return region }
        if reference.hasPrefix("./") {
            let below = String(reference.dropFirst(2))
            return level.child(below)?.value(at: "\(name)/\(below)", in: region)?.text ?? ""
        }
        let words = reference.split(separator: " ")
        let levels = name.split(separator: "/").dropFirst(2)
        guard let number = words.last.flatMap({ Int($0) }), number <= levels.count else { return "" }
        let part = String(levels[levels.startIndex + number - 1])
        return words.count == 2 ? maps[String(words[0])]?[part] ?? part : part
    }
}
