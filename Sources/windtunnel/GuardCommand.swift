import ArgumentParser
import Glibc
import Guard
import JSON
import Kernel
import YAML

struct GuardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard",
        abstract: "Tell what a Guard policy says of a document.",
        discussion: """
            It prints the verdict of each rule, and for the ones that fail which values they fail for. It needs no server.

              windtunnel guard encryption.guard --data template.json

            The exit code is cfn-guard's: 0 when no rule fails, 19 when one does, and 5 when the policy or the document
            cannot be read or the policy has no answer.
            """)

    @Argument(help: "The policy, in the language of AWS CloudFormation Guard.")
    var policy: String

    @Option(help: "The document, in JSON or YAML: a template, or a configuration item.")
    var data: String

    private static let failed = ExitCode(19)
    private static let unreadable = ExitCode(5)
    private static let sizeLimit = 64 << 20

    func run() throws {
        let policy: Policy
        let verdict: Verdict
        do {
            policy = try Policy(String(decoding: File.read(self.policy, limit: Self.sizeLimit), as: UTF8.self))
            verdict = try policy.evaluate(document(), now: Int64(time(nil)))
        } catch let error as GuardError {
            throw refusal("\(self.policy):\(error.line):\(error.column): \(error.message)")
        } catch let error as File.Unreadable {
            throw refusal(error.message)
        }
        for line in GuardReport.lines(verdict) { print(line) }
        if verdict.status == .fail { throw Self.failed }
    }

    private func refusal(_ message: String) -> ExitCode {
        File.write(Array("\(message)\n".utf8), descriptor: STDERR_FILENO)
        return Self.unreadable
    }

    /// The document that the policy is about.
    private func document() throws -> JSON {
        let bytes = try File.read(data, limit: Self.sizeLimit)
        if let document = try? JSON(parsing: bytes) { return document }
        let document: JSON
        do {
            document = try YAML.parse(String(decoding: bytes, as: UTF8.self), as: .cfnGuard)
        } catch {
            throw File.Unreadable(message: "\(data): \(notJSON(bytes) ?? "not YAML: \(error)")")
        }
        guard !document.isNull else { throw File.Unreadable(message: "\(data): there is no document in it") }
        return document
    }

    /// What is wrong with a text that looks like JSON.
    private func notJSON(_ bytes: [UInt8]) -> String? {
        guard bytes.first(where: { !" \n\r\t".utf8.contains($0) }) == UInt8(ascii: "{") else { return nil }
        do {
            _ = try JSON(parsing: bytes)
            return nil
        } catch {
            return "not JSON: \(error.message) at byte \(error.offset)"
        }
    }
}

/// A verdict for people.
enum GuardReport {
    static func lines(_ verdict: Verdict) -> [String] {
        var lines = ["\(verdict.status.rawValue)"]
        for (name, status) in verdict.rules {
            lines.append("  \(status.rawValue)  \(name)")
            for check in verdict.checks where check.rule == name { lines += self.lines(check) }
        }
        if verdict.checksLeftOut > 0 { lines.append("  and \(verdict.checksLeftOut) more values that rules fail for") }
        return lines
    }

    private static func lines(_ check: Check) -> [String] {
        var lines = ["          \(check.path.isEmpty ? "/" : check.path): \(check.message)"]
        lines.append("            line \(check.line): \(check.clause)")
        if let value = check.value { lines.append("            value: \(value)") }
        if !check.comparedWith.isEmpty {
            lines.append("            compared with: \(check.comparedWith.map(\.description).joined(separator: ", "))")
        }
        for line in check.customMessage?.split(separator: "\n") ?? [] { lines.append("            > \(line)") }
        return lines
    }
}
