import Databases
import JSONSchemas
import Orchestration
import PolicyEngine
import RunJournal
import TestSupport
import Testing

/// One effect that the tracker refuses is one effect, and not the run.
@Suite struct RefusedEffectTests {
    private static let text = """
        workflow: labelling
        description: Labels an issue a row.
        inputs:
          rows: { type: file, default: rows.jsonl }
          project: { type: string, trust: trusted, default: demo }
        tools: [file.read, table.write, sql.query, issue.label]
        policy:
          tools:
            file.read: { decision: allow }
            table.write: { decision: allow }
            sql.query: { decision: allow }
            issue.label: { decision: ask, max: 9, args: { id: { allow: untrusted } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            steps:
              - id: label
                call: issue.label
                with: { project: "${inputs.project}", id: "${row.id}", labels: [slow] }
          - id: store
            call: table.write
            with: { table: labelled, rows: "${steps.each.items}", columns: [index, label] }
          - id: report
            call: sql.query
            with:
              statement: |
                SELECT json_extract(label, '$.id') AS id, json_extract(label, '$.state') AS state,
                       json_extract(label, '$.reason') AS reason FROM labelled ORDER BY rowid
        outputs:
          result: { json: { rows: "${steps.report.rows}" }, to: result.json }
        """

    private let stage: Stage

    init() throws {
        // Issue 3 isn't there.
        stage = try Stage(Self.text, files: ["rows.jsonl": "{\"id\": 1}\n{\"id\": 3}\n{\"id\": 2}\n"])
        for name in ["m1", "m2"] { try file(name) }
    }

    private func file(_ marker: String) throws {
        _ = try stage.tracker.create(IssueDraft(project: "demo", title: "t", body: "b"), marker: marker)
    }

    private func labels() throws -> [[String]] { try stage.tracker.list().map(\.labels) }

    private func states() throws -> [String] {
        try (stage.output()["rows"]?.arrayValue ?? []).map { row in
            row["state"]?.stringValue ?? row["id"]?.intValue.map { "\($0)" } ?? "nothing"
        }
    }

    @Test func `the rest is done, the run ends with 1, and a resumed run asks about it again`() async throws {
        let ended = try await stage.play(inbox: Somebody())
        #expect(ended.outcome == .failed && ended.exitCode == 1)
        let reason = try #require(ended.reason)
        #expect(reason.hasPrefix("Step `each[1]/label` was refused: Can't find"), "\(reason)")
        #expect(reason.contains("1 call was refused, the rest is done"), "\(reason)")
        #expect(try labels() == [["slow"], ["slow"]])
        #expect(try states() == ["1", "refused", "2"])
        #expect(try stage.output()["rows"]?[1]?["reason"]?.stringValue?.contains("isn't there") == true)
        // What was refused is asked about again, and nothing else.
        let again = try await stage.resume(ended.run)
        #expect(again.outcome == .parked && again.waiting == ["each[1]/label"])
        try file("m3")
        try stage.approveAll(ended.run)
        let done = try await stage.resume(ended.run)
        #expect(done.outcome == .done, "\(done)")
        let (labels, states) = (try labels(), try states())
        #expect(labels == [["slow"], ["slow"], ["slow"]])
        #expect(states == ["1", "3", "2"])
        #expect(try stage.journal.verifyChain().isIntact)
    }

    @Test func `while other questions are open it isn't asked about again`() async throws {
        let parked = try await stage.play()
        #expect(parked.waiting.count == 3)
        for question in try stage.journal.pendingApprovals(run: parked.run) where question.step != "each[2]/label" {
            let approval = Approval(
                digest: question.digest, decision: .approved, person: "tester", reason: nil, at: "2026-01-01")
            try stage.journal.append(.approvalRecorded, run: parked.run, step: question.step, body: approval.toJSON())
        }
        for _ in 0..<2 {
            let half = try await stage.resume(parked.run)
            #expect(half.outcome == .parked && half.waiting == ["each[2]/label"])
            #expect(half.reason?.contains("`each[1]/label` was refused") == true)
            #expect(try states() == ["1", "refused", "proposed"])
        }
        try stage.approveAll(parked.run)
        #expect(try await stage.resume(parked.run).outcome == .failed)
        #expect(try labels() == [["slow"], ["slow"]])
    }

