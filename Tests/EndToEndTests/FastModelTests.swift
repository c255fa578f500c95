import Foundation
import JSONSchemas
import TestSupport
import Testing

// One after the other with its tests: weights take both cores, and each test holds a thread while it waits.
extension RealModelTests {
    /// What spares evaluations, in the built executable with real weights.
    @Suite(.timeLimit(.minutes(20)))
    struct FastModelTests {
        private let command: Command
        /// A cache of its own with the weights of everybody.
        private let environment: [String: String]

        init() throws {
            command = try Command()
            let surroundings = ProcessInfo.processInfo.environment
            let cache = surroundings["XDG_CACHE_HOME"] ?? (surroundings["HOME"] ?? "") + "/.cache"
            try command.folder.makeFolder("cache/warrant")
            try FileManager.default.createSymbolicLink(
                atPath: command.folder.path("cache/warrant/models"), withDestinationPath: cache + "/warrant/models")
            environment = ["XDG_CACHE_HOME": command.folder.path("cache")]
        }

        private static func workflow(parallel: Int) -> String {
            """
            workflow: notes
            description: Sorts notes.
            inputs: { notes: { type: file, default: notes.jsonl } }
            model: { context: 4096 }
            tools: [file.read]
            policy: { tools: { file.read: { decision: allow } } }
            steps:
              - id: load
                call: file.read
                with: { path: "${inputs.notes}", as: jsonl }
              - id: each
                for_each: "${steps.load.rows}"
                as: note
                parallel: \(parallel)
                steps:
                  - id: class
                    read: "${note.text}"
                    instruction: >-
                      Somebody wrote this note to the makers of a small program for shopping lists. Say what kind of note it is,
                      whether its writer sounds angry, and which part of the program it is about, in one or two words.
                    max_tokens: 60
                    min_confidence: { /kind: 0, /angry: 0 }
                    schema:
                      type: object
                      properties: { kind: { enum: [bug, praise, question] }, angry: { type: boolean }, part: { type: string, maxLength: 20 } }
                      required: [kind, angry, part]
                      additionalProperties: false
            outputs:
              result: { json: { items: "${steps.each.items}" }, to: result.json }

            """
        }

        private static let notes = [
            "The program crashes at once when I press the key.", "I love the new colors of the lists.",
            "How do I share a list with my sister?", "Syncing is broken AGAIN, this is the third time!",
        ]

        /// Runs the notes and returns the rows, the run and what was said on standard error.
        private func run(
            parallel: Int, _ more: [String] = []
        ) throws -> (items: [JSONValue], run: String, errors: String) {
            let path = try command.folder.write(Self.workflow(parallel: parallel), to: "notes\(parallel)/workflow.yaml")
            let lines = Self.notes.map { JSONValue.object(["text": .string($0)]).serialized(.compact) + "\n" }
            try command.folder.write(lines.joined(), to: "notes\(parallel)/notes.jsonl")
            let done = try command.verdict(
                ["run", path, "--model", Weights.name, "--fresh", "--output", command.folder.path("out")] + more,
                exit: 0,
                environment: environment)
            let result = try JSONValue(parsing: command.folder.text(of: "out/result.json"))
            return (
                result["items"]?.arrayValue ?? [], done.verdict?["run"]?.stringValue ?? "", done.output + done.errors
            )
        }

        private func entries(_ run: String, _ kind: String) throws -> [JSONValue] {
            try command.run(["show", run, "--json"]).output.split(separator: "\n")
                .map { try JSONValue(parsing: Array($0.utf8)) }
                .filter { $0["kind"] == .string(kind) && $0["step"]?.stringValue?.hasPrefix("each[") == true }
        }

        private func classes(_ items: [JSONValue]) -> [JSONValue?] { items.map { $0["class"]?["value"] } }

        @Test func `items are read together as they are read one by one`() throws {
            let together = try run(parallel: 4)
            let alone = try run(parallel: 1)
            #expect(together.items.count == Self.notes.count)
            let pairs = zip(classes(together.items), classes(alone.items))
            // Rounding may decide between near-equal tokens, so not all need be the same.
            #expect(pairs.count { $0?["kind"] == $1?["kind"] } >= Self.notes.count - 1)
            for run in [together.run, alone.run] {
                let finished = try entries(run, "stepFinished")
                #expect(finished.map { $0["step"] } == Self.notes.indices.map { .string("each[\($0)]/class") })
                for entry in finished {
                    let shares = try #require(entry["body"]?["shares"]?["/kind"])
                    let sum = (shares["shares"]?.arrayValue ?? []).compactMap(\.doubleValue).reduce(0, +)
                    #expect(abs(sum - 1) < 1e-6)
                }
                #expect(try command.run(["replay", run]).status == 0)
            }
        }

