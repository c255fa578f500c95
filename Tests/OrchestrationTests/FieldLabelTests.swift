import JSONSchemas
import Orchestration
import PolicyEngine
import Provenance
import RunJournal
import TestSupport
import Testing

/// Labels of single fields through a run, in its journal, and after it was resumed.
@Suite struct FieldLabelTests {
    /// Two issues are there; one is found by words of the workflow, one by words of a stranger.
    static let text = """
        workflow: fields
        inputs:
          tickets: { type: file, default: tickets.jsonl }
          project: { type: string, trust: trusted, default: demo }
        tools: [file.read, issue.create, issue.find, issue.comment, table.write, sql.query]
        policy:
          tools:
            file.read: { decision: allow }
            issue.find: { decision: allow, args: { query: { allow: untrusted } } }
            table.write: { decision: allow }
            sql.query: { decision: allow }
            issue.create: { decision: allow, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
            issue.comment: { decision: allow, args: { id: { from: [endorsed] }, body: { allow: untrusted } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.tickets}", as: jsonl }
          - id: known
            call: issue.create
            with: { project: "${inputs.project}", title: Crash at start, body: It stops. }
          - id: found
            call: issue.find
            with: { query: Crash at start, project: "${inputs.project}" }
          - id: note
            call: issue.comment
            with: { project: "${inputs.project}", id: "${steps.found.rows[0].id}", body: "See ${steps.load.rows[1].title}" }
          - id: each
            for_each: "${steps.load.rows}"
            as: ticket
            steps:
              - id: class
                read: "${ticket.title}"
                instruction: Is it bad?
                schema:
                  type: object
                  properties: { bad: { type: boolean }, word: { type: string, maxLength: 3 } }
                  required: [bad, word]
                  additionalProperties: false
              - id: file
                when: "${steps.class.value.bad}"
                call: issue.create
                with: { project: "${inputs.project}", title: "${ticket.title}", body: "${steps.class.value.word}" }
              - id: answer
                when: "${steps.class.value.bad}"
                call: issue.comment
                with: { project: "${inputs.project}", id: "${steps.file.id}", body: Thanks. }
          - id: store
            call: table.write
            with: { table: seen, rows: "${steps.each.items}", columns: [class] }
          - id: asked
            call: sql.query
            with: { statement: "SELECT json_extract(class, '$.value.word') AS word FROM seen" }
        outputs:
          result: { json: "${steps.asked.rows}", to: result.json }
        """
    static let files = ["tickets.jsonl": #"{"title": "one"}"# + "\n" + #"{"title": "two"}"#]
    static let script: [(step: String, value: JSONValue)] = [
        ("each[0]/class", ["bad": true, "word": "a"]), ("each[1]/class", ["bad": false, "word": "b"]),
    ]

    private func labels(_ stage: Stage, _ run: RunID, _ step: String) throws -> [String: Label] {
        let entry = try #require(try stage.entries(run, .callProposed).last { $0.step == step })
        let labels = try #require(entry.body["labels"]?.objectValue)
        return try Dictionary(uniqueKeysWithValues: labels.map { ($0.key, try #require(Label(fromJSON: $0.value))) })
    }

    @Test func `an argument has the label of the field that it is, and names its place`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let verdict = try await stage.play(Self.script)
        #expect(verdict.outcome == .done, "\(verdict)")
        let note = try labels(stage, verdict.run, "note")
        #expect(note["id"]?.integrity == .endorsed)
        #expect(
            note["id"]?.sources.contains(Source(step: "found", tool: "issue.find", pointer: "/rows/0/id")) == true)
        #expect(note["body"]?.integrity == .untrusted)
        #expect(
            note["body"]?.sources == [
                Source(step: "load", tool: "file.read", pointer: "/rows/1/title"), .input("tickets"), .workflow(),
            ])
        // The number of what was filed does not depend on the words in it.
        #expect(try labels(stage, verdict.run, "each[0]/answer")["id"]?.integrity == .endorsed)
        #expect(
            try labels(stage, verdict.run, "each[0]/file")["body"]?.sources
                .contains(Source(step: "each[0]/class", pointer: "/value/word")) == true)
    }

