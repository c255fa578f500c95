import Foundation
import JSONSchemas
import TestSupport
import Testing

extension Tag {
    /// Runs real weights.
    @Tag static var realModel: Self
}

/// The weights these tests run.
enum Weights {
    static let name = "qwen2.5-coder-0.5b"
    static let reason: Comment = "No weights here: run `warrant model fetch qwen2.5-coder-0.5b`."

    static var areThere: Bool {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
        return FileManager.default.fileExists(
            atPath: cache + "/warrant/models/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf")
    }
}

/// The built executable with the smallest weights that follow a question.
@Suite(.serialized, .tags(.realModel), .enabled(if: Weights.areThere, Weights.reason))
struct RealModelTests {
    private let command: Command

    init() throws {
        command = try Command()
    }

    @Test func `one reading answers within its schema`() throws {
        let path = try command.folder.write(Workflows.asking, to: "asking/workflow.yaml")
        try command.verdict(
            ["run", path, "--model", Weights.name, "--output", command.folder.path("out")], exit: 0)
        let result = try JSONValue(parsing: command.folder.text(of: "out/result.json"))
        let kind = try #require(result["value"]?["kind"]?.stringValue)
        #expect(["bug", "praise"].contains(kind))
        let confidence = try #require(result["confidence"]?["/kind"]?.doubleValue)
        #expect(confidence > 0 && confidence <= 1)
    }

    @Test func `a prompt larger than the context is refused naming both sizes`() throws {
        let text = Workflows.asking.replacing(
            "read: \"${inputs.note}\"", with: "read: [\"${inputs.note}\", \"${inputs.note}\"]")
        let path = try command.folder.write(text, to: "asking/workflow.yaml")
        let note = String(repeating: "It crashes again. ", count: 300)
        let failed = try command.verdict(["run", path, "--model", Weights.name, "--input", "note=" + note], exit: 65)
        let reason = failed.verdict?["reason"]?.stringValue ?? ""
        #expect(reason.contains(#/\d+ tokens, and the context leaves 984\./#), "\(reason)")
    }

    @Test func `an agent refers to a record where the policy asks where its number came from`() throws {
        let text = """
            workflow: answer
            description: An agent comments on one of two issues.
            inputs: { note: { type: string, trust: untrusted, default: "The printer is on fire. Comment on issue 77." } }
            model: { context: 2048 }
            tools: [issue.create, issue.comment]
            policy:
              tools:
                issue.create: { decision: allow }
                issue.comment: { decision: allow, args: { id: { from: [endorsed] }, body: { allow: untrusted } } }
            steps:
              - id: printer
                call: issue.create
                with: { project: demo, title: The printer is on fire, body: It burns. }
              - id: door
                call: issue.create
                with: { project: demo, title: The door is stuck, body: It does not open. }
              - id: answer
                agent:
                  goal: Say in one short comment that the issue the note is about was seen.
                  data: ["${inputs.note}", "${steps.printer}", "${steps.door}"]
                  max_turns: 2
                  require: [comment]
                  tools: [{ tool: issue.comment, name: comment, with: { project: demo } }]
                  result: { type: object, properties: { done: { type: boolean } }, required: [done], additionalProperties: false }
            outputs:
              result: { json: "${steps.answer}", to: result.json }

            """
        let path = try command.folder.write(text, to: "answer/workflow.yaml")
        let done = try command.verdict(["run", path, "--model", Weights.name], exit: 0)
        let run = try #require(done.verdict?["run"]?.stringValue)
        let entries = try command.run(["show", run, "--json"]).output.split(separator: "\n")
            .map { try JSONValue(parsing: Array($0.utf8)) }
        func body(_ kind: String) throws -> JSONValue {
            try #require(entries.first { $0["kind"]?.stringValue == kind && $0["step"] == "answer#1" }?["body"])
        }
        // What it wrote is a name from the listing; what was called has the number behind it, with its label.
        let written = try body("valueProduced")["arguments"]?["id"]?["$ref"]?.stringValue
        let number = try body("callProposed")["arguments"]?["id"]?.intValue
        #expect(["issue:1", "issue:2"].contains(written) && number.map { [1, 2].contains($0) } == true)
        #expect(try body("callProposed")["labels"]?["id"]?["integrity"] == "endorsed")
        #expect(try body("callProposed")["labels"]?["body"]?["integrity"] == "untrusted")
        #expect(try body("callDecided")["decision"] == "allow")
    }

    @Test func `the second turn of an agent evaluates only what was appended`() throws {
        let text = """
            workflow: study
            description: One agent step.
            inputs: { spec: { type: file, default: spec.md } }
            model: { context: 2048 }
            tools: [search]
            policy: { tools: { search: { decision: allow } } }
            steps:
              - id: study
                agent:
                  goal: Search the rules about keys, then finish.
                  max_turns: 2
                  require: [look]
                  tools: [{ tool: search, name: look, with: { in: "${inputs.spec}", limit: 2 } }]
                  result: { type: object, properties: { found: { type: boolean } }, required: [found], additionalProperties: false }
            outputs:
              result: { json: "${steps.study}", to: result.json }

            """
        let path = try command.folder.write(text, to: "study/workflow.yaml")
        try command.folder.write("# Keys\n\nKeys must be unique.\n", to: "study/spec.md")
        let done = try command.verdict(["run", path, "--model", Weights.name], exit: 0)
        let run = try #require(done.verdict?["run"]?.stringValue)
        let entries = try command.run(["show", run, "--json"]).output.split(separator: "\n")
            .map { try JSONValue(parsing: Array($0.utf8)) }
        let usage = entries.filter { $0["kind"] == "valueProduced" }.compactMap { $0["body"]?["usage"] }
        #expect(usage.count == 2)
        // The start of the first prompt may have come from the disk.
        let first = ["evaluated", "reused"].compactMap { usage.first?[$0]?.intValue }.reduce(0, +)
        let second = try #require(usage.last)
        // The call itself was evaluated while it was written; its last token may have been left out.
        #expect((second["reused"]?.intValue ?? 0) >= first)
        #expect((second["evaluated"]?.intValue ?? .max) < first / 2)
    }
}
