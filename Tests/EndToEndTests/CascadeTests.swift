import Foundation
import JSONSchemas
import TestSupport
import Testing

extension Weights {
    /// The larger weights of the catalog.
    static let largeName = "qwen2.5-coder-1.5b"

    static var areBothThere: Bool {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
        return areThere
            && FileManager.default.fileExists(
                atPath: cache + "/warrant/models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf")
    }
}

// One after the other with its tests: weights take both cores.
extension RealModelTests {
    /// A smaller model first and a larger one behind it, in the built executable with real weights.
    @Suite(
        .timeLimit(.minutes(20)),
        .enabled(if: Weights.areBothThere, "The larger weights are missing: run `warrant model fetch default`."))
    struct CascadeTests {
        private let command: Command

        init() throws {
            command = try Command()
        }

        /// The steps' limits: from which confidence on the smaller model's answer counts.
        private static let limits: [(String, Double)] = [("never", 0), ("some", 0.9), ("always", 1)]

        /// The same question with each of the limits.
        private static var steps: String {
            limits.map { name, limit in
                """
                      - id: \(name)
                        read: "${note.text}"
                        instruction: Say what kind of note this is.
                        max_tokens: 30
                        first: { below: { /kind: \(limit) } }
                        schema: { type: object, properties: { kind: { enum: [bug, praise, question] } }, required: [kind], additionalProperties: false }
                """
            }.joined(separator: "\n")
        }

        private static func workflow(
            parallel: Int = 1, model: String = "first: qwen2.5-coder-0.5b, memory: 4GiB"
        ) -> String {
            """
            workflow: cascade
            description: Sorts notes.
            inputs: { notes: { type: file, default: notes.jsonl } }
            model: { context: 1024, \(model) }
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
            \(steps)
            outputs:
              result: { json: { items: "${steps.each.items}" }, to: result.json }

            """
        }

        private static let notes = [
            "The program crashes at once when I press the key.", "I love the new colors, but how do I share a list?",
        ]

        private func write(_ text: String, _ name: String = "cascade") throws -> String {
            let lines = Self.notes.map { JSONValue.object(["text": .string($0)]).serialized(.compact) + "\n" }
            try command.folder.write(lines.joined(), to: "\(name)/notes.jsonl")
            return try command.folder.write(text, to: "\(name)/workflow.yaml")
        }

        private func entries(_ run: String) throws -> [JSONValue] {
            try command.run(["show", run, "--json"]).output.split(separator: "\n")
                .map { try JSONValue(parsing: Array($0.utf8)) }
        }

        private func answers(_ run: String) throws -> [JSONValue] {
            try entries(run).filter { $0["kind"] == "stepFinished" && $0["body"]?["written"] != nil }
        }

        private func confidence(_ said: JSONValue?) -> Double? { said?["confidence"]?["/kind"]?.doubleValue }

