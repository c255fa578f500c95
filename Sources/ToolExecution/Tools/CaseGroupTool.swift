import Foundation
import JSONSchemas
import TestDesign

/// Groups failing cases by probable cause, from their inputs and the program's messages, never from their identifiers.
struct CaseGroupTool: Tool {
    let name = "case.group"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        var outcomes: [CaseOutcome] = []
        for (index, row) in try arguments.rows("rows").enumerated() {
            guard let id = row.string("id"), let expect = row.string("expect"), let outcome = row.string("outcome")
            else {
                throw ToolError(
                    .badArgument, "Can't group cases: row \(index + 1) needs `id`, `expect` and `outcome`.")
            }
            let failure = outcome == "pass" ? "" : row.string("failure") ?? outcome
            outcomes.append(
                CaseOutcome(
                    id: id, input: Self.input(row), shouldAccept: expect == "accept",
                    failure: failure.isEmpty && outcome != "pass" ? outcome : failure,
                    detail: row.string("detail") ?? "", joins: row["joins"]?.boolValue ?? false))
        }
        try Task.checkCancellation()
        let groups = FailureGrouper.groups(of: outcomes)
        var rows: [JSONValue] = []
        for (index, group) in groups.enumerated() {
            rows += group.map { ["id": .string($0), "cause": .integer(index + 1)] }
        }
        return ["rows": .array(rows), "count": .integer(groups.count)]
    }

    /// Bytes that are no UTF-8 are read with replacement characters: what is new in them is that.
    private static func input(_ row: JSONObject) -> String {
        if let text = row.string("input") { return text }
        guard let base64 = row.string("input_base64"), let data = Data(base64Encoded: base64) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