        @Test func `deterministic runs agree to the last bit, whatever N is`() throws {
            let first = try run(parallel: 1, ["--deterministic"])
            let second = try run(parallel: 4, ["--deterministic"])
            #expect(first.items.count == Self.notes.count)
            let bodies = try [first.run, second.run].map { run in
                try entries(run, "stepFinished").map { entry in
                    [entry["body"]?["result"], entry["body"]?["shares"], entry["body"]?["written"]]
                }
            }
            #expect(bodies[0].count == Self.notes.count)
            #expect(bodies[0] == bodies[1])
            let started = try command.run(["show", first.run, "--json"]).output
            #expect(started.contains(#""deterministic":true"#))
            #expect(try command.run(["replay", second.run]).status == 0)
        }

        private static let gated = """
            workflow: gated
            description: Reads, asks, and reads again.
            inputs: { note: { type: string, trust: untrusted, default: The program crashes at once. } }
            model: { context: 1024 }
            tools: []
            policy: { tools: {} }
            steps:
              - id: class
                read: "${inputs.note}"
                instruction: Is this a bug report or praise?
                max_tokens: 40
                schema: { type: object, properties: { kind: { enum: [bug, praise] } }, required: [kind], additionalProperties: false }
              - { id: gate, approve: { summary: go on? } }
              - id: again
                read: "${inputs.note}"
                instruction: Is this a question or a complaint?
                max_tokens: 40
                schema: { type: object, properties: { kind: { enum: [bug, praise] } }, required: [kind], additionalProperties: false }
            outputs:
              result: { json: { kind: "${steps.again.value.kind}" }, to: result.json }

            """

        @Test(arguments: [true, false])
        func `a deterministic run goes on so, and says it where it can't`(isDeterministic: Bool) throws {
            let path = try command.folder.write(Self.gated, to: "gated/workflow.yaml")
            func parked() throws -> String {
                let more = isDeterministic ? ["--deterministic"] : []
                let left = try command.verdict(
                    ["run", path, "--model", Weights.name, "--fresh", "--unattended"] + more, exit: 2,
                    environment: environment)
                let run = try #require(left.verdict?["run"]?.stringValue)
                #expect(try command.run(["approve", run, "all"]).status == 0)
                return run
            }
            let run = try parked()
            try command.verdict(["resume", run, "--fresh"], exit: 0, environment: environment)
            let resumed = try command.run(["show", run, "--json"]).output.split(separator: "\n")
                .map { try JSONValue(parsing: Array($0.utf8)) }.last { $0["kind"] == "runResumed" }
            #expect((resumed?["body"]?["weights"]?["deterministic"] == true) == isDeterministic)
            #expect(try command.run(["replay", run]).status == 0)
            let stub = try ChatStub(ChatStub.text(#"{"kind": "bug"}"#))
            let other = try command.verdict(
                ["resume", try parked(), "--fresh", "--model", stub.address], exit: 0, environment: environment)
            #expect((other.output + other.errors).contains("which no server can promise") == isDeterministic)
        }

        @Test func `a server can't be asked for runs that agree in every bit`() throws {
            let path = try command.folder.write(Workflows.asking, to: "asking/workflow.yaml")
            let stub = try ChatStub(ChatStub.text(#"{"kind": "bug"}"#))
            let arguments = ["run", path, "--model", stub.address, "--output", command.folder.path("out")]
            #expect(try command.run(arguments).status == 0)
            let refused = try command.run(arguments + ["--deterministic"])
            #expect(refused.status == 78, "\(refused.errors)")
            #expect(refused.errors.contains("nobody can promise"), "\(refused.errors)")
            #expect(stub.requests.count == 1)
        }

        @Test func `a second run takes the fixed start of its prompts from the disk`() throws {
            func firstUsage(_ run: String) throws -> (evaluated: Int, reused: Int) {
                let usage = try entries(run, "stepFinished").first?["body"]?["usage"]
                return (usage?["evaluated"]?.intValue ?? -1, usage?["reused"]?.intValue ?? -1)
            }
            let cold = try firstUsage(try run(parallel: 1).run)
            let folder = command.folder.path("cache/warrant/prefixes")
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
            let warm = try firstUsage(try run(parallel: 1).run)
            // What is scored behind the answer finds its prompt resident in both.
            #expect(warm.reused - cold.reused >= 64, "\(cold) \(warm)")
            #expect(warm.evaluated + warm.reused == cold.evaluated + cold.reused)
            // One that was tampered with is told about and made anew.
            let path = URL(filePath: folder + "/" + name)
            var bytes = try Data(contentsOf: path)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: path)
            let spoiled = try run(parallel: 1)
            #expect(try firstUsage(spoiled.run).reused == cold.reused)
            #expect(spoiled.errors.contains("Can't use the kept start of a prompt"), "\(spoiled.errors)")
            let again = try run(parallel: 1)
            #expect(try firstUsage(again.run).reused == warm.reused)
            #expect(!again.errors.contains("Can't use"), "\(again.errors)")
        }
    }
}
