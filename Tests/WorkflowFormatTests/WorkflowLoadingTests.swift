import Foundation
import JSONSchemas
import Testing
import WorkflowFormat

@Suite struct WorkflowLoadingTests {
    @Test func `a workflow that uses everything loads with every value in place`() throws {
        let workflow = try SampleWorkflow.load()
        #expect(workflow.name == "complaints")
        #expect(workflow.description == "Answer complaints.")
        #expect(workflow.file.hasSuffix("/workflow.yaml"))
        #expect(workflow.sourceText == SampleWorkflow.text)
        #expect(workflow.model == ModelSettings(use: "default", temperature: 0.5, seed: 11, context: 4096))
        #expect(workflow.budget == Budget(steps: 20, tokens: 9000, wall: .seconds(5400), approvals: 3))
        #expect(workflow.tools == ["store.load", "mail.send"])
        #expect(workflow.steps.map(\.id) == ["load", "handle", "lines", "gate", "summary"])
        #expect(
            workflow.outputs.map(\.to) == [
                "report.md", "out/data.json", "table.csv", "junit.xml", "plain.txt",
            ])
    }

    @Test func `inputs have the trust of their type unless they say otherwise`() throws {
        let inputs = try SampleWorkflow.load().inputs
        #expect(inputs.map(\.name) == ["orders", "shop", "note", "checker"])
        #expect(inputs.map(\.trust) == [.untrusted, .trusted, .untrusted, .trusted])
        #expect(inputs.map(\.required) == [false, false, false, false])
        #expect(inputs[2].defaultValue == "")
        #expect(inputs[2].sampleOf == "orders")
        #expect(inputs[0].media == "application/jsonl")
        #expect(inputs[1].position.line == 5)
        #expect(inputs[1].position.column == 3)
    }

    @Test func `an input without default is required`() throws {
        let workflow = try SampleWorkflow.load(replacing: ", default: sample/orders.jsonl", with: "")
        #expect(workflow.inputs[0].required)
    }

    @Test func `the policy's rules keep their predicates and tests`() throws {
        let rules = try SampleWorkflow.load().policy.tools
        #expect(rules.map(\.tool) == ["store.load", "mail.send"])
        let mail = rules[1]
        #expect(mail.decision == .ask)
        #expect(mail.otherwise == .ask)
        #expect(rules[0].otherwise == .deny)
        #expect(mail.max == 5)
        #expect(
            mail.arguments[0].predicates == [
                .from(["workflow", "inputs"]), .oneOf(["a@shop", "b@shop"]), .maxLength(40),
            ])
        #expect(
            mail.arguments[1].predicates == [
                .allowUntrusted, .strip(["links", "mentions"]), .defang(["links"]), .pattern("^.+$"),
            ])
        #expect(mail.tests.map(\.call) == [["to": "evil@example", "subject": "s"]])
        #expect(mail.tests.map(\.expect) == [.deny])
        guard case .under(.reference(let reference)) = rules[0].arguments[0].predicates[0] else {
            Issue.record("`under` isn't a reference")
            return
        }
        #expect(reference.root == .input("orders"))
    }

    @Test func `nested steps keep their loop, their conditions and their bound arguments`() throws {
        let workflow = try SampleWorkflow.load()
        let handle = workflow.steps[1]
        #expect(handle.forEach?.variable == "order")
        #expect(handle.forEach?.parallel == 4)
        #expect(handle.forEach?.limit == 100)
        guard case .group(let parts) = handle.kind, case .read(let read) = parts[0].kind,
            case .agent(let agent) = parts[1].kind
        else {
            Issue.record("the group's steps are of other kinds")
            return
        }
        #expect(read.data.count == 2)
        #expect(read.context != nil)
        #expect(read.quotes == ["/quote", "/parts/*/name"])
        #expect(read.minConfidence.map(\.pointer) == ["/kind"])
        #expect(read.minConfidence.map(\.threshold) == [0.6])
        #expect(read.choices.map(\.pointer) == ["/parts/*/name"])
        #expect(read.choices[0].none)
        #expect(read.maxTokens == 200)
        #expect(read.instruction.path == "prompts/classify.md")
        #expect(read.instruction.references.map(\.text) == ["inputs.shop"])
        #expect(parts[1].when?.comparison == .notEqual("other"))
        #expect(agent.tools.map(\.tool) == ["store.load", "mail.send"])
        #expect(agent.tools[1].name == "answer")
        #expect(agent.tools[1].bound.map(\.name) == ["to"])
        #expect(agent.require == ["answer"])
        #expect(agent.maxTurns == 4)
        #expect(agent.plan == .locked)
        guard case .segments(kind: .lines, of: _) = workflow.steps[2].forEach?.source else {
            Issue.record("the second loop isn't over lines")
            return
        }
    }

    @Test func `a file's own path loads as well as its folder`() throws {
        let folder = try TemporaryFolder(SampleWorkflow.files)
        try folder.write(SampleWorkflow.text, to: "other.yaml")
        let workflow = try Workflow.load(
            path: folder.path + "/other.yaml", tools: SampleWorkflow.definitions())
        #expect(workflow.directory == folder.path)
    }

    @Test func `a missing file is one clear error`() throws {
        let errors = try #require(
            #expect(throws: WorkflowErrors.self) {
                try Workflow.load(path: "/nowhere/at/all", tools: [])
            })
        #expect(errors.description == "/nowhere/at/all:1:1: Can't read workflow: the file doesn't exist.")
    }

    @Test func `several faults are reported at once, in the file's order`() throws {
        let folder = try TemporaryFolder(SampleWorkflow.files)
        let text = SampleWorkflow.text.replacing("decision: ask", with: "decision: aks")
            .replacing("call: store.load", with: "call: store.lod").replacing("media:", with: "mediae:")
        try folder.write(text, to: "workflow.yaml")
        let errors = try #require(
            #expect(throws: WorkflowErrors.self) {
                try Workflow.load(path: folder.path, tools: SampleWorkflow.definitions())
            })
        #expect(errors.errors.count == 3, "\(errors)")
        #expect(errors.errors.map(\.position.line) == errors.errors.map(\.position.line).sorted())
    }

    @Test(arguments: [
        ("", "the file is empty"), ("a: [", "it isn't YAML"), ("a: 1\na: 2", "the key `a` occurs twice"),
        ("a: *x", "it isn't YAML"), ("- 1", "the workflow must be a mapping, not a list"),
        ("workflow: !!set {}", "the tag"), ("a: 1\n---\nb: 2", "it isn't YAML"),
        (String(repeating: "[", count: 5000), "it isn't YAML"),
        (
            "a: " + String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
            "nested deeper than 100"
        ),
        (
            "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]",
            "more than 100000 values"
        ),
    ])
    func `a file that is no workflow is refused, whatever it holds`(text: String, reason: String) throws {
        let folder = try TemporaryFolder(["workflow.yaml": text])
        let errors = try #require(
            #expect(throws: WorkflowErrors.self) {
                try Workflow.load(path: folder.path, tools: [])
            })
        #expect(errors.description.contains(reason), "\(errors)")
    }

    @Test func `a damaged file is refused or loads, and never stops the program`() throws {
        let tools = try SampleWorkflow.definitions()
        let folder = try TemporaryFolder(SampleWorkflow.files)
        let sample = Array(SampleWorkflow.text.unicodeScalars)
        let pieces = [
            "", "\t", ":", "- ", "{", "]", "${", "}", "\n", "'", "null", "[[", "&a ", "*a", "\u{0}", "é",
        ]
        var state: UInt64 = 99
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var refused = 0
        for _ in 0..<120 {
            var text = sample
            let start = random(text.count)
            let end = min(text.count, start + random(12))
            text.replaceSubrange(start..<end, with: Array(pieces[random(pieces.count)].unicodeScalars))
            var damaged = String.UnicodeScalarView()
            damaged.append(contentsOf: text)
            try folder.write(String(damaged), to: "workflow.yaml")
            do {
                _ = try Workflow.load(path: folder.path, tools: tools)
            } catch {
                #expect(!error.errors.isEmpty)
                refused += 1
            }
        }
        #expect(refused > 60, "most damage is noticed")
    }
}
