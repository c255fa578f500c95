import Crypto
import JSONSchemas
import PolicyEngine
import Provenance
import Redaction
import Reports
import RunJournal
import ToolExecution
import WorkflowFormat

extension Run {
    /// An `approve` step: a person reads a summary and says yes or no.
    func perform(_ step: ApproveStep, at address: String, in scope: Scope) async throws -> StepResult {
        let data = try scope.evaluate(.object(step.data))
        guard !data.isProvisional else {
            return StepResult(["approved": .null], label: data.label, isProvisional: true)
        }
        let summary = floor.redact(try Self.render(step.summary, named: address, data.value))
        let call = Labelled(
            ToolCall(tool: "approve", arguments: ["summary": .string(summary)]), label: data.label)
        let request = ApprovalRequest(
            gate: call, run: id.description, address: address, policyVersion: policy.version,
            lifetime: policy.approvalLifetime)
        guard let answer = try await answer(to: request, at: address, before: []) else {
            if !configuration.isDryRun { wait(for: request) }
            return StepResult(["approved": .null], label: data.label, isProvisional: true)
        }
        let approval = answer.approval
        let isApproved = approval.decision == .approved
        let value: JSONValue = [
            "approved": .bool(isApproved), "person": .string(approval.person), "reason": .string(approval.reason ?? ""),
        ]
        let label = Label.trusted(Source(step: address, tool: nil, pointer: ""))
        try record(.stepFinished, at: address, ["result": value, "label": label.toJSON()])
        return StepResult(value, label: label)
    }

    /// A `render` step: typed values through a template, deterministic, so it is not journaled but taken again.
    func perform(_ step: RenderStep, at address: String, in scope: Scope) throws -> StepResult {
        let data = try scope.evaluate(.object(step.data))
        let text = try Self.render(step.template, named: address, data.value)
        if let path = step.to {
            try writeOutput(text, to: path, at: address)
        }
        return StepResult(["text": .string(text)], label: data.label, isProvisional: data.isProvisional)
    }

    /// Writes the workflow's outputs; what hangs on an open question shows its state so far.
    func writeOutputs(in scope: Scope) throws {
        for output in configuration.workflow.outputs {
            let text: String
            switch output.kind {
            case .render(let template, let data):
                text = try Self.render(template, named: output.name, scope.evaluate(.object(data)).value)
            case .json(let template):
                text = JSONReport.render(try scope.evaluate(template).value)
            case .csv(let rows, let columns):
                text = try CSVReport.render(rows: Self.rows(try scope.evaluate(rows).value), columns: columns)
            case .jsonLines(let rows):
                text = JSONReport.lines(try scope.evaluate(rows).value.arrayValue ?? [])
            case .junit(let rows):
                text = try JUnitReport.render(
                    suite: configuration.workflow.name, rows: Self.rows(try scope.evaluate(rows).value))
            case .text(let template):
                let value = try scope.evaluate(template).value
                text = value.stringValue ?? value.serialized(.pretty) + "\n"
            }
            try writeOutput(text, to: output.to, at: "")
        }
    }

    private static func render(_ template: PromptTemplate, named name: String, _ data: JSONValue) throws -> String {
        try ReportTemplate(text: template.text, name: template.path ?? name + ".md")
            .render(data.objectValue ?? JSONObject())
    }

    private static func rows(_ value: JSONValue) -> [JSONObject] {
        (value.arrayValue ?? []).compactMap(\.objectValue)
    }

    private func writeOutput(_ text: String, to path: String, at address: String) throws {
        let bytes = Array(floor.redact(text).utf8)
        try services.write(bytes, to: path, at: address)
        try record(
            .outputWritten, at: "",
            [
                "path": .string(path), "bytes": .integer(bytes.count),
                "sha256": .string(SHA256.hash(data: bytes).hexadecimal),
            ])
        services.report(.outputWritten(path: path))
    }
}
