import Databases
import Foundation
import JSONSchemas
import ModelRuntime
import Orchestration
import Planning
import PolicyEngine
import Redaction
import RunJournal
import SandboxExecution
import Synchronization
import TestSupport
import Testing
import WorkflowFormat

/// Nothing that a run reads, writes or is told leaves a secret on the disk.
@Suite struct RedactionRunTests {
    private static let text = """
        workflow: tickets
        description: Reads secrets in every way there is.
        inputs:
          rows: { type: file, default: rows.jsonl }
          large: { type: file, default: large.txt }
          note: { type: string, trust: untrusted, default: none }
        redact: [email, phone, ip, mac]
        tools: [file.read, table.write, sql.query, issue.create]
        policy:
          tools:
            file.read: { decision: allow }
            table.write: { decision: allow }
            sql.query: { decision: allow }
            issue.create: { decision: ask, max: 9, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: large
            call: file.read
            with: { path: "${inputs.large}" }
          - id: store
            call: table.write
            with: { table: rows, rows: "${steps.load.rows}", columns: [text, number] }
          - id: back
            call: sql.query
            with: { statement: "SELECT text, number FROM rows ORDER BY rowid", row_limit: 100000 }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            limit: 3
            steps:
              - id: class
                read: "${row.text}"
                instruction: What is in it?
                schema: { type: object, properties: { said: { type: string } }, required: [said], additionalProperties: false }
              - id: create
                call: issue.create
                with: { project: demo, title: "${steps.class.value.said}", body: "${row.text}" }
          - id: study
            agent:
              goal: File what is left.
              max_turns: 3
              data: ["${inputs.note}"]
              tools:
                - { tool: issue.create, name: file, with: { project: demo } }
              result: { type: object, properties: { done: { type: boolean } }, required: [done], additionalProperties: false }
        outputs:
          rows: { jsonl: "${steps.back.rows}", to: rows.jsonl }
          result: { json: { study: "${steps.study}", each: "${steps.each.items}", large: "${steps.large.text}" }, to: result.json }
        """

    /// 2,000 values of all classes, 500 of them known secrets in five encodings and 80 known numbers, and what is read with
    /// them in it.
    private struct Seeds {
        var values: [String] = []
        var texts: [String] = []
        var secrets: [String] = []
        var numbers: [Int] = []

        init() {
            var corpus = SecretCorpus(seed: 61)
            for index in 0..<100 {
                let secret =
                    corpus.generator.text(20, of: "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789+/%&")
                    + "%/"
                secrets.append(secret)
                let bytes = Array(secret.utf8)
                let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
                let shift = Array("xy".utf8.prefix(index % 3))
                let spellings = [
                    secret, hex, hex.uppercased(),
                    secret.addingPercentEncoding(withAllowedCharacters: unreserved) ?? secret,
                    SecretCorpus.base64(shift + bytes),
                ]
                for spelling in spellings {
                    // The first characters of a base64 text stand for the bytes before the secret too.
                    values.append(spelling == spellings[4] ? String(spelling.dropFirst(4).prefix(20)) : spelling)
                    texts.append("held \(spelling) there")
                }
            }
            while values.count < 1_920 {
                let sample = corpus.sample(SecretCorpus.Kind.allCases[values.count % SecretCorpus.Kind.allCases.count])
                values.append(sample.value)
                texts.append(sample.text)
            }
            for _ in 0..<80 {
                let digits = "88" + corpus.generator.text(8, of: "0123456789")
                secrets.append(digits)
                numbers.append(Int(digits) ?? 0)
                values.append(digits)
                texts.append("number \(digits) there")
            }
        }
    }

