import Foundation
import Testing
import WorkflowFormat

/// `model: { first: ... }`, a step's `first` and `min_margin`: what loads, and what is refused where it stands.
@Suite struct CascadeFormatTests {
    static let text = """
        workflow: sure
        inputs:
          note: { type: string, trust: untrusted, default: It crashes. }
          kinds: { type: list, default: "bug, idea" }
        model: { use: default, first: qwen2.5-coder-0.5b, memory: 4GiB }
        tools: []
        policy: { tools: {} }
        steps:
          - id: class
            read: "${inputs.note}"
            instruction: What is it?
            min_margin: { /urgent: 0.2 }
            first: { below: { /kind: 0.8, /topic: 0.5 } }
            choices:
              /topic: { from: "${inputs.kinds}" }
            schema:
              type: object
              properties:
                kind: { enum: [bug, idea] }
                urgent: { type: boolean }
                topic: { type: string }
                parts: { type: array, items: { type: object, properties: { ok: { type: boolean } } } }
              required: [kind, urgent, topic]
              additionalProperties: false
        outputs:
          result: { json: { margin: "${steps.class.margin}" }, to: result.json }

        """

    private static func load(_ text: String) throws -> Workflow {
        let folder = try TemporaryFolder(["workflow.yaml": text])
        return try Workflow.load(path: folder.path, tools: [])
    }

    private static func read(_ workflow: Workflow) throws -> ReadStep {
        var found: ReadStep?
        if case .read(let read)? = workflow.steps.first?.kind { found = read }
        return try #require(found)
    }

    /// What is wrong, each with line and column.
    private static func errors(_ text: String) throws -> [String] {
        let folder = try TemporaryFolder(["workflow.yaml": text])
        do throws(WorkflowErrors) {
            _ = try Workflow.load(path: folder.path, tools: [])
            return []
        } catch {
            return error.errors.map { "\($0.position.line):\($0.position.column): \($0.problem)" }
        }
    }

    @Test func `both models, the memory and the limits are in place`() throws {
        let workflow = try Self.load(Self.text)
        #expect(workflow.model.first == "qwen2.5-coder-0.5b")
        #expect(workflow.model.memoryByteCount == 4 << 30)
        #expect(workflow.model.memoryText == "4GiB")
        let read = try Self.read(workflow)
        #expect(read.minMargin.map(\.pointer) == ["/urgent"])
        #expect(read.minMargin.map(\.threshold) == [0.2])
        #expect(read.firstBelow?.map(\.pointer) == ["/kind", "/topic"])
        #expect(read.firstBelow?.map(\.threshold) == [0.8, 0.5])
        let plain = try Self.load(
            Self.text.replacing(", first: qwen2.5-coder-0.5b, memory: 4GiB", with: "")
                .replacing("    first: { below: { /kind: 0.8, /topic: 0.5 } }\n", with: ""))
        #expect(plain.model.first == nil)
        #expect(plain.model.memoryByteCount == nil)
        #expect(try Self.read(plain).firstBelow == nil)
        #expect(try Self.read(plain) != read)
    }

    @Test func `a model alone may have a limit of memory too`() throws {
        let text = Self.text.replacing("first: qwen2.5-coder-0.5b, memory: 4GiB", with: "memory: 1500MiB")
            .replacing("    first: { below: { /kind: 0.8, /topic: 0.5 } }\n", with: "")
        #expect(try Self.load(text).model.memoryByteCount == 1500 << 20)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let errors: [String]

        var testDescription: String { new }

        init(_ old: String, _ new: String, _ errors: [String]) {
            self.old = old
            self.new = new
            self.errors = errors
        }
    }

