/// Why state cannot be opened or written; the text is for the person at the terminal.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
