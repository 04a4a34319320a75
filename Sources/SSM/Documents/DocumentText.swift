import JSON
import YAML

/// A document's content in the other format than the one it was written in.
enum DocumentText {
    static func json(_ value: JSON) -> String { String(decoding: value.bytes(indented: true), as: UTF8.self) }

    static func yaml(_ value: JSON) -> String { YAML.text(of: value) }
}
