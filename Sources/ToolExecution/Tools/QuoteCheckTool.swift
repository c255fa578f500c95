import JSONSchemas

/// Proves quotes: each row's `quote` must be the bytes `byte_start..<byte_end` of the file.
struct QuoteCheckTool: Tool {
    let name = "quote.check"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let path = try arguments.required("path")
        let bytes = try TextFile.bytes(at: path)
        let digest = ContentDigest.hex(bytes)
        var proven: [JSONValue] = []
        var dropped: [JSONValue] = []
        for row in try arguments.rows("rows") {
            if let quote = row.string("quote"), let start = row.integer("byte_start"),
                let end = row.integer("byte_end"),
                start >= 0, start < end, end <= bytes.count, Array(quote.utf8) == Array(bytes[start..<end])
            {
                var row = row
                row["source_sha256"] = .string(digest)
                proven.append(.object(row))
            } else {
                dropped.append(.object(row))
            }
        }
        return ["rows": .array(proven), "dropped": .array(dropped), "source_sha256": .string(digest)]
    }
}
