import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import Supervisor
import WorkflowFormat

/// A view for every page, with a text of the test's choice wherever a text comes from outside.
struct PageSamples {
    /// The text, made from the one that would stand there otherwise.
    let text: (String) -> String

    private let summary: RunSummary
    private let entry: EntryRecord
    private let figures: FiguresView

    /// Writes a small run to `journal` and samples views of it.
    init(in journal: Journal, number: UInt64 = 1, text: @escaping (String) -> String = { $0 }) throws {
        self.text = text
        var generator = SystemRandomNumberGenerator()
        let seed = RunSeed(
            id: RunID(generating: Int64(1_700_000_000_000 + number), random: &generator),
            workflow: text("ticket-triage"), directory: text("/tmp/out"),
            parameters: ["weights": ["name": .string(text("small"))], "inputs": ["title": .string(text("a title"))]])
        try journal.start(seed)
        let value: JSONValue = [
            "tool": "issue.create", "text": .string(text("what the model wrote")),
            "usage": ["evaluated": 1200, "reused": 300, "forced": 40, "sampled": 60],
            "measured": ["planning_us": 1_500_000, "tools_us": 90_000, "sandbox_us": 60_000, "journal_us": 2_000],
        ]
        let entries = try journal.append(
            [
                JournalEntryDraft(.stepStarted, step: text("triage[3]/file#2")),
                JournalEntryDraft(.valueProduced, step: text("triage[3]/file#2"), body: value),
            ], run: seed.id)
        summary = try journal.run(seed.id)
        guard let last = entries.last, let record = try journal.record(last.sequence) else { throw Missing() }
        entry = record
        let all = try journal.entries(of: seed.id)
        figures = FiguresView(
            RunMetrics(all).byWorkflowStep.first?.figures ?? RunMetrics.Figures(), address: text("triage[]/file"))
    }

    private struct Missing: Error {}

    var run: RunID { summary.id }

    // MARK: Views

    var frame: PageFrame {
        PageFrame(
            path: "/runs", person: text("Ada"), formToken: String(repeating: "0f", count: 32), waitingCount: 3,
            lastSequence: 42, notice: text("Approved."))
    }

    var runRow: RunRow {
        RunRow(summary, holder: nil, now: summary.startedNanoseconds + 90_000_000_000, cost: figures)
    }

    var runs: RunsView {
        RunsView(
            runs: [runRow],
            query: RunsView.Query(state: .parked, workflow: text("other"), isWaiting: true, text: text("find")),
            hasMore: true, waitingCount: 3, workflows: [text("ticket-triage"), "repair-guide"])
    }

    var answer: AnswerView { AnswerView(approval, recordedAt: Self.time) }

    private var approval: Approval {
        Approval(
            digest: Self.digest, decision: .approved, person: text("Ada"), reason: text("looks right"),
            editedArguments: ["title": .string(text("A better title"))], endorsedArguments: [text("title")],
            at: Self.time)
    }

    var stepRow: StepRow {
        StepRow(
            address: text("triage[3]/file#2"), kind: .turn, state: .waiting, tool: text("issue.create"),
            firstSequence: 5, lastSequence: 9, started: Self.time, milliseconds: 61_500, decision: .ask,
            rule: text("issue.create.title"), sentence: text("It is new."), answer: answer, outcome: text("succeeded"),
            isUntrusted: true, preview: LongText(text("{\n  \"id\": 7\n}"), byteLimit: 400), figures: figures)
    }

    var runView: RunView {
        RunView(
            run: runRow, reason: text("It waits."), parameters: ["inputs": ["title": .string(text("a title"))]],
            stepFigures: [figures], questions: [questionRow],
            outputs: [RunView.Output(path: text("triage.md"), byteCount: 12_345)], steps: [stepRow], stepOffset: 200,
            stepCount: 402, lastSequence: 42, problems: [text("A body is gone.")])
    }

