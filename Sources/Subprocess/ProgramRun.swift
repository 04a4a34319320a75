import Dispatch
import Glibc
import Synchronization

/// One run of a program.
final class ProgramRun: Sendable {
    private struct State {
        /// The leader of its process group, as long as it has not been collected.
        var process: pid_t?
        var cause: ProgramEnding.Kind?
    }

    private let program: Program
    private let state = Mutex(State())

    init(_ program: Program) { self.program = program }

    /// Ends it, with all that is in its process group.
    func stop(_ cause: ProgramEnding.Kind) {
        state.withLock { state in
            if state.cause == nil { state.cause = cause }
            // The lock keeps the process from being collected meanwhile, and its number from being another's.
            if let process = state.process { kill(-process, SIGKILL) }
        }
    }

    /// Waits until it has ended.
    func perform() -> ProgramEnding {
        do {
            let folder = try ProgramFolder(program.files)
            defer { folder.remove() }
            let status = try run(in: folder)
            var ending = ProgramEnding(kind: state.withLock { $0.cause } ?? .ended, status: status)
            ending.log = folder.end(of: Program.log, limit: Program.logLimit)
            ending.result = folder.beginning(of: program.result, limit: Program.resultLimit + 1)
            return ending
        } catch let error as Failure {
            return ProgramEnding(kind: .notStarted, log: error.message)
        } catch {
            return ProgramEnding(kind: .notStarted, log: "\(error)")
        }
    }

    struct Failure: Error {
        let message: String

        init(_ what: String, _ code: Int32) { message = "\(what): \(String(cString: strerror(code)))" }
    }

    private func run(in folder: ProgramFolder) throws -> Int32 {
        let process: pid_t? = try state.withLock { state in
            guard state.cause == nil else { return nil }
            state.process = try start(in: folder)
            return state.process
        }
        guard let process else { return 0 }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(program.seconds)) { [weak self] in
            self?.stop(.timedOut)
        }
        // Left uncollected, it holds its number until what it left behind in its group has been ended.
        var info = siginfo_t()
        while waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        var status: Int32 = 0
        state.withLock { state in
            kill(-process, SIGKILL)
            state.process = nil
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
        }
        return ProgramEnding.exitCode(in: status)
    }

    /// A shell sets the limits and becomes the program; what it runs reaches it as arguments.
    private static let limits =
        "cd \"$1\" && ulimit -c 0 && ulimit -d $2 && ulimit -f $3 && ulimit -t $4 && shift 4 && exec \"$@\""

    private func start(in folder: ProgramFolder) throws -> pid_t {
        let blocks = Program.fileLimit * 2
        let arguments =
            ["sh", "-c", Self.limits, "sh", folder.path, "\(Program.memoryLimit)", "\(blocks)", "\(program.seconds)"]
            + program.arguments
        let variables = program.environment + [("HOME", folder.path), ("TMPDIR", folder.path)]
        let argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.0)=\($0.1)") } + [nil]
        defer { for text in argv + envp { free(text) } }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let input = program.input.map(folder.file) ?? "/dev/null"
        let output = folder.file(program.output ?? Program.log)
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(
            &actions, 2, folder.file(Program.log), O_WRONLY | O_CREAT | O_APPEND, 0o600)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

        var process: pid_t = 0
        let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, argv, envp)
        guard code == 0 else { throw Failure("it cannot be started", code) }
        return process
    }
}
