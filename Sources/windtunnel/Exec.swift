import ArgumentParser
import Dispatch
import Glibc
import HTTP
import JSON
import Kernel
import Model
import Subprocess
import Synchronization

struct Exec: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command against a server of its own, and report what it did.",
        discussion: """
            The command sees AWS_ENDPOINT_URL, and credentials and a Region unless it has its own. Signals and the exit code
            are passed through; the report goes to standard error.

              windtunnel exec --policy least.json -- ./deploy.sh production
            """)

    enum ReportFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: "text or json.")
    var report: ReportFormat = .text

    @Option(help: "Write the report to a file in place of standard error.")
    var reportFile: String?

    @Flag(help: "Exit 3 when something was not served or not enforced.")
    var strict = false

    @Option(help: "Write the least IAM policy that the calls would need to a file.")
    var policy: String?

    @Option(
        help: """
            A conformance pack's template, in YAML or JSON: judge what the command leaves behind by it, and exit 4 when \
            something is NON_COMPLIANT.
            """)
    var conformancePack: String?

    @OptionGroup var options: ServerOptions

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [String] = []

    func run() throws {
        guard !command.isEmpty else { throw ValidationError("Say what to run: windtunnel exec -- COMMAND…") }
        let pack = try conformancePack.map(PackFile.init)
        let (server, kernel) = try options.makeServer(port: 0, recordsAccess: true)
        let environment = environment(port: server.port)
        let home = home(environment)
        try pack?.check(in: home, of: kernel)
        let start = try RunReport.lastSequence(in: kernel)
        server.start()
        let status = try Child.run(command, environment: environment)
        let report = try RunReport(kernel: kernel, since: start, exitCode: status, pack: pack, home: home)
        try write(report)
        let stopped = DispatchSemaphore(value: 0)
        server.stop(graceSeconds: 5) { stopped.signal() }
        stopped.wait()
        kernel.close()
        if status == 0, report.breaksPack { throw ExitCode(4) }
        throw ExitCode(status == 0 && strict && report.isIncomplete ? 3 : status)
    }

    /// The account and the Region that the command is in unless it says otherwise.
    private func home(_ environment: [(String, String)]) -> (account: String, region: String) {
        func value(_ name: String) -> String? { environment.first { $0.0 == name }?.1 ?? Environment.plain(name) }
        let key = value("AWS_ACCESS_KEY_ID") ?? ""
        return (
            AccountID.isValid(key) ? key : "000000000000",
            value("AWS_REGION") ?? value("AWS_DEFAULT_REGION") ?? "us-east-1"
        )
    }

    private func environment(port: Int) -> [(String, String)] {
        func unlessSet(_ name: String, _ value: String) -> [(String, String)] {
            getenv(name) == nil ? [(name, value)] : []
        }
        let hasRegion = getenv("AWS_REGION") != nil || getenv("AWS_DEFAULT_REGION") != nil
        return [("AWS_ENDPOINT_URL", "http://127.0.0.1:\(port)")] + unlessSet("AWS_ACCESS_KEY_ID", "test")
            + unlessSet("AWS_SECRET_ACCESS_KEY", "test")
            + (hasRegion ? [] : [("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "us-east-1")])
    }

    private func write(_ report: RunReport) throws {
        if let policy { try File.write(report.leastPolicy.bytes(indented: true) + [0x0A], to: policy) }
        let text = self.report == .json ? report.json.bytes(indented: true) + [0x0A] : Array(report.text.utf8)
        if let reportFile {
            try File.write(text, to: reportFile)
        } else {
            File.write(text, descriptor: STDERR_FILENO)
        }
    }
}

/// The command that is being run.
enum Child {
    /// Runs it to its end and answers its exit code; 128 and the signal's number where a signal ended it.
    static func run(_ command: [String], environment: [(String, String)]) throws -> Int32 {
        for (name, value) in environment { setenv(name, value, 1) }
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        let child = Mutex<pid_t>(0)
        let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2].map { number in
            Signals.handle(number) {
                // A terminal sends its own to the whole group already.
                let pid = child.withLock { $0 }
                if pid > 0 { kill(pid, number) }
            }
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigfillset(&defaults)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, command[0], nil, &attributes, &arguments, environ)
        guard code == 0 else {
            File.write(
                Array("windtunnel: \(command[0]) cannot be run: \(String(cString: strerror(code)))\n".utf8),
                descriptor: STDERR_FILENO)
            return code == ENOENT ? 127 : 126
        }
        child.withLock { $0 = pid }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        withExtendedLifetime(signals) {}
        return ProgramEnding.exitCode(in: status)
    }
}

enum File {
    /// What can be read of no file, for people.
    struct Unreadable: Error {
        let message: String
    }

    /// - Parameter limit: in bytes.
    static func read(_ path: String, limit: Int) throws(Unreadable) -> [UInt8] {
        func failure() -> Unreadable { Unreadable(message: "\(path): \(String(cString: strerror(errno)))") }
        guard let file = fopen(path, "r") else { throw failure() }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw Unreadable(message: "\(path): larger than \(limit >> 10) KiB")
            }
        }
        guard ferror(file) == 0 else { throw failure() }
        return bytes
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else {
            throw ValidationError("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        write(bytes, descriptor: descriptor)
        close(descriptor)
    }

    static func write(_ bytes: [UInt8], descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