    static let faults = [
        Fault(
            "first: qwen2.5-coder-0.5b, memory", "memory",
            ["13:5: the step asks a smaller model first, and `model` names none"]),
        Fault(
            "first: qwen2.5-coder-0.5b, memory: 4GiB", "first: qwen2.5-coder-0.5b",
            ["5:31: `first` needs `memory`: what both models may take together"]),
        Fault("memory: 4GiB", "memory: 4GB", ["5:59: `memory` is `4GB`, which is no amount of memory"]),
        Fault("memory: 4GiB", "memory: 0B", ["5:59: `memory` is `0B`, which is no amount of memory"]),
        Fault(
            "first: qwen2.5-coder-0.5b", "first: \"http://127.0.0.1:8080/v1#small\"",
            ["5:31: `first` is a server, which doesn't tell how sure it is"]),
        Fault(
            "first: qwen2.5-coder-0.5b", "first: \"scripted:small.jsonl\"",
            ["5:31: `first` is a script, which doesn't tell how sure it is"]),
        Fault(
            "first: qwen2.5-coder-0.5b", "first: default", ["5:31: `first` is the model that is used anyway"]),
        Fault(
            "    first: { below: { /kind: 0.8, /topic: 0.5 } }\n", "",
            ["5:31: no step asks the model that `first` names"]),
        Fault("first: { below: {", "first: { under: 1, below: {", ["13:14: unknown key `under` in `first`"]),
        Fault("first: { below: { /kind: 0.8, /topic: 0.5 } }", "first: {}", ["13:12: `first` has no `below`"]),
        Fault("{ below: { /kind: 0.8, /topic: 0.5 } }", "{ below: {} }", ["13:21: `below` is empty"]),
        Fault("/kind: 0.8", "/kind: 1.5", ["13:30: the threshold must be a number from 0.0 to 1.0"]),
        Fault("/kind: 0.8", "/kin: 0.8", ["13:23: the schema has no field `/kin`"]),
        Fault(
            "/kind: 0.8", "/parts/*/ok: 0.8",
            ["13:23: `below` names `/parts/*/ok`, whose options can't be weighed"]),
        Fault(
            "min_margin: { /urgent: 0.2 }", "min_margin: { /parts: 0.2 }",
            ["12:19: `min_margin` names `/parts`, whose options can't be weighed"]),
        Fault(
            "min_margin: { /urgent: 0.2 }", "min_margin: { /urgent: -0.1 }",
            ["12:28: the threshold must be a number from 0.0 to 1.0"]),
        Fault(
            "choices:\n      /topic: { from: \"${inputs.kinds}\" }\n    ", "",
            ["13:35: `below` names `/topic`, whose options can't be weighed"]),
    ]

    @Test(arguments: faults) func `what can't work is refused where it stands`(fault: Fault) throws {
        #expect(Self.text.components(separatedBy: fault.old).count == 2, "`\(fault.old)` occurs once")
        #expect(try Self.errors(Self.text.replacing(fault.old, with: fault.new)) == fault.errors)
    }

    @Test func `a margin is a field only of a step that limits it`() throws {
        let errors = try Self.errors(Self.text.replacing("    min_margin: { /urgent: 0.2 }\n", with: ""))
        #expect(errors.count == 1 && errors[0].contains("margin"), "\(errors)")
    }

    @Test func `shares are a field only of a step that asks for them, and that names fields to weigh`() throws {
        let reference = Self.text.replacing("steps.class.margin", with: "steps.class.shares")
        let errors = try Self.errors(reference)
        #expect(errors.count == 1 && errors[0].contains("shares"), "\(errors)")
        let asking = reference.replacing("    min_margin:", with: "    shares: true\n    min_margin:")
        #expect(try Self.load(asking).steps.count == 1)
        #expect(
            try Self.errors(asking.replacing("    min_margin: { /urgent: 0.2 }\n", with: ""))
                == ["12:5: `shares` needs an `enum` or a boolean under `min_confidence` or `min_margin`"])
        let open = "shares: true\n    min_confidence: { /topic: 0 }\n"
        #expect(
            try Self.errors(
                asking.replacing("shares: true\n    min_margin: { /urgent: 0.2 }\n", with: open)
                    .replacing("    choices:\n      /topic: { from: \"${inputs.kinds}\" }\n", with: "")
            ).contains { $0.contains("`shares` needs an `enum`") })
        #expect(try Self.errors(asking.replacing("shares: true", with: "shares: 1")).count == 2)
    }

    @Test func `only a reading asks a smaller model first`() throws {
        let gate = "  - id: gate\n    first: {}\n    approve: { summary: Go on? }\n"
        let text = Self.text.replacing("  - id: class\n", with: gate + "  - id: class\n")
        let errors = try Self.errors(text)
        #expect(errors.count == 1 && errors[0].contains("`first`"), "\(errors)")
    }
}