    /// The workflow with a comment at issue 1 for every row of the table of what was labelled.
    private func commenting() throws -> Stage {
        let text = Self.text
            .replacing("issue.label]", with: "issue.label, issue.comment]")
            .replacing(
                "  issue.label: { decision: ask",
                with: "  issue.comment: { decision: allow, max: 9, args: { body: { allow: untrusted } } }\n"
                    + "    issue.label: { decision: allow"
            )
            .replacing(
                "outputs:\n",
                with: """
                      - id: tell
                        for_each: "${steps.report.rows}"
                        as: told
                        steps:
                          - id: say
                            call: issue.comment
                            with: { project: "${inputs.project}", id: 1, body: "Row ${told.number}: ${told.word}." }
                    outputs:

                    """
            )
            .replacing(
                "SELECT json_extract(label, '$.id') AS id,",
                with: "SELECT json_extract(label, '$.id') AS id, \"index\" AS number,"
                    + " coalesce(json_extract(label, '$.state'), 'labelled') AS word,")
        try #require(text.contains("issue.comment:") && text.contains("AS word") && text.contains("- id: tell"))
        let stage = try Stage(text, files: ["rows.jsonl": "{\"id\": 1}\n{\"id\": 3}\n{\"id\": 2}\n"])
        for name in ["m1", "m2"] {
            _ = try stage.tracker.create(IssueDraft(project: "demo", title: "t", body: "b"), marker: name)
        }
        return stage
    }

    /// The first lines of the comments at issue 1.
    private func said(_ stage: Stage) throws -> [String] {
        try stage.tracker.comments(issue: 1).map { String($0.prefix { $0 != "\n" }) }
    }

    private func begun(_ stage: Stage, _ run: RunID) throws -> [String: Int] {
        try stage.entries(run, .executionStarted).reduce(into: [:]) { $0[$1.step, default: 0] += 1 }
    }

    @Test func `what hangs on a refused effect is left, and done once the refusal stands`() async throws {
        let stage = try commenting()
        let ended = try await stage.play()
        #expect(ended.outcome == .failed, "\(ended)")
        let reason = try #require(ended.reason)
        #expect(reason.contains("1 call was refused, 3 later steps hang on it and were left;"), "\(reason)")
        #expect(!reason.contains("the rest is done") && reason.contains("tries once more"), "\(reason)")
        #expect(try said(stage) == [])
        for _ in 0..<3 {
            let again = try await stage.resume(ended.run)
            #expect(again.outcome == .failed && again.exitCode == 1, "\(again)")
            #expect(again.reason?.hasSuffix("1 call was refused, the rest is done.") == true, "\(again)")
            #expect(try said(stage) == ["Row 0: labelled.", "Row 1: refused.", "Row 2: labelled."])
        }
        // Mended after it was settled, it stays as it was.
        _ = try stage.tracker.create(IssueDraft(project: "demo", title: "t", body: "b"), marker: "m3")
        #expect(try await stage.resume(ended.run).outcome == .failed)
        #expect(try stage.tracker.list().map(\.labels).filter { $0 == ["slow"] }.count == 2)
        let begun = try begun(stage, ended.run)
        #expect(begun["each[1]/label"] == 2 && begun["each[0]/label"] == 1 && begun["each[2]/label"] == 1)
        #expect((0..<3).allSatisfy { begun["tell[\($0)]/say"] == 1 }, "\(begun)")
        #expect(try stage.journal.verifyChain().isIntact)
    }

    @Test func `what hangs on a refused effect is done once, when its cause was mended`() async throws {
        let stage = try commenting()
        let ended = try await stage.play()
        #expect(ended.outcome == .failed)
        _ = try stage.tracker.create(IssueDraft(project: "demo", title: "t", body: "b"), marker: "m3")
        for _ in 0..<2 {
            let done = try await stage.resume(ended.run)
            #expect(done.outcome == .done && done.reason == nil, "\(done)")
            #expect(try said(stage) == ["Row 0: labelled.", "Row 1: labelled.", "Row 2: labelled."])
        }
        #expect(try stage.tracker.list().allSatisfy { $0.labels == ["slow"] })
        let begun = try begun(stage, ended.run)
        #expect(begun["each[1]/label"] == 2 && begun["each[0]/label"] == 1, "\(begun)")
        #expect((0..<3).allSatisfy { begun["tell[\($0)]/say"] == 1 }, "\(begun)")
    }

    @Test func `a call that only reads still stops the run`() async throws {
        let text = Self.text.replacing(
            "call: issue.label\n        with: { project: \"${inputs.project}\", id: \"${row.id}\", labels: [slow] }",
            with: "call: file.read\n        with: { path: \"${row.id}\" }")
        try #require(text != Self.text)
        let other = try Stage(text, files: ["rows.jsonl": "{\"id\": \"nowhere.txt\"}\n"])
        let ended = try await other.play(inbox: Somebody())
        #expect(ended.outcome == .badData, "\(ended)")
    }
}
