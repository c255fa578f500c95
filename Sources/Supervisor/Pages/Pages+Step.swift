import JSONSchemas
import PolicyEngine
import Provenance
public import Reports
import RunJournal
import WorkflowFormat

extension Pages {
    /// The page of one step of a run.
    public static func step(_ view: StepView, in frame: PageFrame) throws(ReportError) -> String {
        let row = view.row
        let figures = row.figures
        let call = view.call
        let times = figures.times.map { time -> JSONValue in
            [
                "room": .string(time.room.capitalizedFirst),
                "time": .string(ShownText.duration(milliseconds: time.milliseconds)),
            ]
        }
        let asking = view.entries.last { $0.kind == .approvalRequested || $0.kind == .callProposed }
        let entry = asking?.sequence ?? 0
        let content = try PageTemplate.step.filled(
            [
                "run": .string(view.run.description), "run_href": .string(PagePath.run(view.run)),
                "address": .string(name(row.address)), "state": .string(row.state.rawValue),
                "state_words": .string(StepWords.words(for: row.state)),
                "kind": .string(StepWords.words(for: row.kind)),
                "tool": .string(row.tool),
                // Its state says it: nobody is asked.
                "outcome": .string(row.state == .unsure ? "" : ShownText.words(row.outcome)),
                "untrusted": .bool(row.isUntrusted), "started_at": .string(row.started),
                "started": .string(ShownText.time(row.started)),
                "took": .string(ShownText.duration(milliseconds: row.milliseconds)),
                "has_tokens": .bool(figures.tokenCount + figures.reused > 0),
                "evaluated": .string(ShownText.count(figures.evaluated)),
                "reused": .string(ShownText.count(figures.reused)),
                "forced": .string(ShownText.count(figures.forced)),
                "sampled": .string(ShownText.count(figures.sampled)), "times": .array(times),
                "question_href": .string(questionPath(view)), "has_prompts": .bool(!view.prompts.isEmpty),
                "has_call": .bool(call != nil), "call_tool": .string(call.map { name($0.tool) } ?? ""),
                "decision": .string(call?.decision?.rawValue ?? ""), "sentence": .string(call?.sentence ?? ""),
                "rule": .string(call?.rule ?? ""), "remarks": strings(call?.remarks ?? []),
                "answers": .array(call?.answer.map { [answer($0, to: call)] } ?? []),
                "result": .string(view.result.text), "result_cut": .string(ShownText.cut(view.result)),
                "result_href": .string(PagePath.entry(view.resultSequence)),
                "entry_count": .string(ShownText.count(view.entries.count)),
                "entries": .array(view.entries.map(entryLines)),
            ],
            parts: [
                "prompts": try prompts(view.prompts),
                "call": try call.map { call throws(ReportError) in try arguments(of: call, entry: entry) } ?? .empty,
                "change": try change(view.change),
            ])
        return try page(name(row.address), content, in: frame, name: "step", run: view.run.description)
    }

    /// The page of the question that waits at a step; empty where none does.
    private static func questionPath(_ view: StepView) -> String {
        guard view.row.state == .waiting else { return "" }
        let asking = view.entries.last { $0.kind == .approvalRequested }
        return asking.map { PagePath.question($0.sequence) } ?? ""
    }

    private static func prompts(_ prompts: [PromptView]) throws(ReportError) -> Markup {
        guard !prompts.isEmpty else { return .empty }
        let values = prompts.enumerated().map { index, prompt -> JSONValue in
            [
                "title": .string(prompts.count == 1 ? "What the model got" : "What the model got, part \(index + 1)"),
                "segments": .array(prompt.segments.map(segment)),
            ]
        }
        return try PageTemplate.prompts.filled(["prompts": .array(values)])
    }

    private static func segment(_ segment: PromptView.Segment) -> JSONValue {
        [
            "integrity": .string(segment.integrity.name), "kind": .string(words(for: segment.kind)),
            "text": .string(segment.text.text), "tall": .bool(ShownText.isTall(segment.text.text)),
            "cut": .string(ShownText.cut(segment.text)),
        ]
    }

    private static func words(for kind: PromptView.Segment.Kind) -> String {
        switch kind {
        case .template: "role markers"
        case .instruction: "instruction"
        case .data: "data"
        case .answer: "the model's own words"
        case .whole: "the whole prompt; the record does not say where its pieces begin"
        }
    }

    private static func answer(_ answer: CallView.Answer, to call: CallView?) -> JSONValue {
        let approval = answer.approval
        var edits: [JSONValue] = []
        if let edited = approval.editedArguments {
            let asked = Dictionary((call?.arguments ?? []).map { ($0.name, $0.value) }) { first, _ in first }
            for (key, value) in edited where asked[key] != value {
                edits.append([
                    "name": .string(name(key)), "taken_out": false,
                    "text": .string(VisibleText.escaping(ShownText.value(value))),
                ])
            }
            for argument in call?.arguments ?? [] where edited[argument.name] == nil {
                edits.append(["name": .string(name(argument.name)), "taken_out": true, "text": ""])
            }
        }
        return [
            "decision": .string(approval.decision.rawValue), "person": .string(approval.person),
            "at": .string(answer.recordedAt), "when": .string(ShownText.time(answer.recordedAt)),
            "reason": .string(approval.reason ?? ""), "edits": .array(edits),
            "endorsed": .string(approval.endorsedArguments.joined(separator: ", ")),
        ]
    }

    private static func entryLines(_ entry: EntryView) -> JSONValue {
        [
            "sequence": .string(String(entry.sequence)), "href": .string(PagePath.entry(entry.sequence)),
            "kind": .string(ShownText.words(entry.kind.rawValue)), "time_at": .string(entry.time),
            "time": .string(ShownText.time(entry.time)), "problem": .string(entry.problem),
            "body": .string(entry.body.text), "cut": .string(ShownText.cut(entry.body)),
        ]
    }
}

extension String {
    /// The text with its first letter in upper case.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
