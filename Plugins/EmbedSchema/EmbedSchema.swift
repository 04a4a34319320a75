import Foundation
import PackagePlugin

/// Turns what a module owns under `Schema/` into Swift source: the API model `Schema/aws/<module>.json` into typed
/// inputs and outputs, data files of `Schema/<module>/` into literals (those named `….deflated.…` packed), and for the
/// kernel the migrations of `Schema/sql/`, in the order of their names, with the file they make.
@main
struct EmbedSchema: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let schema = context.package.directoryURL.appending(path: "Schema")
        let tool = try context.tool(named: "SchemaTool").url
        let module = target.name.lowercased()
        var commands: [Command] = []

        func generate(_ file: String, by verb: String, from inputs: [URL]) {
            let output = context.pluginWorkDirectoryURL.appending(path: file)
            commands.append(
                .buildCommand(
                    displayName: "\(file) of \(target.name)", executable: tool,
                    arguments: [verb, output.path()] + inputs.map { $0.path() },
                    inputFiles: inputs, outputFiles: [output]))
        }

        let model = schema.appending(path: "aws/\(module).json")
        if FileManager.default.fileExists(atPath: model.path()) {
            let table = context.package.directoryURL.appending(path: "Sources/\(target.name)/\(target.name).swift")
            generate("\(target.name)Model.swift", by: "shapes", from: [model, table])
        }
        if target.name == "Kernel" {
            generate("EmbeddedStore.swift", by: "store", from: try files(of: schema.appending(path: "sql")))
        }
        let folder = schema.appending(path: module)
        let data = try files(of: folder) + files(of: folder.appending(path: "documents"))
        if !data.isEmpty { generate("EmbeddedSchema.swift", by: "embed", from: data) }
        return commands
    }

    private func files(of folder: URL) throws -> [URL] {
        guard FileManager.default.fileExists(atPath: folder.path()) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { ["json", "sql", "tsv", "txt", "yaml"].contains($0.pathExtension) }
            .sorted { $0.path() < $1.path() }
    }
}
