import JSON

/// Whether a text is JSON in the eyes of EventBridge.
enum JSONText {
    /// Where a text stops to be JSON, counted from 1.
    struct Place: Hashable, Sendable {
        let line: Int
        let column: Int
    }

    static func mistake(in text: String) -> Place? {
        do {
            _ = try JSON(parsing: text)
            return nil
        } catch {
            let before = text.utf8.prefix(error.offset).split(separator: 0x0A, omittingEmptySubsequences: false)
            return Place(line: before.count, column: (before.last?.count ?? 0) + 1)
        }
    }

    /// One value, or one in every line: `"first"⏎"second"`.
    static func isValid(_ text: String) -> Bool {
        mistake(in: text) == nil || text.split(separator: "\n").allSatisfy { mistake(in: String($0)) == nil }
    }
}