        @Test func `the smaller model answers what it is sure of, and the larger one the rest`() throws {
            let path = try write(Self.workflow())
            let done = try command.verdict(["run", path, "--output", command.folder.path("out")], exit: 0)
            let run = try #require(done.verdict?["run"]?.stringValue)
            let answers = try answers(run)
            #expect(answers.count == 3 * Self.notes.count)
            var models: Set<String> = []
            for entry in answers {
                let step = entry["step"]?.stringValue ?? ""
                let limit = try #require(Self.limits.first { step.hasSuffix($0.0) }).1
                let body = try #require(entry["body"])
                let model = try #require(body["answered_by"]?["model"]?.stringValue)
                models.insert(model)
                let first = body["first"]
                let sure = try #require(confidence(first ?? body["result"]), "\(body)")
                // Who answered follows from how sure the smaller model was, and from nothing else.
                #expect((sure < limit) == (model == Weights.largeName), "\(step) \(sure) \(model)")
                #expect((first != nil) == (model == Weights.largeName))
                guard let first else { continue }
                #expect(first["model"]?.stringValue == Weights.name)
                #expect(first["unsure"] == ["/kind"])
                // The three steps ask the same, so that only the first of them pays for it.
                for usage in [first["usage"], body["usage"]] {
                    #expect((usage?["evaluated"]?.intValue ?? 0) > 0 || usage?["remembered"] == 1)
                }
            }
            #expect(models.contains(Weights.name))
            let shown = try entries(run)
            #expect(shown.first?["model"]?.stringValue == Weights.largeName)
            #expect(shown.first?["first_model"]?.stringValue == Weights.name)
            #expect(try command.run(["replay", run]).status == 0)
            // What was asked once is known, of both.
            let again = try command.verdict(["run", path, "--output", command.folder.path("again")], exit: 0)
            let remembered = try self.answers(try #require(again.verdict?["run"]?.stringValue))
            for entry in remembered {
                #expect(entry["body"]?["usage"]?["remembered"] == 1)
                guard let first = entry["body"]?["first"] else { continue }
                #expect(first["usage"]?["remembered"] == 1)
            }
        }

        @Test func `deterministic runs agree to the last bit, whatever N is`() throws {
            let bodies = try [1, 4].map { parallel -> [[JSONValue?]] in
                let path = try write(Self.workflow(parallel: parallel), "cascade\(parallel)")
                let done = try command.verdict(
                    ["run", path, "--deterministic", "--fresh", "--output", command.folder.path("out\(parallel)")],
                    exit: 0)
                let run = try #require(done.verdict?["run"]?.stringValue)
                #expect(try command.run(["replay", run]).status == 0)
                return try answers(run).map { entry -> [JSONValue?] in
                    ["result", "written", "shares", "answered_by"].map { entry["body"]?[$0] }
                        + ["written", "confidence", "shares"].map { entry["body"]?["first"]?[$0] }
                }
            }
            #expect(bodies[0].count == 3 * Self.notes.count)
            #expect(bodies[0] == bodies[1])
        }

        @Test func `a model on the command line is asked alone, and that is said`() throws {
            let path = try write(Self.workflow())
            let done = try command.verdict(
                ["run", path, "--model", Weights.name, "--output", command.folder.path("out")], exit: 0)
            #expect((done.output + done.errors).contains("is not asked first: `--model` names"), "\(done.errors)")
            let run = try #require(done.verdict?["run"]?.stringValue)
            for entry in try answers(run) {
                #expect(entry["body"]?["answered_by"] == nil)
                #expect(entry["body"]?["first"] == nil)
            }
        }

        @Test func `models that don't fit into the memory are refused before anything is loaded`() throws {
            let path = try write(Self.workflow(model: "first: qwen2.5-coder-0.5b, memory: 1GiB"))
            let refused = try command.run(["run", path, "--output", command.folder.path("out")])
            #expect(refused.status == 78, "\(refused.errors)")
            #expect(refused.errors.contains("`memory` allows 1024 MiB"), "\(refused.errors)")
            #expect(refused.errors.contains("`qwen2.5-coder-0.5b` 469 MiB"), "\(refused.errors)")
            #expect(!FileManager.default.fileExists(atPath: command.folder.path("out")))
            // A check loads nothing, and says the same.
            let checked = try command.run(["check", path])
            #expect(checked.status == 65 && checked.errors.contains("`memory` allows 1024 MiB"), "\(checked.errors)")
            let enough = try command.run(["check", write(Self.workflow())])
            #expect(enough.status == 0, "\(enough.errors)")
            #expect(enough.output.contains("asks qwen2.5-coder-0.5b first, both within 4GiB"), "\(enough.output)")
        }

        @Test func `a calibration that is of no use is told once, and for each model with how to make it`() throws {
            let path = try write(Self.workflow())
            try command.folder.write("{\"text\": \"It crashes.\"}\n", to: "cascade/notes.jsonl")
            func told(_ calibration: String, _ output: String) throws -> [String] {
                try command.folder.write(calibration, to: "cascade/calibration.json")
                let done = try command.run(["run", path, "--output", command.folder.path(output)])
                #expect(done.status == 0, "\(done.errors)")
                return done.errors.split(separator: "\n").map(String.init).filter { $0.contains("calibration") }
            }
            let broken = try told("{}", "broken")
            #expect(broken.count == 1 && broken[0].contains("It is ignored."), "\(broken)")
            let other = try told(
                #"{"fields": [{"weights": "w", "step": "each/some", "field": "/kind", "prompt": "p", "options": ["bug"], "#
                    + #""temperature": 2, "n": 30, "suite": "s"}]}"#, "other")
            #expect(other.count == 2, "\(other)")
            for name in ["default", Weights.name] {
                #expect(other.contains { $0.contains("`warrant eval --calibrate SUITE --model \(name)` adds it") })
            }
        }

        @Test func `one model under two names is refused`() throws {
            let path = try write(Self.workflow(model: "first: qwen2.5-coder-1.5b, memory: 4GiB"))
            for arguments in [["run", path, "--output", command.folder.path("out")], ["check", path]] {
                let refused = try command.run(arguments)
                #expect(refused.status == 65, "\(refused.errors)")
                #expect(refused.errors.contains("is the same model"), "\(refused.errors)")
            }
        }
    }
}
