import Foundation
import JSONSchemas

/// Reads existing test cases, from a JSON Lines file or a folder, into one shape.
///
/// A line has `id`; its input as `input` (text) or `input_base64`, or under one other name with the same `_base64` twin;
/// `expect` accept or reject, or `kind` valid or invalid; and `value` or `expected` for the value that must come out.
/// A folder holds `valid/` and `invalid/`; a file `NAME.json` beside `valid/.../NAME.ext` is the expected value.
struct CaseReadTool: Tool {
    let name = "case.read"
    private static let known: Set<String> = [
        "id", "kind", "expect", "value", "expected", "sha256", "input", "input_base64", "title", "note", "tags",
    ]

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let path = try arguments.required("path")
        let kind = PathKind.of(path)
        guard kind != .missing else {
            throw ToolError(.notFound, "Can't read the cases: there is no `\(path)`.")
        }
        let rows = kind == .folder ? try folderRows(path) : try fileRows(path)
        return ["rows": .array(rows.map { .object($0) }), "count": .integer(rows.count)]
    }

    private func fileRows(_ path: String) throws(ToolError) -> [JSONObject] {
        var result: [JSONObject] = []
        var seen: Set<String> = []
        for (index, value) in try FileReadTool.rows(of: TextFile.text(at: path), path: path).enumerated() {
            let place = "case \(index + 1) of `\(path)`"
            guard let line = value.objectValue, let id = line.string("id") else {
                throw ToolError(.badData, "Can't read \(place): it has no `id`.")
            }
            guard !id.utf8.contains(0) else {
                // SQLite gives it back only up to there, and one case would pass for another.
                throw ToolError(.badData, "Can't read \(place): its `id` holds a zero character.")
            }
            guard seen.insert(id).inserted else {
                throw ToolError(.badData, "Can't read \(place): the id `\(id)` is there twice.")
            }
            let expect: String
            switch (line.string("expect"), line.string("kind")) {
            case ("accept"?, _), (nil, "valid"?): expect = "accept"
            case ("reject"?, _), (nil, "invalid"?): expect = "reject"
            default:
                throw ToolError(.badData, "Can't read \(place): `expect` must be accept or reject.")
            }
            var row: JSONObject = ["id": .string(id), "expect": .string(expect)]
            let (text, base64) = try input(of: line, place: place)
            row["input"] = text.map { .string($0) } ?? .null
            row["input_base64"] = base64.map { .string($0) } ?? .null
            row["value"] = line["value"] ?? line["expected"] ?? .null
            result.append(row)
        }
        return result
    }

    private func input(of line: JSONObject, place: String) throws(ToolError) -> (text: String?, base64: String?) {
        if let text = line.string("input") { return Self.stored(text) }
        if let base64 = line.string("input_base64") { return (nil, base64) }
        let others = line.keys.filter { !Self.known.contains($0) && line.string($0) != nil }
        guard others.count == 1, let name = others.first, let content = line.string(name) else {
            throw ToolError(.badData, "Can't read \(place): it has no `input`.")
        }
        return name.hasSuffix("_base64") ? (nil, content) : Self.stored(content)
    }

    /// A text with a zero character goes as bytes: SQLite gives a text back only up to the first one, and the case would
    /// be another one.
    private static func stored(_ text: String) -> (text: String?, base64: String?) {
        text.utf8.contains(0) ? (nil, Data(text.utf8).base64EncodedString()) : (text, nil)
    }

    private func folderRows(_ folder: String) throws(ToolError) -> [JSONObject] {
        let (files, isCut) = try FileListTool.files(below: folder)
        guard !isCut else {
            throw ToolError(.limit, "Can't read the cases: `\(folder)` holds more files than are read at once.")
        }
        let all = Set(files)
        var seen: Set<String> = []
        var result: [JSONObject] = []
        for file in files {
            let top = file.split(separator: "/").first.map(String.init)
            guard top == "valid" || top == "invalid" else { continue }
            let stem = (file as NSString).deletingPathExtension
            let isExpectation = file.hasSuffix(".json") && files.contains { $0 != file && $0.hasPrefix(stem + ".") }
            if isExpectation { continue }
            guard seen.insert(stem).inserted else {
                throw ToolError(.badData, "Can't read `\(file)`: another file has the same name before its last dot.")
            }
            let bytes = try TextFile.bytes(at: folder + "/" + file)
            var row: JSONObject = ["id": .string(stem), "expect": .string(top == "valid" ? "accept" : "reject")]
            let (text, base64) =
                String(validating: bytes, as: UTF8.self).map(Self.stored) ?? (nil, Data(bytes).base64EncodedString())
            row["input"] = text.map { .string($0) } ?? .null
            row["input_base64"] = base64.map { .string($0) } ?? .null
            row["value"] = .null
            if all.contains(stem + ".json"), top == "valid" {
                let expected = try TextFile.text(at: folder + "/" + stem + ".json")
                do {
                    row["value"] = try JSONValue(parsing: expected)
                } catch {
                    throw ToolError(.badData, "Can't read `\(stem).json`: \(error)")
                }
            }
            result.append(row)
        }
        guard !result.isEmpty else {
            throw ToolError(.badData, "Can't read the cases: `\(folder)` has no files below `valid` or `invalid`.")
        }
        return result
    }
}
