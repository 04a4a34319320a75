import Glibc
import JSON
import Subprocess

/// The languages in which scripts are written, and how a script is run in each.
///
/// The script is a file; its InputPayload is another, and so is what its handler returns. For bash there is no handler: the
/// payload is its standard input, and what it prints is the result.
enum ScriptRuntime: Sendable {
    case python(String)
    case node
    case bash

    private static let payload = "payload.json"
    private static let result = "result.json"

    /// `python3.11`, `nodejs20.x`, `bash`
    init(_ name: String) throws {
        let version = name.hasPrefix("python3.") ? Int(name.dropFirst(8)) : nil
        if let version, version >= 6 {
            self = .python(name)
        } else if name == "bash" {
            self = .bash
        } else if name == "node" || name.hasPrefix("nodejs") {
            self = .node
        } else {
            throw AutomationFailure(
                "Windtunnel does not serve the Runtime \(name); it serves python3.x, node and bash",
                stage: .inputValidation)
        }
    }

    static func program(_ inputs: JSONObject, seconds: Int, environment: [(name: String, value: String)]) throws
        -> Program
    {
        let runtime = try ScriptRuntime(inputs["Runtime"].map(AutomationValue.text) ?? "")
        guard inputs["Attachment"] == nil else {
            throw AutomationFailure("Windtunnel does not serve Attachments of scripts", stage: .inputValidation)
        }
        guard let script = inputs["Script"].map(AutomationValue.text), !script.isEmpty else {
            throw AutomationFailure("The Script is missing", stage: .inputValidation)
        }
        let handler = inputs["Handler"].map(AutomationValue.text) ?? ""
        var payload = inputs["InputPayload"] ?? [:]
        // A StringMap may be written as JSON.
        if let text = payload.string, let parsed = AutomationValue.parsed(text) { payload = parsed }
        let paths = value("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        let common = [("PATH", paths), ("LANG", "C.UTF-8")]
        let files = [(Self.payload, payload.description)]
        if case .bash = runtime {
            return Program(
                arguments: ["bash", "customer_script.sh"], environment: environment + common,
                files: files + [("customer_script.sh", script)], input: Self.payload, output: Self.result,
                result: Self.result, seconds: seconds)
        }
        guard !handler.isEmpty else {
            throw AutomationFailure("The Handler is missing", stage: .inputValidation)
        }
        let (command, name, main) = runtime.driver(paths)
        // Packages that the user has installed for himself stay within reach.
        let packages = value("HOME").map { [("PYTHONUSERBASE", "\($0)/.local")] } ?? []
        return Program(
            arguments: command + [handler], environment: environment + common + packages,
            files: files + [(name, script), (command[command.count - 1], main)], result: Self.result, seconds: seconds)
    }

    private static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The command but for the handler, the file of the script, and the program that calls the handler.
    private func driver(_ paths: String) -> (command: [String], script: String, text: String) {
        switch self {
        case .python(let name):
            let hasVersion = paths.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
            return ([hasVersion ? name : "python3", "-B", "-u", "main.py"], "customer_script.py", Self.python)
        case .node, .bash:
            return (["node", "--max-old-space-size=512", "main.js"], "customer_script.js", Self.javaScript)
        }
    }

    private static let python = """
        import json
        import sys

        import customer_script

        with open("payload.json", encoding="utf-8") as file:
            events = json.load(file)
        result = json.dumps(getattr(customer_script, sys.argv[1])(events, {}))
        with open("result.json", "w", encoding="utf-8") as file:
            file.write(result)
        """

    private static let javaScript = """
        const fs = require("fs");

        async function main() {
          const events = JSON.parse(fs.readFileSync("payload.json", "utf8"));
          const result = await require("./customer_script.js")[process.argv[2]](events, {});
          fs.writeFileSync("result.json", JSON.stringify(result === undefined ? null : result));
        }

        main().catch((error) => {
          console.error(error);
          process.exit(1);
        });
        """
}
