import Databases
import JSONSchemas
import Orchestration
import PolicyEngine
import RunJournal
import TestSupport
import Testing

/// Decisions of the policy and of persons.
@Suite struct GateTests {
    /// Three issues, one a row; `decision` and what else the rule says are filled in.
    static func filing(_ rule: String) -> String {
        """
        workflow: filing
        description: Files an issue a row.
        inputs:
          rows: { type: file, default: rows.jsonl }
          project: { type: string, trust: trusted, default: demo }
        tools: [file.read, issue.create, table.write, sql.query]
        policy:
          tools:
            file.read: { decision: allow }
            table.write: { decision: allow }
            sql.query: { decision: allow }
            issue.create: \(rule)
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: before
            call: table.write
            with: { table: rows, rows: "${steps.load.rows}", columns: [title] }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            steps:
              - id: create
                call: issue.create
                with: { project: "${inputs.project}", title: "${row.title}", body: "Body of ${row.title}." }
          - id: after
            call: table.write
            with: { table: issues, rows: "${steps.each.items}", columns: [index, create] }
          - id: report
            call: sql.query
            with:
              statement: |
                SELECT i."index" AS n, (SELECT count(*) FROM rows) AS rows,
                       coalesce(json_extract(i."create", '$.state'), 'filed') AS state
                FROM issues AS i ORDER BY 1
        outputs:
          result: { json: { rows: "${steps.report.rows}" }, to: result.json }
        """
    }

