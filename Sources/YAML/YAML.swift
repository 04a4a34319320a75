import JSON

/// YAML as AWS's services read it, as a JSON value.
///
/// ```swift
/// let value = try YAML.parse("Topic: !Ref Orders\nCount: 1.0")
/// value.description  // {"Topic":{"Ref":"Orders"},"Count":1.0}
/// ```
///
/// Plain scalars mean what SnakeYAML takes them for, on which AWS's readers are built: `yes`, `no`, `on` and `off` are
/// booleans like `true` and `false`, `~` and nothing are null, `0x1F`, `0b11`, `017` and `1_000` are whole numbers. What is
/// quoted stays a string, and so do keys, whatever they look like. Decimal numbers keep their text. Where JSON has no like
/// (dates, `.inf`, `1:30`), the text stays a string.
///
/// Short forms of CloudFormation's functions become long ones (`IntrinsicTag`); aliases and merge keys (`<<`) are filled in.
public enum YAML {
    /// The bytes that a text may have.
    public static let bytesLimit = 1 << 20
    /// How deep collections may be nested.
    public static let depthLimit = 128
    /// How many values there may be once all aliases are filled in: a text of a kilobyte could ask for a billion.
    public static let valuesLimit = 200_000

    /// Whose reader it is that plain scalars, unknown tags and keys that stand twice are read like.
    public enum Reader: Sendable {
        /// SnakeYAML with YAML 1.1, as above; of equal keys the last one wins, and an unknown tag is an error.
        case amazon
        /// What cfn-guard is built on, serde_yaml with the core schema of YAML 1.2: `yes` and `017` are strings, `0o17` is a
        /// number; a key that stands twice is an error, and an unknown tag says nothing.
        case cfnGuard
    }

    /// Parses a text that holds one document; an empty one is null.
    public static func parse(_ text: String, as reader: Reader = .amazon) throws(YAMLError) -> JSON {
        guard text.utf8.count <= bytesLimit else {
            throw YAMLError("the text is longer than \(bytesLimit) bytes", YAMLMark(line: 1, column: 1))
        }
        var composer = try YAMLComposer(text, as: reader)
        return try composer.document()
    }
}
