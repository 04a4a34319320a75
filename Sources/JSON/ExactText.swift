/// Text that is the same only when its bytes are.
///
/// Swift takes `é` and `e` with a combining accent for equal; RFC 8259 section 8.3 compares code unit by code unit, as AWS
/// does with names and values.
struct ExactText: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ExactText, right: ExactText) -> Bool {
        // What is not even equivalent is told apart by the faster comparison.
        left.text == right.text && left.text.utf8.elementsEqual(right.text.utf8)
    }
}
