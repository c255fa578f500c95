import JSONSchemas

/// Shows a source file line by line, as a model is asked about it.
struct PatchReadTool: Tool {
    let name = "patch.read"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let source = try PatchSource(arguments)
        let program = source.program
        let limit = arguments.integer("limit") ?? 200
        let numbers = (1...program.lines.count).filter { program.hasCode($0, in: source.dialect) }
        let long = (1...program.lines.count).filter { program.isLong($0) }
        let rows = numbers.prefix(limit).map { number -> JSONValue in
            let text = program.lines[number - 1]
            return [
                "line": .integer(number), "text": .string(text),
                "shown": .string("\(number): \(text.drop { $0.isWhitespace })"),
                "program": .string(program.numbered(program.stretch(around: number))),
            ]
        }
        return [
            "rows": .array(rows), "lines": .integer(program.lines.count),
            "left_out": .integer(numbers.count - rows.count + long.count),
        ]
    }
}
