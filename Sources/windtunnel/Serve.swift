import ArgumentParser
import CLink
import Dispatch
import Glibc
import HTTP
import Kernel

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Start the server (this is what happens without a subcommand).",
        discussion: "It prints where it listens, then the word Ready. alone on a line once it answers.")

    @Option(help: "The port to listen on; 0 takes a free one. (default: 4566)")
    var port: Int?

    @OptionGroup var options: ServerOptions

    func run() throws {
        let (server, kernel) = try options.makeServer(
            port: port ?? Environment.number("PORT") ?? 4566, recordsAccess: false)
        let signals = [SIGINT, SIGTERM].map { number in
            Signals.handle(number) {
                kernel.endWaits()
                server.stop(graceSeconds: 10) {
                    kernel.close()
                    Glibc.exit(0)
                }
            }
        }
        server.start()
        // Most of the code that was run so far is never run again.
        release_code()
        let state = kernel.isTemporary ? "state is temporary: name a folder with --data to keep it" : "state is kept"
        say("Windtunnel \(version) on http://\(options.address):\(server.port) (\(state))")
        say("Ready.")
        withExtendedLifetime(signals) { dispatchMain() }
    }

    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}

enum Signals {
    /// Calls `body` for a signal in place of what it would do by itself; until the result is let go. It returns when the
    /// signal is being watched for, since one that comes earlier would be lost.
    static func handle(_ number: Int32, _ body: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: body)
        let registered = DispatchSemaphore(value: 0)
        source.setRegistrationHandler { registered.signal() }
        source.resume()
        registered.wait()
        return source
    }
}
