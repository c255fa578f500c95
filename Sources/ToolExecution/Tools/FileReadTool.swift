import Foundation
import JSONSchemas

/// Reads a text, JSON or JSON Lines file.
struct FileReadTool: Tool {
    let name = "file.read"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let path = try arguments.required("path")
        let media = arguments.string("as") ?? Self.media(of: path)
        if media == "jsonl", arguments.string("invalid") == "skip" {
            let bytes = try TextFile.bytes(at: path)
            let (rows, skipped) = Self.objects(of: bytes)
            return [
                "path": .string(path), "bytes": .integer(bytes.count), "rows": .array(rows), "skipped": .array(skipped),
            ]
        }
        let text = try TextFile.text(at: path)
        var result: JSONObject = [
            "path": .string(path), "bytes": .integer(text.utf8.count),
        ]
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

    /// The objects of a JSON Lines file, and for each line that holds none its number and the reason.
    static func objects(of bytes: [UInt8]) -> (rows: [JSONValue], skipped: [JSONValue]) {
        var rows: [JSONValue] = []
        var skipped: [JSONValue] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ " \t\r".utf8.contains($0) }) { continue }
            let reason: String
            do {
                let value = try JSONValue(parsing: Array(line))
                if value.objectValue != nil {
                    rows.append(value)
                    continue
                }
                reason = "it is no object"
            } catch {
                reason = "\(error)"
            }
            skipped.append(["line": .integer(index + 1), "reason": .string(reason)])
        }
        return (rows, skipped)
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
