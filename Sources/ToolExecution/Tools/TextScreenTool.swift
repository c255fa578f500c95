import JSONSchemas
import PolicyEngine

/// Takes sentences out of texts in which they speak to whoever works on them, and bounds their length.
struct TextScreenTool: Tool {
    let name = "text.screen"

    /// Characters that stay of a text unless the call says otherwise.
    private static let defaultLimit = 4_000

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        func strings(_ name: String) -> [String] { arguments[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        let columns = strings("columns")
        let limit = arguments.integer("limit") ?? Self.defaultLimit
        var options: [String: [String]] = [:]
        for (field, names) in arguments["options"]?.objectValue ?? [:] {
            options[field] = (names.arrayValue ?? []).compactMap(\.stringValue)
        }
        let scanner = SteeringScanner(fields: strings("fields"), values: strings("values"), options: options)
        var rows: [JSONValue] = []
        var count = 0
        for row in try arguments.rows("rows") {
            try Task.checkCancellation()
            var screened = row
            var findings: [JSONValue] = []
            var cut = 0
            for column in columns {
                guard let text = row[column]?.stringValue else { continue }
                // Cut first: what lies behind the limit is not read by anybody, so it needs no look.
                let bounded = text.unicodeScalars.count > limit ? Self.prefix(text, limit) : text
                cut += text.unicodeScalars.count - bounded.unicodeScalars.count
                let (clean, found) = scanner.screen(bounded)
                screened[column] = .string(clean)
                findings += found.map {
                    [
                        "column": .string(column), "reason": .string($0.reason.rawValue),
                        "text": .string(Self.prefix($0.text, 300)),
                    ]
                }
            }
            count += findings.isEmpty ? 0 : 1
            screened["screened"] = .array(findings)
            screened["cut"] = .integer(cut)
            rows.append(.object(screened))
        }
        return ["rows": .array(rows), "count": .integer(count)]
    }

    private static func prefix(_ text: String, _ limit: Int) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
    }
}
