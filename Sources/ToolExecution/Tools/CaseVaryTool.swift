import Foundation
import JSONSchemas
import TestDesign

/// Makes test cases from a specification's own examples and rules, and names rules that contradict each other.
struct CaseVaryTool: Tool {
    let name = "case.vary"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let text = try arguments.required("text")
        var rules: [RuleToTest] = []
        for (index, row) in try arguments.rows("rules").enumerated() {
            guard let id = row.string("id"), let quote = row.string("quote"),
                let polarity = RuleToTest.Polarity(rawValue: row.string("polarity") ?? "")
            else {
                throw ToolError(
                    .badArgument,
                    "Can't make cases: rule \(index + 1) needs `id`, `quote` and `polarity` (must, must-not, may, definition)."
                )
            }
            rules.append(
                RuleToTest(
                    id: id, quote: quote, polarity: polarity, section: row.string("section") ?? "",
                    byteStart: row.integer("byte_start") ?? 0))
        }
        try Task.checkCancellation()
        let cases = CaseDesigner.cases(for: rules, in: text)
        return [
            "rows": .array(cases.map(Self.row)), "count": .integer(cases.count),
            "conflicts": .array(
                RuleConflict.found(among: rules).map { conflict in
                    [
                        "requirement_ids": .array(conflict.ruleIDs.map { .string($0) }),
                        "reason": .string(conflict.reason),
                    ]
                }),
        ]
    }

    private static func row(_ made: DesignedCase) -> JSONValue {
        // A text with a zero character goes as bytes: SQLite gives it back only up to there.
        let isText = !made.input.utf8.contains(0)
        return [
            "input": isText ? .string(made.input) : .null,
            "input_base64": isText ? .null : .string(Data(made.input.utf8).base64EncodedString()),
            "expect": .string(made.shouldAccept ? "accept" : "reject"),
            "technique": .string(made.technique),
            "requirement_ids": .array(made.ruleIDs.map { .string($0) }),
        ]
    }
}
