import ArgumentParser
import Dispatch
import Glibc
import HTTP
import Kernel

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the server (this is what happens without a subcommand).",
        discussion: "It prints where it listens, then the word Ready. alone on a line once it answers.")

    @Option(help: "The port to listen on; 0 takes a free one. (default: 4566)")
    var port: Int?

    @OptionGroup var options: ServerOptions

    func run() throws {
        let (server, kernel) = try options.makeServer(
            port: port ?? Environment.number("PORT") ?? 4566, recordsAccess: false)
        server.start()
        let state = kernel.isTemporary ? "state is temporary: name a folder with --data to keep it" : "state is kept"
        say("Windtunnel \(version) on http://\(options.address):\(server.port) (\(state))")
        say("Ready.")
        let signals = [SIGINT, SIGTERM].map { number in
            Signals.handle(number) { server.stop(graceSeconds: 10) { Glibc.exit(0) } }
        }
        withExtendedLifetime(signals) { dispatchMain() }
    }

    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}

enum Signals {
    /// Calls `body` for a signal in place of what it would do by itself; until the result is let go.
    static func handle(_ number: Int32, _ body: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: body)
        source.resume()
        return source
    }
}
