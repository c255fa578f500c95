import Foundation
import JSONSchemas
import SandboxExecution

/// Cases to be run, with what they expect.
struct CaseSuite: Sendable {
    /// The rows as they were given.
    let rows: [JSONObject]
    /// Each case's bytes for standard input.
    let inputs: [[UInt8]]
    /// What each case expects.
    let expectations: [CaseExpectation]

    /// - Throws: `ToolError` that names the case which has no input or no expectation.
    init(_ rows: [JSONObject]) throws(ToolError) {
        var inputs: [[UInt8]] = []
        var expectations: [CaseExpectation] = []
        for (index, item) in rows.enumerated() {
            let id = Self.name(of: item, at: index)
            guard let expectation = CaseExpectation(expect: item.string("expect"), value: item["value"]) else {
                throw ToolError(.badArgument, "Can't run case \(id): `expect` must be accept or reject.")
            }
            expectations.append(expectation)
            if let text = item.string("input") {
                inputs.append(Array(text.utf8))
            } else if let base64 = item.string("input_base64"), let data = Data(base64Encoded: base64) {
                inputs.append(Array(data))
            } else {
                throw ToolError(.badArgument, "Can't run case \(id): it has neither `input` nor valid `input_base64`.")
            }
        }
        self.rows = rows
        self.inputs = inputs
        self.expectations = expectations
    }

    /// What the case at `index` is called.
    func name(_ index: Int) -> String { Self.name(of: rows[index], at: index) }

    /// Judges what came out of the case at `index`.
    func verdict(on run: CaseRun, at index: Int) -> CaseVerdict {
        CaseVerdict(run, expectation: expectations[index])
    }

    private static func name(of row: JSONObject, at index: Int) -> String {
        row.string("id") ?? "number \(index + 1)"
    }
}
