/// The names that one line of `image-families.tsv` stands for, and the rule of their values.
///
///     suse/sles/{15-sp6,15-sp7}/{x86_64,arm64}/latest
///
/// A level may have alternatives in braces, several of them multiply; `{k8s}` stands for the list of that name.
struct PathPattern: Sendable {
    /// For each level the names that it may have, ascending.
    let levels: [[String]]
    let rule: String

    init(_ path: String, rule: String, lists: [String: [String]]) {
        levels = path.split(separator: "/").map { Set(Self.expand($0, lists)).sorted() }
        self.rule = rule
    }

    func allows(_ name: String, at depth: Int) -> Bool {
        guard depth < levels.count else { return false }
        let names = levels[depth]
        var low = 0
        var high = names.count
        while low < high {
            let middle = (low + high) / 2
            if names[middle] < name { low = middle + 1 } else { high = middle }
        }
        return low < names.count && names[low] == name
    }

    /// `a{b,c}d` → `abd`, `acd`.
    static func expand(_ pattern: Substring, _ lists: [String: [String]]) -> [String] {
        guard let open = pattern.firstIndex(of: "{"), let close = pattern[open...].firstIndex(of: "}") else {
            return [String(pattern)]
        }
        let inside = String(pattern[pattern.index(after: open)..<close])
        let choices =
            lists[inside] ?? inside.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let rest = expand(pattern[pattern.index(after: close)...], lists)
        return choices.flatMap { choice in rest.map { pattern[..<open] + choice + $0 } }
    }
}
