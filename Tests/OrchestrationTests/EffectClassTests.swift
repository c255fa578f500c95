import Databases
import Foundation
import JSONSchemas
import Orchestration
import PolicyEngine
import RunJournal
import TestSupport
import Testing
import ToolExecution
import WorkflowFormat

/// Every tool declares what an interrupted call of it means, and recovery does what that says.
@Suite struct EffectClassTests {
    /// The class of each tool. A new tool needs a row here, and one in `calls` unless it is pure.
    private static let classes: [Effect: Set<String>] = [
        .pure: [
            "case.group", "case.read", "case.vary", "command.check", "file.list", "file.look", "file.read",
            "guide.build", "guide.next", "guide.read", "guide.record", "http.get", "issue.find", "issue.list",
            "label.check", "patch.candidates", "patch.read", "patch.try", "quote.check",
            "search", "sql.query", "test.run", "test.run_all", "text.screen",
        ],
        .transactional: ["record.add"],
        .idempotent: [
            "file.replace_line", "file.write", "folder.restore", "folder.snapshot", "table.write",
        ],
        .queryable: ["issue.close", "issue.comment", "issue.create", "issue.label"],
        .opaque: ["command.run"],
    ]

    /// A call of each tool that has an effect, as the step `it`, and what has to be done before.
    private static let calls: [String: (before: String, call: String)] = [
        "record.add": ("", "{ table: history, rows: [{ a: 1 }, { a: 2 }] }"),
        "file.replace_line": ("", "{ workspace: \"${inputs.folder}\", path: f.txt, old_line: old, new_line: new }"),
        "file.write": ("", "{ path: a/b.txt, text: hello }"),
        "folder.snapshot": ("", "{ folder: \"${inputs.folder}\" }"),
        "folder.restore": (
            """
              - { id: keep, call: folder.snapshot, with: { folder: "${inputs.folder}" } }
              - { id: change, call: file.replace_line, with: { workspace: "${inputs.folder}", path: f.txt, old_line: old, new_line: new } }
            """, "{ folder: \"${inputs.folder}\" }"
        ),
        "table.write": ("", "{ table: t, rows: [{ a: 1 }] }"),
        "issue.create": ("", "{ project: demo, title: second, body: b }"),
        "issue.comment": ("", "{ project: demo, id: \"${steps.first.id}\", body: b }"),
        "issue.label": ("", "{ project: demo, id: \"${steps.first.id}\", labels: [bug] }"),
        "issue.close": ("", "{ project: demo, id: \"${steps.first.id}\" }"),
        "command.run": ("", "{ argv: [sh, -c, \"printf x >> mark\"], workspace: \"${inputs.folder}\" }"),
    ]

    private static func text(_ tool: String, withCall: Bool = true) -> String {
        """
        workflow: one-call
        description: One call with an effect.
        inputs: { folder: { type: folder, trust: trusted, default: folder } }
        tools: [\((["issue.create", "folder.snapshot", "file.replace_line", tool] as Set).sorted().joined(separator: ", "))]
        policy:
          tools:
        \((["issue.create", "folder.snapshot", "file.replace_line", tool] as Set).sorted().map { "    \($0): { decision: allow }" }.joined(separator: "\n"))
        steps:
          - { id: first, call: issue.create, with: { project: demo, title: first, body: b } }
        \(calls[tool]?.before ?? "")
        \(withCall ? "  - { id: it, call: \(tool), with: \(calls[tool]?.call ?? "{}") }" : "")
        outputs:
          result: { json: "${steps.\(withCall ? "it" : "first")}", to: result.json }
        """
    }

    @Test func `every manifest declares its class, and every class has a tool`() throws {
        let stage = try Stage(Self.text("file.write"), files: ["folder/f.txt": "old\n"])
        let declared = Dictionary(grouping: stage.registry.definitions, by: \.effect)
            .mapValues { Set($0.map(\.name)) }
        #expect(declared == Self.classes)
        #expect(Set(declared.keys) == Set(Effect.allCases))
        let withEffect = Self.classes.filter { $0.key != .pure }.values.reduce(into: Set()) { $0.formUnion($1) }
        #expect(Set(Self.calls.keys) == withEffect)
    }

