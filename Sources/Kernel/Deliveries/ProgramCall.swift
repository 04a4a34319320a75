import Subprocess

/// A program that a service has run for itself: how it ended goes to the service's runner of the same kind, in a transaction
/// of its own. Whoever must have the outcome looks again later, since a run is lost when the process ends before it does.
public struct ProgramCall: Sendable {
    public typealias Runner = @Sendable (ProgramCall, ProgramEnding, WriteContext) throws -> Void

    public let kind: String
    /// One at a time runs for a subject.
    public let subject: String
    /// What the service wants to know again with the outcome.
    public let detail: String

    var id: String { "\(kind) \(subject)" }
}

extension ReadContext {
    /// Whether programs are run at all: they can do what the user can whose server this is.
    public var runsPrograms: Bool { kernel.runsPrograms }

    public func isRunning(_ kind: String, subject: String) -> Bool {
        kernel.outgoing.programs.isRunning(ProgramCall(kind: kind, subject: subject, detail: "").id)
    }
}

extension WriteContext {
    /// Runs a program once the transaction is committed.
    public func run(_ kind: String, subject: String, detail: String = "", _ program: Program) {
        effects.requests.append(
            Outgoing.Request(
                purpose: .program(ProgramCall(kind: kind, subject: subject, detail: detail), program),
                account: account, region: region, service: service, host: nil))
    }

    /// Ends a program once the transaction is committed; its runner is told so.
    public func stop(_ kind: String, subject: String) {
        effects.requests.append(
            Outgoing.Request(
                purpose: .stop(ProgramCall(kind: kind, subject: subject, detail: "")), account: account,
                region: region, service: service, host: nil))
    }
}