    /// What a run under `redactor` leaves: the places of the seeds by file, and what was told to whoever watches.
    private func leftovers(of seeds: Seeds, _ redactor: Redactor) async throws -> (
        files: [String: Set<Int>], log: Set<Int>
    ) {
        let rows = stride(from: 0, to: 1_600, by: 20).map { start -> String in
            let text = seeds.texts[start..<(start + 20)].joined(separator: "\n")
            return JSONValue.object(["text": .string(text), "number": .integer(seeds.numbers[start / 20])]).serialized()
        }
        let stage = try Stage(
            Self.text,
            files: [
                "rows.jsonl": rows.joined(separator: "\n"), "large.txt": seeds.texts[1_600...].joined(separator: "\n"),
            ])
        // Next to the stage's journal, which has no last look.
        let journal = try Journal(
            path: stage.folder.path("own/journal.db"), options: JournalOptions(redactor: redactor.floor))
        let log = Mutex("")
        var script: [(step: String, value: JSONValue)] = []
        for index in 0..<3 { script.append(("each[\(index)]/class", ["said": .string("a \(seeds.texts[index])")])) }
        script += [
            (
                "study#1",
                ["name": "file", "arguments": ["title": .string(seeds.texts[3]), "body": .string(seeds.texts[4])]]
            ),
            ("study#2", ["name": "finish", "arguments": ["done": true]]),
        ]
        let services = RunServices(
            journal: journal, model: ScriptedModel(script), inbox: Somebody(reason: "because of \(seeds.texts[5])"),
            tracker: stage.tracker, sandbox: SandboxExecutor(),
            stateDirectory: stage.folder.path("own"), redactor: redactor,
            report: { event in log.withLock { $0 += "\(event)\n" } })
        let run = try Run.start(
            stage.configuration(["note": "the note says \(seeds.texts[6])"]), services: services,
            currentDirectory: stage.folder.path)
        let verdict = try await run.execute()
        #expect(verdict.outcome == .done, "\(verdict)")
        for entry in try journal.entries(of: run.id) {
            #expect(entry.body["guarded"] == nil, "\(entry.step) \(entry.kind)")
        }
        if redactor.keyName != Redactor.disabled.keyName {
            // Played again by somebody who knows none of the secrets.
            let replay = try await stage.replay(
                run.id, as: journal.entries(of: run.id), in: journal,
                redactor: Redactor(RedactionConfiguration(key: [UInt8](repeating: 3, count: 32))))
            #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "\(replay)")")
        }
        let scan = ByteScan(seeds.values)
        return (
            try scan.found(below: stage.folder.path, leavingOut: ["workflow"]),
            log.withLock { scan.found(in: Array($0.utf8)) }
        )
    }

    @Test func `none of 2,000 seeded secrets is in any file that a run leaves`() async throws {
        let seeds = Seeds()
        try #require(Set(seeds.values).count == 2_000)
        let redactor = Redactor(
            RedactionConfiguration(
                key: [UInt8](repeating: 3, count: 32), secrets: seeds.secrets.compactMap(KnownSecret.init)))
        let found = try await leftovers(of: seeds, redactor)
        #expect(found.files.isEmpty, "\(found.files.map { ($0.key, $0.value.prefix(5).map { seeds.texts[$0] }) })")
        #expect(found.log.isEmpty, "\(found.log.prefix(5).map { seeds.texts[$0] })")

        // The same run with nothing replaced has all of them, and in every kind of file.
        let control = try await leftovers(of: seeds, .disabled)
        #expect(control.files.values.reduce(Set<Int>()) { $0.union($1) }.count == 2_000)
        for part in ["own/journal.db", "own/blobs/", "tables.sqlite", "out/rows.jsonl", "tracker.sqlite"] {
            #expect(control.files.keys.contains { $0.contains(part) }, "\(part): \(control.files.keys.sorted())")
        }
        #expect(!control.log.isEmpty)
    }

    private static let loud = """
        workflow: loud
        description: Runs a command that prints what it finds.
        inputs:
          folder: { type: folder, trust: trusted, default: machine }
          allow: { type: lines, trust: trusted, default: allow.txt }
        tools: [command.run]
        policy:
          tools:
            command.run: { decision: allow, args: { argv: { commands: "${inputs.allow}" }, workspace: { from: [inputs] } } }
        steps:
          - id: command
            call: command.run
            with: { argv: [sh, say.sh], workspace: "${inputs.folder}" }
        outputs:
          result: { json: { out: "${steps.command.stdout}", err: "${steps.command.stderr}" }, to: result.json }
        """

