import JSONSchemas
import PolicyEngine
public import Reports
import RunJournal
import WorkflowFormat

extension Pages {
    /// The page of one run.
    public static func run(_ view: RunView, in frame: PageFrame) throws(ReportError) -> String {
        let run = view.run
        let last = view.stepOffset + view.steps.count
        let path = PagePath.run(run.id)
        let cost = run.cost
        let content = try PageTemplate.run.filled(
            [
                "id": .string(run.id.description), "workflow": .string(name(run.workflow)),
                "workflow_href": .string(PagePath.workflow(run.workflow)), "tags": TagList.tags(of: run),
                "reason": .string((run.isAnswered && !view.reason.isEmpty ? "It stopped with: " : "") + view.reason),
                "resume": .string(run.isAnswered ? "warrant resume \(run.id)" : ""), "problems": strings(view.problems),
                "started_at": .string(run.started), "started": .string(ShownText.time(run.started)),
                "age": .string(ShownText.age(seconds: run.ageSeconds)),
                "updated_at": .string(run.updated), "updated": .string(ShownText.time(run.updated)),
                "worked": .string(ShownText.duration(milliseconds: cost?.milliseconds ?? 0)),
                "waited": .string(waited(view)),
                "evaluated": .string(ShownText.count(cost?.evaluated ?? 0)),
                "reused": .string(ShownText.count(cost?.reused ?? 0)),
                "forced": .string(ShownText.count(cost?.forced ?? 0)),
                "sampled": .string(ShownText.count(cost?.sampled ?? 0)),
                "steps": .string(ShownText.count(view.stepCount)), "steps_count": .integer(view.stepCount),
                "entries": .string(ShownText.count(run.entryCount)), "model": .string(run.model),
                "exit": run.exitCode.map { .string(String($0)) } ?? .null,
                "has_questions": .bool(!view.questions.isEmpty),
                "questions_words": .string(waitingWords(view.questions.count)),
                "questions": .array(view.questions.map(questionLine)), "is_worked_on": .bool(run.holder != nil),
                "has_steps": .bool(!view.steps.isEmpty), "first": .string(ShownText.count(view.stepOffset + 1)),
                "last": .string(ShownText.count(last)), "offset": .integer(view.stepOffset),
                "is_newest": .bool(last >= view.stepCount), "steps_href": .string(path + "/steps"),
                "older_href": .string(
                    view.stepOffset > 0 ? "\(path)?from=\(max(0, view.stepOffset - stepsOnPage))#steps-title" : ""),
                "newer_href": .string(last < view.stepCount ? "\(path)?from=\(last)#steps-title" : ""),
                "newest_href": .string(path + "#steps-title"),
                "has_outputs": .bool(!view.outputs.isEmpty), "directory": .string(run.directory),
                "outputs": .array(
                    view.outputs.map { ["path": .string($0.path), "size": .string(ShownText.size($0.byteCount))] }),
                "parameters": .string(LongText(view.parameters.serialized(.pretty), byteLimit: 16_384).text),
            ], parts: ["rows": try rows(view), "figures": try figures(view)])
        return try page(name(run.workflow), content, in: frame, name: "run", run: run.id.description)
    }

    /// Rows of the timeline of a run, for the module.
    public static func steps(_ view: RunView, in frame: PageFrame) throws(ReportError) -> String {
        try rows(view).html
    }

    /// Steps that a page of a run shows.
    public static let stepsOnPage = 200

    private static func rows(_ view: RunView) throws(ReportError) -> Markup {
        guard !view.steps.isEmpty else { return .empty }
        return try PageTemplate.steps.filled(["steps": .array(view.steps.map { row($0, of: view.run.id) })])
    }

    private static func row(_ step: StepRow, of run: RunID) -> JSONValue {
        let (parent, name) = StepWords.parts(of: step.address)
        return [
            "address": .string(step.address), "href": .string(PagePath.step(step.address, of: run)),
            "parent": .string(parent), "name": .string(name), "state": .string(step.state.rawValue),
            "state_words": .string(StepWords.words(for: step.state)), "kind": .string(StepWords.words(for: step.kind)),
            "tool": .string(ShownText.line(step.tool, limit: 100)),
            "decision": step.decision.map { .string($0.rawValue) } ?? .null,
            "answer": step.answer.map(TagList.tag) ?? .null, "untrusted": .bool(step.isUntrusted),
            "tokens": .string(tokens(step.figures)),
            "took": .string(ShownText.duration(milliseconds: step.milliseconds)),
            "started_at": .string(step.started), "started": .string(ShownText.clock(step.started)),
            // What was allowed says nothing more by its sentence.
            "sentence": .string(step.decision == .allow ? "" : ShownText.line(step.sentence, limit: 300)),
            "rule": .string(step.decision == .allow ? "" : ShownText.line(step.rule, limit: 100)),
            "said": .string(ShownText.line(step.answer?.reason ?? "", limit: 300)),
            "preview": .string(ShownText.line(step.preview.text, limit: 240)), "last": .integer(step.lastSequence),
        ]
    }

    private static func tokens(_ figures: FiguresView) -> String {
        figures.tokenCount == 0
            ? ""
            : "tokens \(ShownText.count(figures.evaluated)) evaluated, \(ShownText.count(figures.reused)) reused, "
                + "\(ShownText.count(figures.forced)) forced, \(ShownText.count(figures.sampled)) sampled"
    }

    /// How long it waited for answers, and since when it waits for the next one.
    private static func waited(_ view: RunView) -> String {
        let before = view.run.cost?.waitedMilliseconds ?? 0
        let answered = ShownText.duration(milliseconds: before)
        guard let asked = view.questions.map(\.asked).min() else { return answered }
        return (before > 0 ? answered + ", and " : "") + "since \(ShownText.time(asked))"
    }

    private static func questionLine(_ question: QuestionRow) -> JSONValue {
        [
            "href": .string(PagePath.question(question.sequence)), "tool": .string(StepWords.title(of: question)),
            "address": .string(name(question.address)), "preview": .string(VisibleText.escaping(question.preview)),
        ]
    }

    static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