    @Test func `a manifest without a class is refused`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path(percentEncoded: false)
        let folder = try TemporaryFolder()
        let manifest = try String(contentsOfFile: root + "Tools/file.write.yaml", encoding: .utf8)
        let good = try folder.write(manifest, to: "good.yaml")
        #expect(try ToolDefinition.load(path: good).effect == .idempotent)
        for (old, new) in [("effect: idempotent\n", ""), ("effect: idempotent", "effect: sometimes")] {
            let bad = try folder.write(manifest.replacing(old, with: new), to: "bad.yaml")
            #expect(throws: WorkflowErrors.self) { _ = try ToolDefinition.load(path: bad) }
        }
    }

    /// Everything that a call may have changed.
    private func world(_ stage: Stage) throws -> JSONValue {
        var files: JSONObject = [:]
        for folder in ["workflow/folder", "out"] {
            for name in try stage.folder.listing() where name.hasPrefix(folder + "/") && !name.hasSuffix("result.json")
            {
                files[name] = .string((try? stage.folder.text(of: name)) ?? "a folder")
            }
        }
        let issues = try stage.tracker.list().map { issue -> JSONValue in
            [
                "title": .string(issue.title), "state": .string(issue.state),
                "labels": .array(issue.labels.map { .string($0) }),
                "comments": .integer(try stage.tracker.comments(issue: issue.id).count),
            ]
        }
        var rows: [JSONValue] = []
        if stage.folder.contains("state/records.sqlite") {
            rows = try RecordTables(path: stage.folder.path("state/records.sqlite")).rows(of: "history").map {
                .object($0)
            }
        }
        return ["files": .object(files), "issues": .array(issues), "rows": .array(rows)]
    }

    /// The run as its journal has it when the process died after the act and before the outcome was recorded.
    private func stopped(_ stage: Stage, _ run: RunID, name: String = "stopped") throws -> Journal {
        let entries = try stage.journal.entries(of: run)
        let begun = try #require(entries.lastIndex { $0.kind == .executionStarted && $0.step == "it" })
        let original = try stage.journal.run(run)
        let journal = try Journal(path: stage.folder.path("\(name)/journal.db"))
        try journal.start(
            RunSeed(
                id: run, workflow: original.workflow, directory: original.directory, parameters: original.parameters))
        try journal.append(
            entries[1...begun].map { JournalEntryDraft($0.kind, step: $0.step, body: $0.body) }, run: run)
        return journal
    }

    private func resume(
        _ stage: Stage, _ run: RunID, _ journal: Journal, inbox: any ApprovalInbox = Looker()
    ) async throws -> RunVerdict {
        try await Run.resume(
            journal.run(run), configuration: stage.configuration(),
            services: stage.services([], inbox: inbox, journal: journal)
        ).execute()
    }

    /// Says yes to calls, and nothing to what became of them unless told.
    private struct Looker: ApprovalInbox {
        var answer: Approval.Answer?

        func answer(to request: ApprovalRequest) async throws -> Approval? {
            if request.isAboutUnknownOutcome, answer == nil { return nil }
            return Approval(
                digest: request.digest, decision: request.isAboutUnknownOutcome ? answer ?? .rejected : .approved,
                person: "tester", at: "2026-01-01")
        }
    }

    private static let recovered = classes.filter { $0.key != .pure && $0.key != .opaque }.flatMap { $0.value }.sorted()

    @Test(arguments: EffectClassTests.recovered)
    func `a call that was made and not recorded is not made twice`(tool: String) async throws {
        let stage = try Stage(Self.text(tool), files: ["folder/f.txt": "old\n"])
        let whole = try await stage.play(inbox: Looker())
        #expect(whole.outcome == .done, "\(whole)")
        let after = try world(stage)
        // Control: the call changes something. The run's own tables are filled again from the record instead.
        let without = try Stage(Self.text(tool, withCall: false), files: ["folder/f.txt": "old\n"])
        #expect(try await without.play(inbox: Looker()).outcome == .done)
        #expect(try world(without) != after || tool == "table.write")
        let journal = try stopped(stage, whole.run)
        let resumed = try await resume(stage, whole.run, journal)
        #expect(resumed.outcome == .done, "\(resumed)")
        #expect(try world(stage) == after)
        let observed = try journal.entries(of: whole.run, kinds: [.observationRecorded]).filter { $0.step == "it" }
        #expect(observed.count == 1)
        #expect(observed.first?.body["observation"]?["outcome"] == "succeeded")
    }

    @Test func `a pure call is made again, and what it finds now is recorded`() async throws {
        let text = """
            workflow: one-call
            description: One call without an effect.
            inputs: { note: { type: file, default: note.txt } }
            tools: [file.read]
            policy: { tools: { file.read: { decision: allow } } }
            steps:
              - { id: it, call: file.read, with: { path: "${inputs.note}", as: text } }
            outputs:
              result: { text: "${steps.it.text}", to: result.json }
            """
        let stage = try Stage(text, files: ["note.txt": "before"])
        let whole = try await stage.play()
        #expect(whole.outcome == .done, "\(whole)")
        let journal = try stopped(stage, whole.run)
        #expect(try await resume(stage, whole.run, journal).outcome == .done)
        let begun = try journal.entries(of: whole.run, kinds: [.executionStarted])
        #expect(begun.map { $0.body["attempt"]?.intValue } == [1, 2])
        #expect(begun.allSatisfy { $0.body["class"] == "pure" })
    }

    @Test(arguments: [true, false])
    func `an opaque call waits for a person, who is told what is known`(happened: Bool) async throws {
        let stage = try Stage(Self.text("command.run"), files: ["folder/f.txt": "old\n"])
        let whole = try await stage.play(inbox: Looker())
        #expect(whole.outcome == .done, "\(whole)")
        let mark = "workflow/folder/mark"
        #expect(try stage.folder.text(of: mark) == "x")
        if !happened { try FileManager.default.removeItem(atPath: stage.folder.path(mark)) }
        let journal = try stopped(stage, whole.run)
        for _ in 0..<3 {
            // However often it is resumed, nothing is done while nobody answers.
            let parked = try await resume(stage, whole.run, journal)
            #expect(parked.outcome == .parked && parked.waiting == ["it"], "\(parked)")
            #expect(stage.folder.contains(mark) == happened)
        }
        let known = try journal.entries(of: whole.run, kinds: [.effectUnknown])
        #expect(known.count == 1)
        let intent = try #require(
            try journal.entries(of: whole.run, kinds: [.executionStarted]).last { $0.step == "it" })
        #expect(known.first?.body["effect"] == intent.body["effect"])
        #expect(known.first?.body["begun"]?.stringValue == intent.timestamp)
        let question = try #require(try journal.pendingApprovals(run: whole.run).first)
        let view = try #require(journal.callView(of: question))
        #expect(view.remarks.contains { $0.contains(intent.timestamp) })
        #expect(view.sentence.contains("outcome is unknown"))
        #expect(view.arguments.contains { $0.text.contains("printf x >> mark") })

        let done = try await resume(stage, whole.run, journal, inbox: Looker(answer: happened ? .happened : .approved))
        #expect(done.outcome == .done, "\(done)")
        #expect(try stage.folder.text(of: mark) == "x")
        let observed = try journal.entries(of: whole.run, kinds: [.observationRecorded]).last
        #expect(observed?.body["reported_by"] == (happened ? "tester" : nil))
    }

    @Test func `an opaque call that a person refuses is left undone`() async throws {
        let stage = try Stage(Self.text("command.run"), files: ["folder/f.txt": "old\n"])
        let whole = try await stage.play(inbox: Looker())
        try FileManager.default.removeItem(atPath: stage.folder.path("workflow/folder/mark"))
        let journal = try stopped(stage, whole.run)
        #expect(try await resume(stage, whole.run, journal, inbox: Looker(answer: .rejected)).outcome == .done)
        #expect(!stage.folder.contains("workflow/folder/mark"))
    }

    /// An answer that fits no such question says nothing: the call is not taken as made.
    @Test func `that something happened is no answer to an ordinary question`() async throws {
        let text = Self.text("command.run").replacing(
            "command.run: { decision: allow }", with: "command.run: { decision: ask }")
        let stage = try Stage(text, files: ["folder/f.txt": "old\n"])
        let parked = try await stage.play(inbox: Nobody())
        #expect(parked.outcome == .parked)
        let question = try #require(try stage.journal.pendingApprovals(run: parked.run).first)
        let claim = Approval(digest: question.digest, decision: .happened, person: "tester", at: "2026-01-01")
        try stage.journal.append(.approvalRecorded, run: parked.run, step: question.step, body: claim.toJSON())
        _ = try await stage.resume(parked.run)
        #expect(try stage.entries(parked.run, .observationRecorded).allSatisfy { $0.step != "it" })
        #expect(!stage.folder.contains("workflow/folder/mark"))
    }
}
