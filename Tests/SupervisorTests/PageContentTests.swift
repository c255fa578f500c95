import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import Supervisor
import TestSupport
import Testing
import WorkflowFormat

@Suite struct PageContentTests {
    private let folder: TemporaryFolder
    private let samples: PageSamples

    init() throws {
        folder = try TemporaryFolder()
        let journal = try Journal(path: folder.path("journal.db"), options: JournalOptions(preparedLogByteCount: 0))
        samples = try PageSamples(in: journal)
    }

    private func expect(_ html: String, holds words: [String], _ place: SourceLocation = #_sourceLocation) throws {
        let page = try MarkupReader(html)
        let text = page.text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        for word in words { #expect(text.contains(word), "\(word)", sourceLocation: place) }
    }

    private func fields(_ html: String, in action: String) throws -> [[MarkupReader.Attribute]] {
        let start = try #require(html.firstRange(of: "action=\"\(action)\""))
        let end = try #require(html[start.upperBound...].firstRange(of: "</form>"))
        return try MarkupReader("<form " + html[start.lowerBound..<end.upperBound]).tags.dropFirst().map(\.attributes)
    }

    @Test func `the page of runs says how each stands and what it cost`() throws {
        try expect(
            Pages.runs(samples.runs, in: samples.frame),
            holds: [
                "3 questions wait", "left behind", "ticket-triage", "1 min ago", "1,300", "1.5 s", "small",
                "Show more runs",
                samples.run.description,
            ])
        let empty = RunsView(runs: [], query: RunsView.Query(), hasMore: false, waitingCount: 0, workflows: [])
        try expect(Pages.runs(empty, in: samples.frame), holds: ["No run fits.", "warrant run WORKFLOW"])
    }

    @Test func `the page of a run holds its timeline, its figures and what waits`() throws {
        let html = try Pages.run(samples.runView, in: samples.frame)
        try expect(
            html,
            holds: [
                "It waits.", "A body is gone.", "1 question waits", "Steps 201 to 201 of 402",
                "triage[3]/ file#2".replacing(" ", with: ""),
                "a person is asked", "ask", "edited by Ada", "untrusted text", "It is new.", "looks right",
                "1 min 01 s",
                "tokens 1,200 evaluated, 300 reused, 40 forced, 60 sampled", "Where time and tokens went",
                "planning 1.5 s, tools 90 ms, sandbox 60 ms, journal 2 ms", "triage.md", "12.0 KiB",
            ])
        #expect(html.contains("?from=0#steps-title"))
        #expect(html.contains("?from=201#steps-title"))
        let tags = try MarkupReader(html).tags
        // The sandbox's time lies within that of the tools.
        let bars = tags.filter { $0.name == "rect" }.compactMap { tag in
            tag.attributes.first { $0.name == "class" }?.value
        }
        #expect(bars.filter { $0.hasPrefix("fill") }.count > 4 + 5)
    }

    @Test func `rows for the module are those of the page`() throws {
        let rows = try Pages.steps(samples.runView, in: samples.frame)
        #expect(try Pages.run(samples.runView, in: samples.frame).contains(rows))
        #expect(rows.contains("data-key=\"triage[3]/file#2\""))
        #expect(!rows.contains("<html"))
    }

    @Test func `the page of a step tells untrusted segments from others, and who decided what`() throws {
        let html = try Pages.step(samples.stepView, in: samples.frame)
        try expect(
            html,
            holds: [
                "What the model got", "Classify.", "It crashes.", "before A title behind", "issue.list",
                "only for support",
                "rule issue.create.title", "It is new.", "An answer came too late.", "What it changes in config.ini",
                "goes: x = 1", "comes: x = 2", "What it made", "Entries of the record (1)", "value produced",
            ])
        let segments = try MarkupReader(html).tags.flatMap(\.attributes).filter { $0.value.hasPrefix("segment ") }
        #expect(segments.map(\.value) == ["segment trusted", "segment untrusted"])
        #expect(html.contains("<mark>A title</mark>"))
    }

    @Test(arguments: [true, false])
    func `where a place holds the value the beginnings of others are left out`(isHeld: Bool) throws {
        let label = Label(
            integrity: .untrusted,
            sources: [Source(step: "first", tool: "file.read"), Source(step: "second", tool: "file.read")])
        let ruling = try #require(
            CallView.Ruling(fromJSON: ["decision": "ask", "rule": "issue.create", "sentence": "It is new."]))
        let call = CallView(
            ToolCall(tool: "issue.create", arguments: ["title": "Crash"]), label: label, labels: [:],
            run: samples.run.description, address: "file", ruling: ruling
        ) { place in .string(place.step == "first" && isHeld ? "it is a Crash again" : "nothing of it") }
        let view = StepView(
            run: samples.run, row: samples.stepRow, prompts: [], call: call, change: nil,
            result: LongText("", byteLimit: 4000), resultSequence: 9, entries: [])
        let html = try Pages.step(view, in: samples.frame)
        #expect(html.contains("first (file.read)") && html.contains("second (file.read)"))
        #expect(html.contains("it is a <mark>Crash") == isHeld)
        #expect(html.contains("nothing of it") == !isHeld)
    }

