import Databases
import JSONSchemas
import Orchestration
import PolicyEngine
import RunJournal
import TestSupport
import Testing

/// A run that stops at any entry of its journal ends like one that never stopped.
@Suite struct ResumeTests {
    static let text = """
        workflow: everything
        description: A step of every kind, with effects.
        inputs:
          rows: { type: file, default: rows.jsonl }
          spec: { type: file, default: spec.md }
          project: { type: string, trust: trusted, default: demo }
        tools: [file.read, table.write, sql.query, search, issue.create]
        policy:
          tools:
            file.read: { decision: allow }
            table.write: { decision: allow, max: 2 }
            sql.query: { decision: allow }
            search: { decision: allow }
            issue.create: { decision: ask, max: 3, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: store
            call: table.write
            with: { table: rows, rows: "${steps.load.rows}", columns: [title] }
          - id: gate
            approve: { summary: "{{n}} rows", data: { n: "${steps.load.bytes}" } }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            steps:
              - id: class
                read: "${row.title}"
                instruction: Is it bad?
                schema: { type: object, properties: { bad: { type: boolean } }, required: [bad], additionalProperties: false }
              - id: create
                when: "${steps.class.value.bad}"
                call: issue.create
                with: { project: "${inputs.project}", title: "${row.title}", body: b }
          - id: study
            agent:
              goal: File what is left.
              max_turns: 4
              tools:
                - { tool: search, name: look, with: { in: "${inputs.spec}" } }
                - { tool: issue.create, name: file, with: { project: "${inputs.project}" } }
              result: { type: object, properties: { done: { type: boolean } }, required: [done], additionalProperties: false }
          - id: issues
            call: table.write
            with: { table: issues, rows: "${steps.each.items}", columns: [index, class, create] }
          - id: report
            call: sql.query
            with: { statement: "SELECT (SELECT count(*) FROM rows) AS rows, i.* FROM issues AS i ORDER BY 2" }
          - id: text
            render: { template: "{{n}}", data: { n: "${steps.each.count}" }, to: text.txt }
        outputs:
          result: { json: { report: "${steps.report.rows}", study: "${steps.study}", run: "${run.id}" }, to: result.json }
        """
    static let files = [
        "rows.jsonl": #"{"title": "one"}"# + "\n" + #"{"title": "two"}"# + "\n" + #"{"title": "three"}"#,
        "spec.md": "Keys must be unique.\n",
    ]
    static let script: [(step: String, value: JSONValue)] = [
        ("each[0]/class", ["bad": true]), ("each[1]/class", ["bad": false]), ("each[2]/class", ["bad": true]),
        ("study#1", ["name": "look", "arguments": ["query": "keys"]]),
        ("study#2", ["name": "file", "arguments": ["title": "t", "body": "b"]]),
        ("study#3", ["name": "finish", "arguments": ["done": true]]),
    ]

    @Test func `a run stopped after any entry ends with the same files and each effect once`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let whole = try await stage.play(Self.script, inbox: Somebody())
        #expect(whole.outcome == .done, "\(whole)")
        let expected = try stage.output()
        let markers = Set(try stage.tracker.list().map(\.marker))
        #expect(markers.count == 3)
        let entries = try stage.journal.entries(of: whole.run)
        #expect(entries.count > 30)
        for count in 1..<entries.count {
            let prefix = entries.prefix(count)
            let begun = prefix.filter { $0.kind == .executionStarted && $0.body["tool"] == "issue.create" }
            let seen = Set(prefix.filter { $0.kind == .observationRecorded }.map(\.step))
            let inFlight = begun.last.map { !seen.contains($0.step) } ?? false
            // An effect that was begun and not recorded has happened, or has not.
            for happened in inFlight ? [true, false] : [true] {
                try await resume(
                    stage, whole.run, prefix, effects: happened ? begun : begun.dropLast(),
                    name: "\(count)-\(happened)",
                    expected: expected, markers: markers)
            }
        }
    }

    private func resume(
        _ stage: Stage, _ run: RunID, _ prefix: ArraySlice<JournalEntry>, effects: [JournalEntry], name: String,
        expected: JSONValue, markers: Set<String>
    ) async throws {
        let journal = try Journal(path: stage.folder.path("resumed/\(name)/journal.db"))
        let tracker = try LocalTracker(path: stage.folder.path("resumed/\(name)/tracker.sqlite"))
        for effect in effects {
            let marker = try #require(effect.body["effect"]?.stringValue)
            let issue = try #require(try stage.tracker.issue(marker: marker))
            _ = try tracker.create(
                IssueDraft(project: issue.project, title: issue.title, body: issue.body, labels: issue.labels),
                marker: marker)
        }
        let original = try stage.journal.run(run)
        try journal.start(
            RunSeed(
                id: run, workflow: original.workflow, directory: stage.folder.path("resumed/\(name)/out"),
                parameters: original.parameters))
        let drafts = prefix.dropFirst().map { JournalEntryDraft($0.kind, step: $0.step, body: $0.body) }
        if !drafts.isEmpty { try journal.append(drafts, run: run) }
        let verdict = try await Run.resume(
            journal.run(run), configuration: stage.configuration(),
            services: stage.services(Self.script, inbox: Somebody(), journal: journal, tracker: tracker)
        ).execute()
        let place = "after \(prefix.last?.kind.rawValue ?? "") at \(prefix.last?.step ?? "") (\(name))"
        #expect(verdict.outcome == .done, "\(place): \(verdict.reason ?? "")")
        guard verdict.outcome == .done else { return }
        let result = try JSONValue(parsing: stage.folder.text(of: "resumed/\(name)/out/result.json"))
        #expect(result == expected, "\(place)")
        #expect(Set(try tracker.list().map(\.marker)) == markers, "\(place)")
        #expect(try tracker.list().count == markers.count, "\(place)")
    }
}
