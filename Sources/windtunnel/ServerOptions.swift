import ArgumentParser
import Gateway
import Glibc
import HTTP
import Kernel
import Logging

/// The options of a server; each has an environment variable of its name.
struct ServerOptions: ParsableArguments {
    @Option(
        help: "The address to listen on. Others than loopback let everybody in who can reach them. (default: 127.0.0.1)"
    )
    var host: String?

    @Option(help: "The folder that keeps the state; without it the state is temporary.")
    var data: String?

    @Option(help: "Makes ids repeatable: the same calls give the same ids.")
    var seed: UInt64?

    @Option(
        help: """
            off, warn or enforce: whether a service that has no permission on another's resource is let through in silence, \
            let through with a warning that holds the missing statement, or refused as AWS does. (default: warn)
            """)
    var permissions: String?

    @Flag(help: "Hold the name of a deleted queue back for 60 seconds, as AWS does.")
    var holdDeletedNames = false

    @Flag(help: "Let AWS Config record resources too that it does not know in AWS, such as SSM parameters.")
    var recordBeyondAws = false

    @Flag(
        help: """
            Let the steps aws:executeScript of runbooks run their scripts on this machine. They can do what you can.
            """)
    var allowScripts = false

    @Option(
        help: """
            ARN=URL: where an AWS Lambda function runs; its event is sent there as JSON. May be repeated. Rules of AWS \
            Config call such functions.
            """)
    var function: [String] = []

    @Option(help: "trace, debug, info, warning or error. (default: info)")
    var logLevel: String?

    @Option(help: "A web origin whose pages may call the server, such as http://localhost:3000; may be repeated.")
    var allowOrigin: [String] = []

    @Option(help: "The largest request body in bytes. (default: \(Limits().bodyBytes))")
    var maxBody: Int?

    @Option(help: "The most connections at a time. (default: \(Limits().connections))")
    var maxConnections: Int?

    func makeServer(port: Int, recordsAccess: Bool) throws -> (server: Server, kernel: Kernel) {
        let level = Environment.value("LOG_LEVEL", or: logLevel) ?? "info"
        guard let logLevel = Logger.Level(rawValue: level) else {
            throw ValidationError("\(level) is no log level: trace, debug, info, warning, error.")
        }
        var log = Logger(label: "windtunnel", factory: { StreamLogHandler.standardError(label: $0) })
        log.logLevel = logLevel
        let seed = try self.seed ?? Environment.number("SEED")
        let origins =
            allowOrigin + (Environment.value("ALLOW_ORIGIN", or: nil)?.split(separator: ",").map(String.init) ?? [])
        var limits = Limits()
        limits.bodyBytes = try maxBody ?? Environment.number("MAX_BODY") ?? limits.bodyBytes
        limits.connections = try maxConnections ?? Environment.number("MAX_CONNECTIONS") ?? limits.connections
        let name = Environment.value("PERMISSIONS", or: permissions) ?? "warn"
        guard let permissions = PermissionLevel(rawValue: name) else {
            throw ValidationError("\(name) is no level of permissions: off, warn, enforce.")
        }
        let lanes = Server.defaultLanes
        let functions = try functionURLs()
        let kernel = try Kernel(
            services: services, dataFolder: Environment.value("DATA", or: data), lanes: lanes, seed: seed,
            recordsAccess: recordsAccess, permissions: permissions,
            holdsDeletedNames: holdDeletedNames || Environment.value("HOLD_DELETED_NAMES", or: nil) == "true",
            recordsBeyondAWS: recordBeyondAws || Environment.value("RECORD_BEYOND_AWS", or: nil) == "true",
            runsPrograms: allowScripts || Environment.value("ALLOW_SCRIPTS", or: nil) == "true",
            functions: functions, log: log,
            together: Lane.together)
        let gateway = Gateway(kernel: kernel, version: version, allowedOrigins: origins, log: log)
        let host = Environment.value("HOST", or: host) ?? "127.0.0.1"
        let server = try Server(host: host, port: port, lanes: lanes, limits: limits, handler: gateway)
        kernel.isReached(at: "http://\(Self.reachable(host)):\(server.port)")
        return (server, kernel)
    }

    private func functionURLs() throws -> [String: String] {
        let given = function + (Environment.value("FUNCTION", or: nil)?.split(separator: ",").map(String.init) ?? [])
        var urls: [String: String] = [:]
        for text in given {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, ARN(parts[0])?.service == "lambda", WebRequest.host(of: parts[1]) != nil else {
                throw ValidationError("\(text) is not the ARN of a function, an equals sign and a URL.")
            }
            urls[parts[0]] = parts[1]
        }
        return urls
    }

    /// From this machine.
    private static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        default: host.contains(":") ? "[\(host)]" : host
        }
    }

    var address: String { Environment.value("HOST", or: host) ?? "127.0.0.1" }
}

/// `WINDTUNNEL_…` variables.
enum Environment {
    static func plain(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// What was given on the command line, otherwise the variable.
    static func value(_ name: String, or given: String?) -> String? {
        given ?? getenv("WINDTUNNEL_\(name)").map { String(cString: $0) }
    }

    static func number<Number: FixedWidthInteger>(_ name: String) throws -> Number? {
        guard let text = value(name, or: nil) else { return nil }
        guard let number = Number(text) else { throw ValidationError("WINDTUNNEL_\(name) is no number: \(text)") }
        return number
    }
}