    var call: CallView {
        let source = Source(step: text("listed"), tool: text("issue.list"), pointer: text("/rows/0/title"))
        let label = Label(
            integrity: .untrusted, readers: .only([text("support")]), sources: [source, .input(text("tickets"))])
        let ruling = CallView.Ruling(fromJSON: [
            "decision": "ask", "rule": .string(text("issue.create.title")), "sentence": .string(text("It is new.")),
        ])
        guard let ruling else { preconditionFailure("A ruling has a decision, a rule and a sentence.") }
        return CallView(
            ToolCall(
                tool: text("issue.create"),
                arguments: ["title": .string(text("A title")), "labels": ["bug", .string(text("crash"))]]),
            label: label, labels: [:], run: run.description, address: text("triage[3]/file#2"), ruling: ruling,
            remarks: [text("An answer came too late.")]
        ) { _ in .string("before " + text("A title") + " behind") }
    }

    var change: ChangeView {
        ChangeView(
            path: text("config.ini"),
            lines: [
                ChangeView.Line(.skipped, "4 lines"), ChangeView.Line(.kept, text("[a]")),
                ChangeView.Line(.removed, text("x = 1")), ChangeView.Line(.added, text("x = 2")),
            ], remark: text("As the run saw it last."))
    }

    var stepView: StepView {
        StepView(
            run: run, row: stepRow,
            prompts: [
                PromptView(segments: [
                    PromptView.Segment(.instruction, .trusted, LongText(text("Classify."), byteLimit: 4000)),
                    PromptView.Segment(.data, .untrusted, LongText(text("It crashes."), byteLimit: 4000)),
                ])
            ], call: call, change: change, result: LongText(text("{\"id\": 7}"), byteLimit: 4000), resultSequence: 9,
            entries: [entryView])
    }

    var entryView: EntryView { EntryView(entry, byteLimit: 4000) }

    var questionRow: QuestionRow { question(7, kind: .call) }

    private func question(_ sequence: Int, kind: QuestionRow.Kind) -> QuestionRow {
        QuestionRow(
            sequence: sequence, run: run, address: text("triage[3]/file#2"), digest: Self.digest, kind: kind,
            tool: kind == .gate ? "" : text("issue.create"), sentence: text("It is new."),
            rule: text("issue.create.title"), asked: Self.time, workflow: text("ticket-triage"),
            preview: text("title: the title of \(sequence)"), isUntrusted: true)
    }

    /// The page of questions with one of this kind shown.
    func questions(_ kind: QuestionRow.Kind = .call, holder: Int32? = nil) -> QuestionsView {
        let shown = QuestionView(
            row: question(7, kind: kind), workflow: text("ticket-triage"),
            about: kind == .call ? text("File an issue.") : "", call: kind == .damaged ? nil : call,
            change: change,
            editable: kind == .call ? JSONValue.object(["title": .string(text("A title"))]).serialized(.pretty) : "",
            endorsable: kind == .call ? [text("title")] : [], holder: holder, alike: [8], previous: nil, next: 8)
        let rows = [question(7, kind: kind), question(8, kind: .call)]
        return QuestionsView(
            questions: rows, shown: shown,
            groups: [QuestionsView.Group(tool: text("issue.create"), rule: text("issue.create.title"), questions: rows)]
        )
    }

    var workflows: WorkflowsView {
        WorkflowsView(workflows: [
            WorkflowsView.Item(name: text("ticket-triage"), description: text("Classify tickets."), isBroken: true)
        ])
    }

