import JSON
import Kernel
import Model

/// One page of a list that a request may narrow down by one filter, as archives and replays are listed.
///
/// A token belongs to its filter: with another it is refused, with another limit it is not (recorded behaviour).
struct FilteredList {
    enum Filter: Sendable, Equatable {
        case none
        case prefix(String)
        case source(String)
        case state(String)
    }

    let filter: Filter
    /// The name that the last page ended with.
    let start: String
    let limit: Int
    private let operation: String

    private static let pageLimit = 100

    /// - Parameter operation: `ListArchives`.
    init(
        _ operation: String, prefix: String?, source: String?, state: String?, token: String?, limit: Int?,
        in context: ReadContext
    ) throws {
        self.operation = operation
        self.limit = limit ?? Self.pageLimit
        switch (prefix, source, state) {
        case (nil, nil, nil): filter = .none
        case (let prefix?, nil, nil): filter = .prefix(prefix)
        case (nil, let source?, nil): filter = .source(source)
        case (nil, nil, let state?): filter = .state(state)
        default:
            throw AWSError.validation(
                "At most one filter is allowed for \(operation). Use either : State, EventSourceArn, or NamePrefix.")
        }
        guard let token else {
            start = ""
            return
        }
        guard let position = context.position(in: token, purpose: operation), let json = try? JSON(parsing: position)
        else { throw AWSError.validation("Parameter NextToken is not valid. Reason: Malformed request.") }
        guard json["filter"]?.string == "\(filter)" else {
            throw AWSError.validation("Parameter NextToken is not valid. Reason: Token invalid.")
        }
        start = json["after"]?.string ?? ""
    }

    /// The page and the token for the next one, where there is more.
    ///
    /// - Parameter rows: one more than the limit, where there are as many.
    func page<Item>(of rows: [Item], name: (Item) -> String, in context: ReadContext) -> ([Item], String?) {
        guard rows.count > limit, let last = rows.prefix(limit).last else { return (rows, nil) }
        let position: JSON = .object(["filter": .string("\(filter)"), "after": .string(name(last))])
        return (Array(rows.prefix(limit)), context.token(for: position.description, purpose: operation))
    }
}