    @Test func `what a stranger's words found is the stranger's choice`() async throws {
        let text = Self.text.replacing(
            "query: Crash at start,", with: #"query: "Crash at ${steps.load.rows[0].title}","#)
        let stage = try Stage(text, files: Self.files)
        let verdict = try await stage.play(Self.script)
        #expect(verdict.outcome == .denied)
        #expect(verdict.reason?.contains("issue.comment.id.from") == true)
    }

    @Test func `rows of a table carry what was written to it`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let verdict = try await stage.play(Self.script)
        let entry = try #require(
            try stage.entries(verdict.run, .observationRecorded).first { $0.step == "asked" })
        let label = try #require(entry.body["label"].flatMap(Label.init(fromJSON:)))
        #expect(label.integrity == .untrusted)
        #expect(label.sources.contains(Source(step: "store")))
    }

    @Test func `who may see a field is known behind the tables, and a wider audience is refused`() async throws {
        func reason(
            _ title: String, _ manifests: [String: (old: String, new: String)]
        ) async throws -> String? {
            let text = """
                workflow: readers
                inputs: { tickets: { type: file, default: tickets.jsonl } }
                tools: [file.read, table.write, sql.query, issue.create]
                policy:
                  tools:
                    file.read: { decision: allow }
                    table.write: { decision: allow }
                    sql.query: { decision: allow }
                    issue.create: { decision: allow, args: { title: { allow: untrusted } } }
                steps:
                  - id: load
                    call: file.read
                    with: { path: "${inputs.tickets}", as: jsonl }
                  - id: store
                    call: table.write
                    with: { table: seen, rows: "${steps.load.rows}" }
                  - id: asked
                    call: sql.query
                    with: { tables: [Seen], statement: SELECT title FROM seen }
                  - id: last
                    call: issue.create
                    with: { project: demo, title: "\(title)", body: b }
                """
            let verdict = try await Stage(text, files: Self.files, manifests: manifests).play()
            return verdict.outcome == .done ? nil : verdict.reason
        }
        let only = (old: "/rows: untrusted", new: "/rows: { integrity: untrusted, readers: [support] }")
        let narrow = (old: "content: [title, body] }", new: "content: [title, body], audience: [support] }")
        let title = "${steps.asked.rows[0].title}"
        #expect(try await reason(title, [:]) == nil)
        #expect(try await reason("t", ["file.read": only]) == nil)
        let refused = try await reason(title, ["file.read": only])
        #expect(refused?.contains("issue.create.title.readers") == true, "\(refused ?? "")")
        #expect(try await reason(title, ["file.read": only, "issue.create": narrow]) == nil)
    }

    @Test func `how much an answer can tell is recorded with it`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let verdict = try await stage.play(Self.script)
        let entry = try #require(
            try stage.entries(verdict.run, .stepFinished).first { $0.step == "each[0]/class" })
        #expect(entry.body["capacity"]?["/bad"] == 1)
        let word = try #require(entry.body["capacity"]?["/word"]?.doubleValue)
        #expect(word > 60 && word < 61)
        #expect(entry.body["capacity"]?[""]?.doubleValue ?? 0 > word)
    }

    /// Everything that is recorded about labels, by kind and place.
    private func recorded(_ journal: Journal, _ run: RunID) throws -> [String: JSONValue] {
        var labels: [String: JSONValue] = [:]
        for entry in try journal.entries(of: run) {
            for field in ["label", "labels", "fields"] {
                labels["\(entry.kind) \(entry.step) \(field)"] = entry.body[field]
            }
        }
        return labels
    }

    @Test func `labels after a resume are those before`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let whole = try await stage.play(Self.script)
        let expected = try recorded(stage.journal, whole.run)
        #expect(expected.keys.count { $0.hasSuffix("fields") } == 8)
        let entries = try stage.journal.entries(of: whole.run)
        for count in stride(from: 1, to: entries.count, by: 3) {
            let journal = try Journal(path: stage.folder.path("resumed/\(count)/journal.db"))
            let original = try stage.journal.run(whole.run)
            try journal.start(
                RunSeed(
                    id: whole.run, workflow: original.workflow, directory: stage.folder.path("resumed/\(count)/out"),
                    parameters: original.parameters))
            let drafts = entries.prefix(count).dropFirst().map {
                JournalEntryDraft($0.kind, step: $0.step, body: $0.body)
            }
            if !drafts.isEmpty { try journal.append(drafts, run: whole.run) }
            let verdict = try await Run.resume(
                journal.run(whole.run), configuration: stage.configuration(),
                services: stage.services(Self.script, journal: journal)
            ).execute()
            #expect(verdict.outcome == .done, "after \(count): \(verdict.reason ?? "")")
            let found = try recorded(journal, whole.run)
            for (place, label) in expected {
                #expect(found[place] == label, "after \(count) entries: \(place)")
            }
        }
    }

    @Test func `an entry from before fields had labels has one for all of them`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let whole = try await stage.play(Self.script)
        let journal = try Journal(path: stage.folder.path("old/journal.db"))
        let original = try stage.journal.run(whole.run)
        try journal.start(
            RunSeed(
                id: whole.run, workflow: original.workflow, directory: stage.folder.path("old/out"),
                parameters: original.parameters))
        let entries = try stage.journal.entries(of: whole.run).dropFirst()
            .prefix { $0.step != "note" }
        try journal.append(
            entries.map { entry in
                var body = entry.body.objectValue ?? JSONObject()
                if entry.kind == .observationRecorded { body.removeValue(forKey: "fields") }
                return JournalEntryDraft(entry.kind, step: entry.step, body: .object(body))
            }, run: whole.run)
        let verdict = try await Run.resume(
            journal.run(whole.run), configuration: stage.configuration(),
            services: stage.services(Self.script, journal: journal)
        ).execute()
        // The rows as a whole were never endorsed.
        #expect(verdict.outcome == .denied)
        #expect(verdict.reason?.contains("issue.comment.id.from") == true)
    }
}