    @Test func `a question can be approved, edited, vouched for and denied without script`() throws {
        let html = try Pages.questions(samples.questions(), in: samples.frame)
        try expect(
            html,
            holds: [
                "Approve issue.create?", "It is new.", "untrusted", "Approve this call",
                "Check and approve the edited call",
                "Vouch for values", "Deny", "Answer this and 1 alike together", "Next question", "Several alike",
                "title: the title of 8",
            ])
        let forms = try MarkupReader(html).tags.filter {
            $0.name == "form" && $0.attributes.contains { $0.value == "post" }
        }
        let actions = forms.compactMap { $0.attributes.first { $0.name == "action" }?.value }
        #expect(actions.filter { $0 == "/questions/7/answer" }.count == 3)
        #expect(actions.contains("/questions/answer"))
        let first = try fields(html, in: "/questions/7/answer").flatMap { $0 }
        #expect(first.contains(MarkupReader.Attribute(name: "value", value: samples.frame.formToken)))
        #expect(first.contains(MarkupReader.Attribute(name: "value", value: PageSamples.digest)))
        #expect(first.contains(MarkupReader.Attribute(name: "value", value: "approve")))
        #expect(first.contains(MarkupReader.Attribute(name: "value", value: "title")))
        let several = try fields(html, in: "/questions/answer")
        let ticks = several.filter { $0.contains { $0.value == "checkbox" } }
        #expect(
            ticks.map { $0.first { $0.name == "value" }?.value } == [
                "7:\(PageSamples.digest)", "8:\(PageSamples.digest)",
            ])
        // Only the question that is seen is ticked.
        #expect(ticks.map { $0.contains { $0.name == "checked" } } == [true, false])
    }

    @Test func `each kind of question offers what fits it and nothing else`() throws {
        let gate = try Pages.questions(samples.questions(.gate), in: samples.frame)
        #expect(
            gate.contains("Let the run go on") && !gate.contains("id=\"edited\"") && !gate.contains("id=\"endorse\""))
        let outcome = try Pages.questions(samples.questions(.outcome), in: samples.frame)
        #expect(outcome.contains("value=\"happened\"") && outcome.contains("value=\"did_not_happen\""))
        #expect(!outcome.contains("value=\"approve\""))
        let damaged = try Pages.questions(samples.questions(.damaged), in: samples.frame)
        #expect(damaged.contains("value=\"deny\"") && !damaged.contains("value=\"approve\""))
        let busy = try Pages.questions(samples.questions(holder: 77), in: samples.frame)
        try expect(busy, holds: ["Process 77 works on this run"])
        #expect(!busy.contains("value=\"approve\"") && !busy.contains("value=\"deny\""))
        let none = try Pages.questions(QuestionsView(questions: [], shown: nil, groups: []), in: samples.frame)
        try expect(none, holds: ["Nothing waits for you."])
    }

    @Test func `the page of a workflow draws its steps and says what stands between`() throws {
        let html = try Pages.workflow(samples.workflow, in: samples.frame)
        try expect(
            html,
            holds: [
                "Classify tickets.", "Line 3 is wrong.", "a person is asked: title", "denied: project",
                "tickets (untrusted) \u{2192} load \u{2192} triage[]/file", "asks a person (issue.create)",
                "for each ticket",
                "what a call carries",
            ])
        let tags = try MarkupReader(html).tags
        func count(_ className: String) -> Int {
            tags.count { $0.attributes.contains(MarkupReader.Attribute(name: "class", value: className)) }
        }
        #expect(count("origin") == 1)
        #expect(count("node sink") == 1)
        #expect(count("node") == 2)
        #expect(count("box") == 1)
        #expect(count("flow ask") == 1)
        #expect(count("stop") == 1)
        #expect(count("edge") == 2)
        let nothing = WorkflowView(
            name: "x", description: "", path: "", inputs: [], steps: [], flows: [], problems: ["Gone."])
        try expect(Pages.workflow(nothing, in: samples.frame), holds: ["Gone."])
    }

    @Test(arguments: [true, false])
    func `a way begins where the data enters, though a step and an input have one name`(isInput: Bool) throws {
        func step(_ address: String) -> WorkflowView.Step {
            WorkflowView.Step(
                address: address, kind: "call", tools: [], sources: [], inputs: [], depth: 0, condition: "")
        }
        let flow = WorkflowView.Flow(
            origin: "tickets", originName: "tickets", isFromInput: isInput, path: [], step: "file",
            tool: "issue.create", argument: "title", role: "content", decision: "ask", barrier: "asks a person")
        let view = WorkflowView(
            name: "x", description: "", path: "", inputs: [WorkflowView.Input(name: "tickets", isUntrusted: true)],
            steps: [step("tickets"), step("file")], flows: [flow], problems: [])
        let tags = try MarkupReader(Pages.workflow(view, in: samples.frame)).tags
        func value(_ name: String, of tag: MarkupReader.Tag) -> String? {
            tag.attributes.first { $0.name == name }?.value
        }
        let tops = tags.filter { $0.name == "svg" && value("class", of: $0) == nil }
            .compactMap { value("y", of: $0).flatMap { Int($0) } }
        #expect(tops.count == 3)
        let way = try #require(tags.first { value("class", of: $0) == "flow ask" }.flatMap { value("d", of: $0) })
        let start = try #require(way.split(separator: "H").first?.split(separator: " ").last.flatMap { Int($0) })
        #expect(tops.lastIndex { $0 <= start } == (isInput ? 0 : 1), "\(way)")
    }

    @Test func `feedback shows what was asked and what was wanted`() throws {
        try expect(
            Pages.feedback(samples.feedback, in: samples.frame),
            holds: [
                "edited", "asked: A title", "wanted: A better title!", "asked: gone", "too long", "Ada", "Older cases",
            ])
        try expect(
            Pages.feedback(FeedbackView(cases: [], hasMore: false), in: samples.frame),
            holds: ["Nobody has edited or denied a call yet."])
    }

    @Test func `evaluations stand side by side and over time`() throws {
        let html = try Pages.evaluations(samples.evaluations, in: samples.frame)
        try expect(
            html,
            holds: [
                "triage", "small", "large", "80.0 %", "70.0 to 90.0", "90.0 %", "30 of 40 wholly right", "ticket-7",
                "12.5", "4,000",
            ])
        #expect(try MarkupReader(html).tags.count { $0.name == "circle" } == 2)
        try expect(
            Pages.evaluations(EvaluationsView(evaluations: [], remarks: []), in: samples.frame),
            holds: ["No evaluation was found."])
        // What was said by a remark is not said again.
        let told = try Pages.evaluations(
            EvaluationsView(evaluations: [], remarks: ["There is none in here."]), in: samples.frame)
        #expect(told.contains("There is none in here.") && !told.contains("No evaluation was found."))
    }

    @Test func `the journal's page says what verifying found`() throws {
        try expect(
            Pages.journal(samples.journal, in: samples.frame),
            holds: ["cannot tell", "It can't be read.", "/home/ada/journal.db", "read only"])
    }

    @Test func `a notice says its sentence, and a stranger gets no form`() throws {
        let html = try Pages.notice(samples.notice, in: nil)
        try expect(html, holds: ["Not recorded", "It was answered.", "Look again."])
        #expect(!html.contains("<form") && !html.contains("<script"))
        let started = try Pages.started()
        #expect(started.contains("content=\"0; url=/\"") && started.contains("<a href=\"/\">"))
    }

    @Test func `every page has one title, one main part, a language and one heading of the first order`() throws {
        for page in try samples.pages() where page.name != "steps" {
            let tags = try MarkupReader(page.html).tags
            for name in ["main", "h1"] { #expect(tags.count { $0.name == name } == 1, "\(page.name): \(name)") }
            let head = page.html.prefix(upTo: try #require(page.html.firstRange(of: "</head>")).lowerBound)
            #expect(head.ranges(of: "<title>").count == 1)
            #expect(page.html.contains("<html lang=\"en\">"))
            let scripts = tags.filter { $0.name == "script" }.flatMap(\.attributes).filter { $0.name == "src" }.map(
                \.value)
            #expect(scripts.allSatisfy { $0 == "/assets/supervisor.js" })
            let ids = tags.flatMap(\.attributes).filter { $0.name == "id" }.map(\.value)
            #expect(Set(ids).count == ids.count, "\(page.name): \(ids)")
            let fields = tags.filter { ["input", "textarea", "select"].contains($0.name) }
            let labels = Set(tags.filter { $0.name == "label" }.flatMap(\.attributes).map(\.value))
            for field in fields {
                let type = field.attributes.first { $0.name == "type" }?.value
                let id = field.attributes.first { $0.name == "id" }?.value
                // A box to tick stands within its label.
                #expect(type == "hidden" || type == "checkbox" || labels.contains(id ?? ""), "\(page.name): \(field)")
            }
        }
    }

    @Test func `assets hold no address of another place`() throws {
        #expect(Pages.assets.keys.sorted() == ["icon.svg", "supervisor.css", "supervisor.js"])
        for (name, asset) in Pages.assets {
            var text = String(decoding: asset.bytes, as: UTF8.self)
            // A name space is no address.
            text = text.replacing("http://www.w3.org/2000/svg", with: "")
            #expect(!text.contains("://") && !text.contains("@import") && !text.contains("url("), "\(name)")
            for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("] {
                #expect(!text.contains(word), "\(name): \(word)")
            }
        }
    }

    @Test func `a long timeline makes a page of a size that a browser opens at once`() throws {
        let view = samples.runView
        let many = RunView(
            run: view.run, reason: "", parameters: view.parameters, stepFigures: view.stepFigures, questions: [],
            outputs: [], steps: Array(repeating: samples.stepRow, count: Pages.stepsOnPage), stepOffset: 9800,
            stepCount: 10_000, lastSequence: 42, problems: [])
        #expect(try Pages.run(many, in: samples.frame).utf8.count < 600_000)
    }
}
