/// Ids of images for names and Regions of which none is known.
enum MadeUpImage {
    /// `ami-0` and 16 digits that depend on the Region and the name, and never change.
    static func id(of name: String, in region: String) -> String {
        let digits = String(mixed(hash(name.utf8, from: hash(region.utf8))), radix: 16)
        return "ami-0" + String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// FNV-1a.
    private static func hash(_ bytes: String.UTF8View, from start: UInt64 = 0xCBF2_9CE4_8422_2325) -> UInt64 {
        bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// The end of SplitMix64, which spreads a difference of one bit over all.
    private static func mixed(_ hash: UInt64) -> UInt64 {
        var mixed = hash
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
