import PatternReference

/// Events about lots of land in a town that there is not, of the kind of GeoJSON's features: some 870 bytes each, most of
/// them the corners of the lot, which few rules ask about.
enum LotEvents {
    static let streets = [
        "ANCHOR", "ANGLER", "BARGE", "BARRACUDA", "BEACON", "CAPSTAN", "CORMORANT", "DRIFTWOOD", "ESTUARY", "FATHOM",
        "FLOTILLA", "GALLEON", "HALYARD", "HARBOR", "HERRING", "JETTY", "KELP", "LAGOON", "LANTERN", "MAINSAIL",
        "MARINER", "NAUTILUS", "OUTRIGGER", "PELICAN", "QUAY", "RIGGING", "SCHOONER", "SEXTANT", "TIDEWATER", "TRAWLER",
        "UPPER DECK", "WINDLASS", "YAWL", "1ST", "2ND", "12TH", "31ST",
    ]
    private static let kinds = Array(repeating: "ST", count: 6) + ["AVE", "AVE", "WAY", "CT"]

    static func texts(count: Int) -> [[UInt8]] {
        var random = SplitMix(seed: 4_711)
        return (0..<count).map { Array(text($0, &random).utf8) }
    }

    private static func text(_ number: Int, _ random: inout SplitMix) -> String {
        let block = padded(1 + random.number(7_000), 4)
        let lot = padded(1 + random.number(90), 3)
        let house = 1 + random.number(4_500)
        // One in two hundred has a number of its own that rules can name.
        let name = random.once(in: 200) ? "VILLA\(random.number(10))" : block + lot
        let (x, y) = (corner(-30, &random), corner(50, &random))
        var corners: [String] = []
        for _ in 0..<3 + random.number(11) { corners.append(point(x + near(&random), y + near(&random), &random)) }
        let first = random.once(in: 500) ? point(LotRules.landmark, y, &random) : point(x, y, &random)
        if random.once(in: 200) { corners.append(point(LotRules.landmark, y, &random)) }
        let kind = random.once(in: 20) ? "null" : "\"\(random.one(of: kinds))\""
        return """
            {"type": "Feature", "properties": {"LOT_NAME": "\(name)", "BLOCK_LOT": "\(block)\(lot)", "BLOCK": "\(block)", \
            "LOT": "\(lot)", "HOUSE_FROM": "\(house)", "HOUSE_TO": "\(house + random.number(3) * 2)", \
            "STREET": "\(random.one(of: streets))", "STREET_KIND": \(kind), "SIDE": "\(random.one(of: ["L", "R"]))"}, \
            "geometry": {"type": "\(random.once(in: 400) ? "MultiPolygon" : "Polygon")", "firstCorner": \(first), \
            "corners": [\(corners.joined(separator: ", "))]}}
            """
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: width - text.count) + text
    }

    /// With as many digits as measurements have.
    private static func corner(_ degrees: Double, _ random: inout SplitMix) -> Double {
        degrees + Double(random.number(1_000_000_000)) / 1e10 + Double(random.number(1_000)) / 1e13
    }

    private static func near(_ random: inout SplitMix) -> Double { Double(random.number(1_000_000_000)) / 1e12 }

    private static func point(_ x: Double, _ y: Double, _ random: inout SplitMix) -> String {
        let z = random.once(in: 10) ? Double(random.number(9_000)) / 1_000 : 0
        return "{\"x\": \(x), \"y\": \(y), \"z\": \(z)}"
    }
}
