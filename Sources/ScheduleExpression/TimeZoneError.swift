/// Why a time zone cannot be used.
public enum TimeZoneError: Error, Hashable, Sendable {
    /// No zone is called so. EventBridge Scheduler says `Invalid timezone Not/AZone.`
    case unknown(String)
    /// The machine has no time zone database, so that only UTC is there.
    case noDatabase(directory: String)
    /// The file of the zone is not what RFC 9636 says.
    case damaged(String)

    /// For people: what is wrong and what helps.
    public var message: String {
        switch self {
        case .unknown(let name): "There is no time zone \(name)."
        case .noDatabase(let directory):
            "There is no time zone database in \(directory), so that only UTC can be used. Install the package tzdata."
        case .damaged(let name): "The file of the time zone \(name) is damaged. Install the package tzdata again."
        }
    }
}