    /// What lies in the machine's folders for temporary files.
    private static func temporaryEntries() -> Set<String> {
        var entries: Set<String> = []
        for folder in [FileManager.default.temporaryDirectory.path, "/tmp", "/var/tmp", "/dev/shm"] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                entries.insert(folder + "/" + name)
            }
        }
        return entries
    }

    /// The regular files at and below a path that may be gone at any moment.
    private static func regularFiles(at path: String) -> [String] {
        let below = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
        return ([path] + below.map { path + "/" + $0 }).filter { file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            return attributes?[.type] as? FileAttributeType == .typeRegular
                && (attributes?[.size] as? NSNumber)?.intValue ?? 0 <= 1 << 24
        }
    }

    /// What a command that prints the seeds leaves: the places of the seeds by file.
    private func leftovers(
        ofCommandWith texts: ArraySlice<String>, _ redactor: Redactor
    ) async throws -> [String: Set<Int>] {
        let stage = try Stage(
            Self.loud,
            files: [
                "allow.txt": "sh\n", "machine/out.txt": texts.joined(separator: "\n"),
                "machine/err.txt": texts.reversed().joined(separator: "\n"),
                "machine/say.sh": "cat out.txt; cat err.txt >&2; cp out.txt /tmp/copy; cp out.txt made.txt",
            ])
        let journal = try Journal(
            path: stage.folder.path("own/journal.db"), options: JournalOptions(redactor: redactor.floor))
        let services = RunServices(
            journal: journal, model: nil, inbox: Nobody(), tracker: stage.tracker, sandbox: SandboxExecutor(),
            stateDirectory: stage.folder.path("own"), redactor: redactor, report: { _ in })
        let before = Self.temporaryEntries()
        let run = try Run.start(stage.configuration(), services: services, currentDirectory: stage.folder.path)
        let verdict = try await run.execute()
        #expect(verdict.outcome == .done, "\(verdict)")
        let result = try stage.output()
        for name in ["out", "err"] {
            let text = try #require(result[name]?.stringValue)
            #expect(text.contains(" bytes left out ...]"), "the middle has to be cut")
            #expect(text.contains("<SECRET:h:") == (redactor.keyName != Redactor.disabled.keyName))
        }
        #expect(try stage.folder.text(of: "workflow/machine/made.txt") == texts.joined(separator: "\n"))
        let scan = ByteScan(Array(Seeds().values[texts.indices]))
        var found = try scan.found(below: stage.folder.path, leavingOut: ["workflow"])
        for entry in Self.temporaryEntries().subtracting(before) where !stage.folder.path.hasPrefix(entry) {
            for file in Self.regularFiles(at: entry) {
                let places = scan.found(in: Array(FileManager.default.contents(atPath: file) ?? Data()))
                if !places.isEmpty { found[file] = places }
            }
        }
        return found
    }

    @Test func `what a command prints, the cut in it and its copies leave no secret`() async throws {
        let seeds = Seeds()
        let redactor = Redactor(
            RedactionConfiguration(
                key: [UInt8](repeating: 3, count: 32), secrets: seeds.secrets.compactMap(KnownSecret.init)))
        let texts = seeds.texts[0..<500]
        let found = try await leftovers(ofCommandWith: texts, redactor)
        #expect(found.isEmpty, "\(found.map { ($0.key, $0.value.prefix(5).map { seeds.texts[$0] }) })")
        // The control: what is kept of both outputs holds many of them.
        let control = try await leftovers(ofCommandWith: texts, .disabled)
        #expect(control.keys.contains { $0.contains("own/journal.db") }, "\(control.keys.sorted())")
        #expect(control.keys.contains("out/result.json"), "\(control.keys.sorted())")
        #expect(control.values.reduce(Set<Int>()) { $0.union($1) }.count > 100)
    }

    /// A redactor of one key for all.
    private static func redactor(_ secrets: [String: String]) -> Redactor {
        Redactor(
            RedactionConfiguration(
                key: [UInt8](repeating: 3, count: 32),
                secrets: secrets.sorted { $0.key < $1.key }.compactMap { KnownSecret($0.value, name: $0.key) }))
    }

    /// A run of `small` with another title, in a journal that takes a last look, with and without the secrets.
    private func played(title: String, secrets: [String: String]) async throws -> (
        summary: RunSummary, replay: RunReplay, without: RunReplay
    ) {
        let text = Self.small.replacing(#"title: "${inputs.note}""#, with: #"title: "\#(title)""#)
        try #require(text != Self.small)
        let stage = try Stage(text, files: Self.files)
        let redactor = Self.redactor(secrets)
        let journal = try Journal(
            path: stage.folder.path("own/journal.db"), options: JournalOptions(redactor: redactor.floor))
        let services = RunServices(
            journal: journal, model: nil, inbox: Somebody(), tracker: stage.tracker, sandbox: SandboxExecutor(),
            stateDirectory: stage.folder.path("own"), redactor: redactor, report: { _ in })
        let verdict = try await Run.start(
            stage.configuration(), services: services, currentDirectory: stage.folder.path
        ).execute()
        #expect(verdict.outcome == .done, "\(verdict)")
        let entries = try journal.entries(of: verdict.run)
        return (
            try journal.run(verdict.run),
            try await stage.replay(verdict.run, as: entries, in: journal, redactor: redactor),
            try await stage.replay(verdict.run, as: entries, in: journal, redactor: Self.redactor([:]))
        )
    }

    @Test func `a secret that is an ordinary word bends neither the record nor its replay`() async throws {
        let words = [
            "A": "outcome", "B": "effect", "C": "tracker", "D": "inputs", "E": "observation", "F": "parameters",
        ]
        let run = try await played(title: "a title", secrets: words)
        #expect(run.summary.state == .done)
        #expect(run.summary.exitCode == 0)
        #expect(run.replay.isIdentical, "\(run.replay.difference?.sentence ?? "\(run.replay)")")
        // With the variables not set any more it is the same, or what is missing is said.
        #expect(
            run.without.isIdentical || run.without.difference?.sentence.contains("is not set here") == true,
            "\(run.without.difference?.sentence ?? "\(run.without)")")
    }

    @Test func `a replay that lacks a secret of the workflow's own text says whose`() async throws {
        let run = try await played(
            title: "key Zq81-Lm90-Xy77", secrets: ["DEPLOY_TOKEN": "Zq81-Lm90-Xy77", "OTHER": "nowhere-at-all"])
        #expect(run.replay.isIdentical, "\(run.replay.difference?.sentence ?? "\(run.replay)")")
        let sentence = try #require(run.without.difference?.sentence)
        #expect(sentence.contains("<SECRET:h:"))
        #expect(
            sentence.hasSuffix(
                "The run replaced what `DEPLOY_TOKEN`, `OTHER` held; that is not set here, or is another value."))
    }

    private static let small = """
        workflow: small
        description: A question about what was read.
        inputs:
          rows: { type: file, default: rows.jsonl }
          note: { type: string, trust: untrusted, default: none }
        redact: [email]
        tools: [file.read, issue.create]
        policy:
          tools:
            file.read: { decision: allow }
            issue.create: { decision: ask, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: create
            call: issue.create
            with: { project: demo, title: "${inputs.note}", body: "${steps.load.rows[0].text}" }
        outputs:
          result: { json: { row: "${steps.load.rows[0]}", made: "${steps.create}" }, to: result.json }
        """
    private static let files = [
        "rows.jsonl": #"{"text": "from a.user@example.org", "a.user@example.org": 4111111111111111}"#
    ]

    @Test func `a run that was left and resumed works with the same texts as one that wasn't`() async throws {
        let redactor = Redactor(RedactionConfiguration(key: [UInt8](repeating: 3, count: 32)))
        var outputs: [String] = []
        for isParked in [false, true] {
            let stage = try Stage(Self.small, files: Self.files)
            let services = { (inbox: any ApprovalInbox) in
                RunServices(
                    journal: stage.journal, model: nil, inbox: inbox, tracker: stage.tracker,
                    sandbox: SandboxExecutor(),
                    stateDirectory: stage.folder.path("state"), redactor: redactor, report: { _ in })
            }
            let inputs = ["note": "b.user@example.org wrote"]
            let run = try Run.start(
                stage.configuration(inputs), services: services(isParked ? Nobody() : Somebody()),
                currentDirectory: stage.folder.path)
            var verdict = try await run.execute()
            if isParked {
                try #require(verdict.outcome == .parked)
                let summary = try stage.journal.run(run.id)
                // What `warrant resume` knows of the inputs is what was recorded.
                var recorded: [String: String] = [:]
                for (name, value) in summary.parameters["inputs"]?.objectValue ?? JSONObject() {
                    recorded[name] = value.stringValue
                }
                #expect(recorded["note"]?.hasPrefix("<EMAIL:h:") == true)
                verdict = try await Run.resume(
                    summary, configuration: stage.configuration(recorded), services: services(Somebody())
                ).execute()
            }
            #expect(verdict.outcome == .done, "\(verdict)")
            outputs.append(try stage.folder.text(of: "out/result.json"))
            // The key is not needed: whatever came in was replaced before it was recorded.
            let replay = try await stage.replay(
                run.id, as: stage.journal.entries(of: run.id), redactor: .unjoinable())
            #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "\(replay)")")
            let observed = try stage.entries(run.id, .observationRecorded)
            #expect(observed.first?.body["redacted"] == ["CARD": 1, "EMAIL": 2])
            let parameters = try stage.journal.run(run.id).parameters["redaction"]
            #expect(parameters?["classes"] == ["EMAIL"])
            #expect(parameters?["redacted"] == ["EMAIL": 1])
            #expect(parameters?["key"]?.stringValue == redactor.keyName)
            let proposed = try stage.entries(run.id, .callProposed).filter { $0.step == "create" }
            #expect(proposed.count == 1, "a resumed run proposes the same call, which is not recorded again")
        }
        #expect(outputs[0] == outputs[1])
        #expect(!outputs[0].contains("user@example.org"))
        #expect(outputs[0].contains("<EMAIL:h:"))
    }

    @Test func `what a person types is replaced before it is recorded or used`() async throws {
        let stage = try Stage(Self.small, files: Self.files)
        let parked = try await stage.play()
        try #require(parked.outcome == .parked)
        let parameters = try stage.journal.run(parked.run).parameters
        let redactor = Redactor(RedactionConfiguration(key: [UInt8](repeating: 3, count: 32)))
            .requesting(recordedIn: parameters)
        let question = try #require(try stage.journal.pendingApprovals(run: parked.run).first)
        let typed = Approval(
            digest: question.digest, decision: .approved, person: "tester@example.org",
            reason: "ask c.user@example.org",
            editedArguments: ["project": "demo", "title": "t", "body": "to d.user@example.org"], at: "2026-01-01")
        let redacted = typed.redacted(by: redactor)
        #expect(redacted.person == "tester@example.org")
        #expect(redacted.reason?.hasPrefix("ask <EMAIL:h:") == true)
        let body = typed.record(redactedBy: redactor)
        #expect(body["redacted"] == ["EMAIL": 2])
        #expect(Approval(fromJSON: body) == redacted)
        try stage.journal.append(.approvalRecorded, run: parked.run, step: question.step, body: body)
        let verdict = try await stage.resume(parked.run)
        #expect(verdict.outcome == .done, "\(verdict)")
        let filed = try #require(try stage.tracker.list(project: "demo", limit: 5).first)
        #expect(filed.body.hasPrefix("to <EMAIL:h:"))
        #expect(!filed.body.contains("d.user@"))
    }

    @Test(arguments: [
        ("rows", "/tmp/AKIAABCDEFGHIJKLMNOP/rows.jsonl"), ("rows", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
    ])
    func `a place that has a secret in it is refused, since the record would name another one`(
        input: String, value: String
    ) throws {
        let stage = try Stage(Self.small, files: Self.files)
        #expect {
            _ = try Run.start(
                stage.configuration([input: value]), services: stage.services([]), currentDirectory: stage.folder.path)
        } throws: { error in
            let sentence = "\(error)"
            return sentence.hasPrefix("Can't use input `\(input)`: it has a value of class `SERVICE_KEY` in it")
                && !sentence.contains(value)
        }
        #expect(try stage.journal.runs().isEmpty)
    }

    @Test func `what the author of a workflow wrote stays where it is no secret`() async throws {
        let literal = Self.small.replacing(
            #"title: "${inputs.note}""#, with: #"title: "to help@example.org, key AKIAABCDEFGHIJKLMNOP""#)
        try #require(literal != Self.small)
        let stage = try Stage(literal, files: Self.files)
        let verdict = try await stage.play(inbox: Somebody())
        #expect(verdict.outcome == .done, "\(verdict)")
        let filed = try #require(try stage.tracker.list(project: "demo", limit: 5).first)
        #expect(filed.title.hasPrefix("to help@example.org, key <SERVICE_KEY:h:"))
    }

    @Test func `a failed tool's sentence and the verdict's reason are redacted`() async throws {
        let stage = try Stage(
            Self.small.replacing(#"path: "${inputs.rows}", as: jsonl"#, with: #"path: "x.user@example.org.jsonl""#),
            files: Self.files)
        let verdict = try await stage.play()
        #expect(verdict.outcome == .badData)
        #expect(verdict.reason?.contains("<EMAIL:h:") == true, "\(verdict)")
        #expect(verdict.reason?.contains("x.user@") == false)
    }
}