    static let rows = ["rows.jsonl": #"{"title": "one"}"# + "\n" + #"{"title": "two"}"# + "\n" + #"{"title": "three"}"#]
    static let ask = "{ decision: ask, max: 3, args: { title: { allow: untrusted }, body: { allow: untrusted } } }"
    static let allow = "{ decision: allow, max: 3, args: { title: { allow: untrusted }, body: { allow: untrusted } } }"

    private func states(_ stage: Stage) throws -> [String] {
        (try stage.output()["rows"]?.arrayValue ?? []).compactMap { $0["state"]?.stringValue }
    }

    @Test func `an allowed effect happens and an asked one parks with its outputs written`() async throws {
        let allowed = try Stage(Self.filing(Self.allow), files: Self.rows)
        #expect(try await allowed.play().outcome == .done)
        #expect(try allowed.tracker.list().count == 3)
        #expect(try states(allowed) == ["filed", "filed", "filed"])

        let asked = try Stage(Self.filing(Self.ask), files: Self.rows)
        let verdict = try await asked.play()
        #expect(verdict.outcome == .parked && verdict.exitCode == 2)
        #expect(verdict.waiting == ["each[0]/create", "each[1]/create", "each[2]/create"])
        #expect(try asked.tracker.list().isEmpty)
        #expect(try states(asked) == ["proposed", "proposed", "proposed"])
    }

    @Test func `a resumed run files exactly once what was approved`() async throws {
        let stage = try Stage(Self.filing(Self.ask), files: Self.rows)
        let parked = try await stage.play()
        let still = try await stage.resume(parked.run)
        #expect(still.outcome == .parked)
        #expect(try stage.journal.pendingApprovals(run: parked.run).count == 3)
        try stage.approveAll(parked.run)
        let done = try await stage.resume(parked.run)
        #expect(done.outcome == .done, "\(done)")
        #expect(try stage.tracker.list().map(\.title).sorted() == ["one", "three", "two"])
        #expect(try states(stage) == ["filed", "filed", "filed"])
        #expect(try stage.tracker.list().allSatisfy { $0.body.contains("approved by tester") })
        #expect(try await stage.resume(parked.run).outcome == .done)
        #expect(try stage.tracker.list().count == 3)
    }

    @Test func `what a person refuses is declined and the run goes on`() async throws {
        let stage = try Stage(Self.filing(Self.ask), files: Self.rows)
        let verdict = try await stage.play(inbox: Somebody(decision: .rejected, reason: "no"))
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(try states(stage) == ["declined", "declined", "declined"])
        #expect(try stage.tracker.list().isEmpty)
        let other = try Stage(Self.filing(Self.ask), files: Self.rows)
        #expect(try await other.play(inbox: Somebody()).outcome == .done)
        #expect(try other.tracker.list().count == 3)
    }

    @Test(arguments: [
        "{ decision: deny }",
        "{ decision: allow, args: { project: { one_of: [other] }, title: { allow: untrusted }, body: { allow: untrusted } } }",
        "{ decision: allow, max: 2, args: { title: { allow: untrusted }, body: { allow: untrusted } } }",
    ])
    func `a denial ends with exit code 3 and says the rule`(rule: String) async throws {
        let stage = try Stage(Self.filing(rule), files: Self.rows)
        let verdict = try await stage.play()
        #expect(verdict.outcome == .denied && verdict.exitCode == 3)
        #expect(verdict.reason?.contains("issue.create") == true)
        #expect(try stage.tracker.list().count == (rule.contains("max: 2") ? 2 : 0))
        let control = try Stage(Self.filing(Self.allow), files: Self.rows)
        #expect(try await control.play().outcome == .done)
    }

    @Test func `an untrusted value that no rule speaks about needs a person`() async throws {
        let stage = try Stage(Self.filing("{ decision: allow }"), files: Self.rows)
        #expect(try await stage.play().outcome == .parked)
        let control = try Stage(Self.filing(Self.allow), files: Self.rows)
        #expect(try await control.play().outcome == .done)
    }

    @Test func `a dry run shows effects and has none`() async throws {
        let stage = try Stage(Self.filing(Self.allow), files: Self.rows)
        let verdict = try await stage.play(isDryRun: true)
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(try states(stage) == ["dry_run", "dry_run", "dry_run"])
        #expect(try stage.tracker.list().isEmpty)
    }

    @Test func `a budget of approvals ends with exit code 4 and can be resumed`() async throws {
        let text = Self.filing(Self.ask).replacing("policy:\n", with: "budget: { approvals: 2 }\npolicy:\n")
        let stage = try Stage(text, files: Self.rows)
        let verdict = try await stage.play()
        #expect(verdict.outcome == .budgetExhausted && verdict.exitCode == 4)
        #expect(verdict.reason?.contains("approvals") == true)
    }

    @Test func `a budget of steps is renewed by resuming`() async throws {
        let text = Self.filing(Self.allow).replacing("policy:\n", with: "budget: { steps: 5 }\npolicy:\n")
        let stage = try Stage(text, files: Self.rows)
        let first = try await stage.play()
        #expect(first.outcome == .budgetExhausted && first.exitCode == 4, "\(first)")
        #expect(first.reason?.contains("`steps` limit of 5") == true)
        #expect(try stage.journal.run(first.run).state == .budgetExhausted)
        let enough = Self.filing(Self.allow).replacing("policy:\n", with: "budget: { steps: 7 }\npolicy:\n")
        #expect(try await Stage(enough, files: Self.rows).play().outcome == .done)
    }

    static let gate = """
        workflow: gate
        description: A person reads a summary.
        inputs: { note: { type: string, default: ready } }
        steps:
          - id: gate
            approve: { summary: "It is {{state}}.", data: { state: "${inputs.note}" } }
          - id: yes
            when: "${steps.gate.approved}"
            render: { template: went on, to: yes.txt }
          - id: end
            render: { template: "approved {{a}}", data: { a: "${steps.gate.approved}" } }
        outputs:
          result: { json: { approved: "${steps.gate.approved}", text: "${steps.end.text}" }, to: result.json }
        """

    @Test func `a gate parks, and the recorded answer decides what follows`() async throws {
        for (decision, isApproved) in [(Somebody(), true), (Somebody(decision: .rejected), false)] {
            let stage = try Stage(Self.gate)
            let parked = try await stage.play()
            #expect(parked.outcome == .parked && parked.waiting == ["gate"])
            #expect(try stage.output()["approved"]?.isNull == true)
            #expect(!stage.folder.contains("out/yes.txt"))
            try stage.approveAll(parked.run, decision: decision.decision)
            let done = try await stage.resume(parked.run)
            #expect(done.outcome == .done, "\(done)")
            #expect(try stage.output()["approved"]?.boolValue == isApproved)
            #expect(stage.folder.contains("out/yes.txt") == isApproved)
        }
    }

    @Test func `a changed workflow is not resumed`() async throws {
        let stage = try Stage(Self.gate)
        let parked = try await stage.play()
        let other = try Stage(Self.gate.replacing("went on", with: "went off"))
        #expect(throws: RunStartError.self) {
            try Run.resume(
                stage.journal.run(parked.run), configuration: other.configuration(), services: stage.services([]))
        }
        _ = try Run.resume(
            stage.journal.run(parked.run), configuration: stage.configuration(), services: stage.services([]))
    }
}
