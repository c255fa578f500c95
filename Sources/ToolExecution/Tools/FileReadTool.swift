import Foundation
import JSONSchemas

/// Reads a text, JSON or JSON Lines file.
struct FileReadTool: Tool {
    let name = "file.read"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let path = try arguments.required("path")
        let text = try TextFile.text(at: path)
        var result: JSONObject = [
            "path": .string(path), "bytes": .integer(text.utf8.count),
        ]
        let media = arguments.string("as") ?? Self.media(of: path)
        switch media {
        case "jsonl":
            result["rows"] = .array(try Self.rows(of: text, path: path))
        case "json":
            do {
                result["value"] = try JSONValue(parsing: text)
            } catch {
                throw ToolError(.badData, "Can't read `\(path)`: \(error)")
            }
        default:
            result["text"] = .string(text)
        }
        return .object(result)
    }

    static func media(of path: String) -> String {
        switch (path as NSString).pathExtension.lowercased() {
        case "jsonl", "ndjson": "jsonl"
        case "json": "json"
        default: "text"
        }
    }

    /// The values of a JSON Lines text; an error names the line.
    static func rows(of text: String, path: String) throws(ToolError) -> [JSONValue] {
        var rows: [JSONValue] = []
        var number = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            if line.allSatisfy(\.isWhitespace) { continue }
            do {
                rows.append(try JSONValue(parsing: Array(line.utf8)))
            } catch {
                throw ToolError(.badData, "Can't read `\(path)`: line \(number) is no JSON value (\(error)).")
            }
        }
        return rows
    }
}
