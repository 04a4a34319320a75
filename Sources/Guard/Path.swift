/// Where a value stands in its document, written `/Resources/Bucket/Properties`. Paths share their beginnings, since every
/// value that a query visits has one.
final class Path: Sendable {
    private let parent: Path?
    private let step: String

    /// What the whole document and the literals of a policy have.
    static let root = Path(parent: nil, step: "")

    private init(parent: Path?, step: String) {
        self.parent = parent
        self.step = step
    }

    func appending(_ step: String) -> Path { Path(parent: self, step: step) }

    var text: String {
        var steps: [String] = []
        var path = self
        while let parent = path.parent {
            steps.append(path.step)
            path = parent
        }
        return steps.reversed().map { "/" + $0 }.joined()
    }
}
