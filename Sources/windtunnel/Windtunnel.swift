import ArgumentParser
import Config
import Events
import Kernel
import Pipes
import SNS
import SQS
import SSM
import STS
import Scheduler

/// The services that are served. This is the one list of them.
let services = [
    Config.service, Events.service, Pipes.service, SNS.service, SQS.service, SSM.service, STS.service,
    Scheduler.service,
]

let version = "0.1.0"

@main
struct Windtunnel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "windtunnel",
        abstract: "A local AWS control plane to fly deployment scripts in.",
        discussion: """
            Start it, point any AWS client at it, and run your scripts as they are:

              windtunnel &
              export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
              aws ssm put-parameter --name /app/db --value localhost --type String

            Or let it run one script against a server of its own and report what the script did:

              windtunnel exec -- ./deploy.sh

            Every option can be given as an environment variable too: --port as WINDTUNNEL_PORT, --data as WINDTUNNEL_DATA.
            """,
        version: version,
        subcommands: [Serve.self, Exec.self, Explain.self, GuardCommand.self, Version.self],
        defaultSubcommand: Serve.self)
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    func run() { print("windtunnel \(version)") }
}