    var workflow: WorkflowView {
        let load = text("load")
        let group = text("triage[]")
        let file = text("triage[]/file")
        func step(_ address: String, _ kind: String, _ depth: Int, sources: [String], inputs: [String] = [])
            -> WorkflowView.Step
        {
            WorkflowView.Step(
                address: address, kind: kind, tools: [text("issue.create")], sources: sources, inputs: inputs,
                depth: depth, condition: text("for each ticket"))
        }
        func flow(_ argument: String, _ decision: String) -> WorkflowView.Flow {
            WorkflowView.Flow(
                origin: text("tickets (untrusted)"), originName: text("tickets"), isFromInput: true,
                path: [load, file], step: file, tool: text("issue.create"), argument: text(argument), role: "content",
                decision: decision,
                barrier: text("asks a person (issue.create)"))
        }
        return WorkflowView(
            name: text("ticket-triage"), description: text("Classify tickets."), path: text("workflow.yaml"),
            inputs: [WorkflowView.Input(name: text("tickets"), isUntrusted: true)],
            steps: [
                step(load, "call", 0, sources: [], inputs: [text("tickets")]),
                step(group, "group", 0, sources: [load]), step(file, "agent", 1, sources: [load]),
            ], flows: [flow("title", "ask"), flow("project", "deny")], problems: [text("Line 3 is wrong.")])
    }

    var feedback: FeedbackView {
        FeedbackView(
            cases: [
                FeedbackView.Case(
                    sequence: 9, run: run, address: text("triage[3]/file#2"), kind: .edited, tool: text("issue.create"),
                    person: text("Ada"), at: Self.time, reason: text("too long"), rule: text("issue.create.title"),
                    asked: ["title": .string(text("A title")), "body": .string(text("gone"))],
                    wanted: ["title": .string(text("A better title") + "!")])
            ], hasMore: true)
    }

    var evaluations: EvaluationsView {
        func evaluation(_ model: String, _ value: Double) -> EvaluationsView.Evaluation {
            EvaluationsView.Evaluation(
                directory: text("/tmp/eval"), suite: text("triage"), model: model, at: Self.time, itemCount: 40,
                successCount: 30,
                scores: [
                    EvaluationsView.Score(
                        name: text("kind"), value: value, low: value - 0.1, high: value + 0.1,
                        failures: [
                            EvaluationsView.Failure(
                                item: text("ticket-7"), run: text("no-run"), answer: text("\"bug\""),
                                gold: text("\"question\""))
                        ])
                ], costs: [(text("seconds"), 12.5), ("tokens", 4000)])
        }
        return EvaluationsView(
            evaluations: [evaluation(text("small"), 0.8), evaluation("large", 0.9)], remarks: [text("One is broken.")])
    }

    var journal: JournalView {
        JournalView(
            failure: text("It can't be read."), path: text("/home/ada/journal.db"), isReadOnly: true,
            verifiedAt: Self.time)
    }

    var notice: NoticeView { NoticeView(409, "answered", text("It was answered."), fix: text("Look again.")) }

    static let time = "2026-11-26T13:24:05.123Z"
    static let digest = String(repeating: "ab", count: 32)

    /// Every page by its name.
    func pages() throws -> [(name: String, html: String)] {
        let frame = self.frame
        return [
            ("runs", try Pages.runs(runs, in: frame)), ("run", try Pages.run(runView, in: frame)),
            ("steps", try Pages.steps(runView, in: frame)), ("step", try Pages.step(stepView, in: frame)),
            ("entry", try Pages.entry(entryView, in: frame)),
            ("question", try Pages.questions(questions(), in: frame)),
            ("gate", try Pages.questions(questions(.gate), in: frame)),
            ("outcome", try Pages.questions(questions(.outcome), in: frame)),
            ("damaged", try Pages.questions(questions(.damaged), in: frame)),
            ("busy", try Pages.questions(questions(holder: 77), in: frame)),
            ("workflows", try Pages.workflows(workflows, in: frame)),
            ("workflow", try Pages.workflow(workflow, in: frame)),
            ("feedback", try Pages.feedback(feedback, in: frame)),
            ("evaluations", try Pages.evaluations(evaluations, in: frame)),
            ("journal", try Pages.journal(journal, in: frame)),
            ("notice", try Pages.notice(notice, in: frame)), ("stranger", try Pages.notice(notice, in: nil)),
        ]
    }
}
