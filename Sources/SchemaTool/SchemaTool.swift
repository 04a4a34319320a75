import Glibc
import JSON

/// The build tool behind the `EmbedSchema` plugin.
///
///     SchemaTool shapes OUTPUT.swift MODEL.json TABLE.swift
///     SchemaTool embed OUTPUT.swift FILE…
///     SchemaTool store OUTPUT.swift MIGRATION.sql…
@main
struct SchemaTool {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "shapes" where arguments.count == 4:
            let model = try read(arguments[2])
            let generator = ShapeGenerator(model: try JSON(parsing: model), served: served(in: try read(arguments[3])))
            try write(generator.source(modelText: model), to: arguments[1])
        case "embed" where arguments.count > 2:
            try write(embedded(arguments.dropFirst(2)), to: arguments[1])
        case "store" where arguments.count > 2:
            try write(EmptyStore.source(migrations: arguments.dropFirst(2).map(read)), to: arguments[1])
        default:
            print("SchemaTool is run by the build.")
            exit(2)
        }
    }

    /// The operations that a service's table names, `.read("GetParameter", …)`: only their shapes are worth compiling.
    private static func served(in table: String) -> Set<String> {
        Set(
            table.split(separator: "\n").compactMap { line in
                let line = line.drop { $0 == " " }
                guard [".read(\"", ".longRead(\"", ".write(\"", ".waiting(\""].contains(where: line.hasPrefix) else {
                    return nil
                }
                return line.split(separator: "\"").dropFirst().first.map(String.init)
            })
    }

    /// A file's text as a literal; packed where its name says `.deflated.`.
    private static func embedded(_ paths: some Sequence<String>) throws -> String {
        var members = ""
        var imports = ""
        for path in paths {
            let file = path.split(separator: "/").last.map(String.init) ?? path
            let parts = file.split(separator: ".").map(String.init)
            let name = Name.member(parts.first ?? file)
            let text = try read(path)
            if parts.contains("deflated") {
                imports = "import Deflate\n\n"
                members += "    static let \(name) = \(Deflate.expression(Array(text.utf8)))\n"
            } else {
                members += "    static let \(name): StaticString = \(literal(text))\n"
            }
        }
        return "\(imports)enum EmbeddedSchema {\n\(members)}\n"
    }

    /// A raw string literal with more number signs than the text holds in a row.
    static func literal(_ text: String) -> String {
        var longest = 0
        var run = 0
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "#") ? run + 1 : 0
            longest = max(longest, run)
        }
        let signs = String(repeating: "#", count: longest + 1)
        return "\(signs)\"\"\"\n\(text)\n\"\"\"\(signs)"
    }

    private static func read(_ path: String) throws -> String {
        String(decoding: try bytes(of: path), as: UTF8.self)
    }

    static func bytes(of path: String) throws -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw Failure(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "wb") else { throw Failure(path: path) }
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Failure(path: path) }
    }

    struct Failure: Error { let path: String }
}
