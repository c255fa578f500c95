import Databases
import Foundation
import JSONSchemas

/// Full-text search over a folder, one file or a table of the run.
struct SearchTool: Tool {
    static let toolName = "search"
    let name = Self.toolName

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let query = try arguments.required("query")
        let limit = arguments.integer("limit") ?? 5
        if let table = arguments.string("table") {
            let rows = try context.environment.tables.search(
                table: table, text: query, limit: limit, upTo: arguments.integer("up_to"))
            return ["rows": .array(rows.map { .object($0) })]
        }
        guard let path = arguments.string("in") else {
            throw ToolError(.badArgument, "Can't search: neither `in` nor `table` is given.")
        }
        let index = try context.environment.indexes.index(for: path) {
            if PathKind.of(path) == .folder { return try SearchIndex(folder: path) }
            let name = URL(filePath: path).lastPathComponent
            return try SearchIndex(documents: [SearchDocument(path: name, text: TextFile.text(at: path))])
        }
        let hits = try index.search(query, limit: limit)
        return [
            "rows": .array(
                hits.map { hit in
                    [
                        "path": .string(hit.path), "byte_start": .integer(hit.byteStart),
                        "byte_end": .integer(hit.byteEnd), "section": .string(hit.section), "text": .string(hit.text),
                    ]
                })
        ]
    }
}
