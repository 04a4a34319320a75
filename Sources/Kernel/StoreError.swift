/// Why a store cannot be opened; the text is for the person at the terminal.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
