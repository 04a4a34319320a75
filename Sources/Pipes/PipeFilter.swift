import EventPattern
import JSON

/// The filters of a pipe: a record goes through when one of them matches, or when there are none.
///
/// Source: the user guide's page "Amazon EventBridge Pipes filtering".
struct PipeFilter {
    private let patterns: [Pattern]

    /// - Parameter filters: patterns that were checked when they were stored.
    init(_ filters: [String]) throws { patterns = try filters.map { try Pattern($0, dialect: .eventBridge) } }

    func passes(_ record: PipeRecord) -> Bool {
        guard !patterns.isEmpty else { return true }
        let event = record.filtered
        return patterns.contains { $0.matches(event) }
    }

    /// Why a record does not go through, for people.
    func explain(_ record: PipeRecord) -> (text: String, failures: [JSON]) {
        let event = record.filtered
        let explanations = patterns.map { $0.explain(event) }
        return (explanations.map(\.text).joined(separator: " "), explanations.flatMap { $0.failures.map(\.json) })
    }
}
