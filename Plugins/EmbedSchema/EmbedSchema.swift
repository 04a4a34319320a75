import Foundation
import PackagePlugin

/// Turns what a module owns under `Schema/` into Swift source: the API model `Schema/aws/<module>.json` into typed
/// inputs and outputs, data files of `Schema/<module>/` into literals (those named `….deflated.…` packed), and for the kernel the
/// migrations of `Schema/sql/`, in the order of their names, with the file they make.
@main
struct EmbedSchema: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let schema = context.package.directoryURL.appending(path: "Schema")
        let tool = try context.tool(named: "SchemaTool").url
        let module = target.name.lowercased()
        var commands: [Command] = []

        let model = schema.appending(path: "aws/\(module).json")
        if FileManager.default.fileExists(atPath: model.path()) {
            let output = context.pluginWorkDirectoryURL.appending(path: "\(target.name)Model.swift")
            let table = context.package.directoryURL.appending(path: "Sources/\(target.name)/\(target.name).swift")
            commands.append(
                .buildCommand(
                    displayName: "Shapes of \(target.name)", executable: tool,
                    arguments: ["shapes", model.path(), table.path(), output.path()],
                    inputFiles: [model, table], outputFiles: [output]))
        }
        if target.name == "Kernel" {
            let migrations = try files(of: schema.appending(path: "sql"))
            let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedStore.swift")
            commands.append(
                .buildCommand(
                    displayName: "Empty store", executable: tool,
                    arguments: ["store", output.path()] + migrations.map { $0.path() },
                    inputFiles: migrations, outputFiles: [output]))
        }
        let folder = schema.appending(path: module)
        let data = try files(of: folder) + files(of: folder.appending(path: "documents"))
        if !data.isEmpty {
            let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedSchema.swift")
            commands.append(
                .buildCommand(
                    displayName: "Data of \(target.name)", executable: tool,
                    arguments: ["embed", output.path()] + data.map { $0.path() },
                    inputFiles: data, outputFiles: [output]))
        }
        return commands
    }

    private func files(of folder: URL) throws -> [URL] {
        guard FileManager.default.fileExists(atPath: folder.path()) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { ["json", "sql", "tsv", "txt", "yaml"].contains($0.pathExtension) }
            .sorted { $0.path() < $1.path() }
    }
}
