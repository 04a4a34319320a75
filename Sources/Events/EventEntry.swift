import JSON
import Kernel
import Model

/// What an entry of PutEvents and one of PutPartnerEvents have in common.
struct EventEntry {
    let source: String?
    let detailType: String?
    let detail: String?
    let resources: [String]

    /// Why an entry is not taken; the other entries are.
    struct Fault: Error {
        let code: String
        let message: String

        static let notAuthorized = Fault(
            code: "NotAuthorizedForSourceException", message: "Not authorized for the source.")
    }

    /// The event that it makes. Throws a `Fault`.
    func event() throws -> Event {
        for (name, value) in [("Source", source), ("DetailType", detailType), ("Detail", detail)]
        where value?.isEmpty != false {
            throw Fault(
                code: "InvalidArgument",
                message: "Parameter \(name) is not valid. Reason: \(name) is a required argument.")
        }
        guard let detail = detail.flatMap({ try? JSON(parsing: $0) }), detail.object != nil else {
            throw Fault(code: "MalformedDetail", message: "Detail is malformed.")
        }
        return Event(source: source ?? "", detailType: detailType ?? "", resources: resources, detail: detail)
    }
}
