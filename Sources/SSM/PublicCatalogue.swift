import JSON

/// All that is below `/aws/service` in a Region.
enum PublicCatalogue {
    static func root(region: String) -> PublicNode {
        let images = PublicNode.tree(amazonLinux(region) + ecs(region) + families(region))
        let infrastructure = GlobalInfrastructure()
        let families = images.children + [("global-infrastructure", infrastructure.node)]
        let list = PublicNode {
            (families.map(\.0) + ["list"]).sorted().map { ($0, PublicNode(.text("/aws/service/\($0)"))) }
        }
        let children = (families + [("list", list)]).sorted { $0.0 < $1.0 }
        return PublicNode { children }
    }

    typealias Leaf = (path: String, value: PublicNode.Value, version: Int)

    /// The lines of a table and their columns.
    static func rows(_ table: StaticString) -> [[String]] {
        "\(table)".split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// Where a Region stands in the tables of images.
    private static func column(of region: String) -> Int? {
        rows(EmbeddedSchema.regions).firstIndex { $0[0] == region }
    }

    private static func amazonLinux(_ region: String) -> [Leaf] {
        let column = column(of: region)
        return rows(EmbeddedSchema.amazonLinux).map { row in
            let path = "ami-amazon-linux-latest/\(row[0])"
            return (path, .image(known(row, column.map { $0 + 2 }) ?? madeUpImage(path, region)), Int(row[1]) ?? 1)
        }
    }

    private static func ecs(_ region: String) -> [Leaf] {
        let column = column(of: region)
        return rows(EmbeddedSchema.ecsImages).flatMap { row -> [Leaf] in
            let path = "ecs/optimized-ami/\(row[0])"
            let image = known(row, column.map { $0 + 2 }) ?? madeUpImage(path, region)
            guard let facts = (try? JSON(parsing: row[1]))?.object else { return [] }
            let name = facts["image_name"]?.string
            // The image stands under its own name too, as the earlier ones do.
            return below("\(path)/recommended", image, facts)
                + (name.map { below("\(path)/\($0)", image, facts) } ?? [])
        }
    }

    private static func known(_ row: [String], _ column: Int?) -> String? {
        guard let column, row.indices.contains(column), row[column] != "-", !row[column].isEmpty else { return nil }
        return "ami-" + row[column]
    }

    /// An image's facts as a JSON text, and each as a parameter of its own below it.
    private static func below(_ path: String, _ image: String, _ facts: JSONObject) -> [Leaf] {
        var object = JSONObject([("image_id", .string(image))])
        for member in facts { object[member.name] = member.value }
        let members = object.map { member -> Leaf in
            let text = member.value.string ?? member.value.description
            return ("\(path)/\(member.name)", member.name == "image_id" ? .image(text) : .text(text), 1)
        }
        return [(path, .text(JSON.object(object).description), 1)] + members
    }

    /// The families whose values are made up: paths with alternatives in braces, and what stands at each.
    private static func families(_ region: String) -> [Leaf] {
        rows(EmbeddedSchema.imageFamilies).flatMap { row -> [Leaf] in
            expand(row[0]).flatMap { path -> [Leaf] in
                switch row[1] {
                case "ami": [(path, .image(madeUpImage(path, region)), 1)]
                case "image":
                    below(path, madeUpImage(path, region), facts(of: path))
                default: [(path, .text(row[1]), 1)]
                }
            }
        }
    }

    /// What is said of an EKS image beside its id.
    private static func facts(of path: String) -> JSONObject {
        let version = path.split(separator: "/")[2]
        let family = path.split(separator: "/").dropFirst(3).dropLast().joined(separator: "-")
        return JSONObject([
            ("image_name", .string("amazon-eks-node-\(family)-\(version)-v20260801")),
            ("release_version", .string("\(version).0-20260801")), ("schema_version", "2"),
        ])
    }

    /// `a{b,c}d` → `abd`, `acd`; several in a row multiply.
    static func expand(_ pattern: String) -> [String] {
        guard let open = pattern.firstIndex(of: "{"), let close = pattern[open...].firstIndex(of: "}") else {
            return [pattern]
        }
        let choices = pattern[pattern.index(after: open)..<close].split(
            separator: ",", omittingEmptySubsequences: false)
        let rest = expand(String(pattern[pattern.index(after: close)...]))
        return choices.flatMap { choice in rest.map { pattern[..<open] + choice + $0 } }
    }

    /// `ami-0` and 16 digits that depend on Region and name: FNV-1a, once over and once mixed.
    private static func madeUpImage(_ path: String, _ region: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(region)/\(path)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= hash >> 29
        hash = hash &* 0xBF58_476D_1CE4_E5B9
        let digits = String(hash ^ hash >> 32, radix: 16)
        return "ami-0" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
