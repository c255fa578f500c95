import Foundation
import JSONSchemas

/// Writes a text file below the run's output folder.
struct FileWriteTool: Tool {
    let name = "file.write"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let path = try arguments.required("path")
        let text = try arguments.required("text")
        try OutputFolder(context.environment.outputDirectory).write(
            Array(text.utf8), to: path, at: context.address, keeping: context.environment.changes)
        return ["path": .string(path), "bytes": .integer(text.utf8.count)]
    }
}
