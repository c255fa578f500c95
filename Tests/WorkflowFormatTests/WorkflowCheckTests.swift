import Foundation
import JSONSchemas
import Testing
import WorkflowFormat

/// Each fault is put into the sample, which loads without it (the control arm is the first test).
@Suite struct WorkflowCheckTests {
    @Test func `the sample without a fault loads`() throws {
        #expect(try SampleWorkflow.errors() == [])
    }

    /// One text of the sample replaced by another, and the errors that must come of it, each with the text at which it
    /// must point.
    struct Fault: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let errors: [String]

        init(_ old: String, _ new: String, _ errors: KeyValuePairs<String, String>) {
            self.old = old
            self.new = new
            let sample = SampleWorkflow.text
            let line = sample.components(separatedBy: old)[0].split(
                separator: "\n", omittingEmptySubsequences: false)
            let before = line.dropLast().joined(separator: "\n") + "\n"
            let changed = String(sample.replacing(old, with: new).dropFirst(before.count))
            self.errors = errors.map { place, message in
                // The first such text at or after the line that was changed, else the first in the file.
                let isBehind = changed.contains(place)
                let skipped =
                    (isBehind ? before : "") + (isBehind ? changed : sample).components(separatedBy: place)[0]
                let lines = skipped.split(separator: "\n", omittingEmptySubsequences: false)
                return "workflow.yaml:\(lines.count):\((lines.last?.count ?? 0) + 1): \(message)"
            }
        }

        var testDescription: String { new }
    }

    static let unknownKeys = [
        Fault("policy:\n", "polcy:\n", ["polcy": "unknown key `polcy` in the workflow. Write `policy`."]),
        Fault(
            "media:", "mediatype:",
            [
                "mediatype":
                    "unknown key `mediatype` in input `orders`. Known keys: `type`, `media`, `trust`, `pattern`, `default`, `description`, `sample_of`."
            ]),
        Fault("seed: 11", "sed: 11", ["sed": "unknown key `sed` in `model`. Write `seed`."]),
        Fault("wall: 1h30m", "wal: 1h30m", ["wal": "unknown key `wal` in `budget`. Write `wall`."]),
        Fault(
            "otherwise: ask", "else: ask",
            [
                "else":
                    "unknown key `else` in the rule for `mail.send`. Known keys: `decision`, `max`, `otherwise`, `args`, `unaddressed`, `vouches`, `tests`."
            ]),
        Fault(
            "max_length: 40", "maxlength: 40",
            ["maxlength": "unknown key `maxlength` in the rule for `to`. Write `max_length`."]),
        Fault(
            "expect: deny", "expects: deny",
            [
                "expects": "unknown key `expects` in a policy test. Write `expect`.",
                "call: {": "a policy test has no `expect`.",
            ]),
        Fault(
            "max_tokens: 200", "max_token: 200",
            ["max_token": "unknown key `max_token` in the step. Write `max_tokens`."]),
        Fault(
            "max_turns: 4", "turns: 4",
            [
                "turns":
                    "unknown key `turns` in `agent`. Known keys: `goal`, `data`, `tools`, `result`, `max_turns`, `plan`, `reads`, `choices`, `require`, `decline_below`."
            ]),
        Fault(
            "summary: \"{{", "sumary: \"{{",
            [
                "sumary": "unknown key `sumary` in `approve`. Write `summary`.",
                "sumary:": "`approve` has no `summary`.",
            ]),
        Fault(
            "columns: [index, item]", "column: [index, item]",
            [
                "column": "unknown key `column` in output `table`. Write `columns`.",
                "{ csv": "output `table` has no `columns`. List the columns in order.",
            ]),
        Fault(
            "segments: lines, of:", "segments: lines, off:",
            ["off": "unknown key `off` in `for_each`. Write `of`.", "{ segments": "`for_each` has no `of`."]),
        Fault(
            "none: true }", "by: likelyhood }",
            ["likelyhood": "`by` is `likelyhood`, which is no way to choose. Write `likelihood`."]),
        Fault(
            "none: true }", "by: likelihood }",
            ["likelihood }": "`by: likelihood` needs a schema whose only field is `/parts/*/name`."]),
        Fault("call: store.load", "cal: store.load", ["cal": "unknown key `cal` in the step. Write `call`."]),
    ]

    @Test(arguments: unknownKeys)
    func `an unknown key is an error everywhere, with what to write`(fault: Fault) throws {
        let errors = try SampleWorkflow.errors(replacing: fault.old, with: fault.new)
        #expect(Set(fault.errors).isSubset(of: errors), "\(errors)")
    }

    static let references = [
        Fault(
            "path: \"${inputs.orders}\", limit", "path: \"${inputs.order}\", limit",
            ["\"${": "unknown input `order`. Write `orders`."]),
        Fault(
            "for_each: \"${steps.load.rows}\"", "for_each: \"${steps.laod.rows}\"",
            ["\"${": "unknown step `laod`. Write `load`."]),
        Fault(
            "for_each: \"${steps.load.rows}\"", "for_each: \"${steps.load.row}\"",
            ["\"${": "`${steps.load.row}` names nothing: `steps.load` has no `row`. Write `rows`."]),
        Fault(
            "for_each: \"${steps.load.rows}\"", "for_each: \"${steps.load.count}\"",
            ["\"${": "`for_each` needs a list, which this isn't."]),
        Fault(
            "for_each: \"${steps.load.rows}\"", "for_each: \"${steps.gate.approved}\"",
            ["\"${": "step `gate` comes later (line 68) and has no result yet. Move it before this step."]),
        Fault(
            "context: \"${order.history}\"", "context: \"${ordr.history}\"",
            ["\"${": "unknown variable `ordr`. Write `order`."]),
        Fault(
            "context: \"${order.history}\"", "context: \"${shop}\"",
            ["\"${": "unknown variable `shop`. Write `${inputs.shop}`."]),
        Fault(
            "context: \"${order.history}\"", "context: \"${inputs.shop.x}\"",
            ["\"${": "`${inputs.shop.x}` names nothing: `inputs.shop` is a string."]),
        Fault(
            "context: \"${order.history}\"", "context: \"${steps.class.value}\"",
            ["\"${": "step `class` comes later (line 35) and has no result yet. Move it before this step."]),
        Fault(
            "context: \"${order.history}\"", "context: \"${inputs}\"",
            [
                "\"${":
                    "`${inputs}` doesn't say which of `inputs` it means. A reference names an input, a step or a variable, such as `${inputs.name}` or `${steps.id.rows[0]}`."
            ]),
        Fault(
            "context: \"${order.history}\"", "context: \"${order.a + 1}\"",
            [
                "\"${":
                    "`${order.a + 1}` is more than a reference: there is no expression language. A reference names an input, a step or a variable, such as `${inputs.name}` or `${steps.id.rows[0]}`."
            ]),
        Fault(
            "context: \"${order.history}\"", "context: \"${order\"",
            ["\"${": "`${` isn't closed. Write `$${` for the characters."]),
        Fault(
            "count: \"${steps.handle.count}\"", "count: \"${steps.class.value}\"",
            [
                "\"${":
                    "step `class` is inside step `handle` and can't be named from outside. Write `${steps.handle.items}`: each item has a field `class`."
            ]),
        Fault(
            "count: \"${steps.handle.count}\"", "count: \"${order}\"",
            ["\"${": "unknown variable `order`. Known names: `inputs`, `steps`, `run`."]),
        Fault(
            "${steps.class.value}\"]", "${steps.class.value.knd}\"]",
            [
                "\"${steps.class.value.knd":
                    "`${steps.class.value.knd}` names nothing: `steps.class.value` has no `knd`. Write `kind`."
            ]),
        Fault(
            "run: \"${run.id}\"", "run: \"${run.ids}\"",
            ["\"${run.ids": "unknown field `ids` of `run`. Write `id`."]),
        Fault(
            "under: \"${inputs.orders}\"", "under: \"${steps.load.rows}\"",
            ["\"${": "`${steps.load.rows}` names a step, which a policy can't. Name an input instead."]),
        Fault(
            "junit: \"${steps.load.rows}\"", "junit: \"${steps.load.count}\"",
            ["\"${": "`junit` needs a list of rows, which this isn't."]),
        Fault(
            "${item.text}", "${item.txt}",
            ["\"line": "`${item.txt}` names nothing: `item` has no `txt`. Write `text`."]),
    ]

    @Test(arguments: references)
    func `a reference to nothing is an error with the place and the way out`(fault: Fault) throws {
        let errors = try SampleWorkflow.errors(replacing: fault.old, with: fault.new)
        #expect(Set(fault.errors).isSubset(of: errors), "\(errors)")
    }

    static let toolFaults = [
        Fault(
            "tools: [store.load, mail.send]", "tools: [store.lod, store.load, mail.send]",
            ["store.lod": "unknown tool `store.lod`. Write `store.load`."]),
        Fault(
            "tools: [store.load, mail.send]", "tools: [store.load]",
            ["mail.send": "the tool `mail.send` isn't listed under `tools`. Add it there."]),
        Fault(
            "call: store.load", "call: store.save",
            ["store.save": "unknown tool `store.save`. Known tools: `store.load`, `mail.send`."]),
        Fault(
            "limit: 3 }", "limt: 3 }",
            ["limt": "the tool `store.load` has no argument `limt`. Write `limit`."]),
        Fault("limit: 3 }", "limit: 0 }", ["0 }": "the argument `limit` of `store.load` is below 1."]),
        Fault(
            "limit: 3 }", "limit: \"a ${inputs.shop}\" }",
            ["\"a ": "the argument `limit` of `store.load` must be of type `integer`."]),
        Fault(
            "with: { path: \"${inputs.orders}\", limit: 3 }", "with: { limit: 3 }",
            ["with": "the call of `store.load` lacks the argument `path`. Add it under `with`."]),
        Fault(
            "store.load: { decision", "store.lod: { decision",
            ["store.lod": "unknown tool `store.lod`. Write `store.load`."]),
        Fault(
            "tags: { one_of: [late, broken] }", "tag: { one_of: [late, broken] }",
            ["tag": "the tool `mail.send` has no argument `tag`. Write `tags`."]),
        Fault(
            "tags: { one_of: [late, broken] }", "tags: { one_of: [late, brocken] }",
            ["[late": "`one_of` lists `\"brocken\"`, which `tags` can't be."]),
        Fault(
            "tags: { one_of: [late, broken] }", "tags: { max: 3 }",
            ["3 }": "`tags` is never a number, so `max` can't hold."]),
        Fault(
            "call: { to: evil@example, subject: s }", "call: { too: evil@example, subject: s }",
            ["too": "the tool `mail.send` has no argument `too`. Write `to`."]),
        Fault(
            "- store.load\n", "- store.laod\n",
            ["store.laod": "unknown tool `store.laod`. Write `store.load`."]),
        Fault(
            "with: { to: \"a@shop\" }", "with: { too: \"a@shop\" }",
            ["too:": "the tool `mail.send` has no argument `too`. Write `to`."]),
        Fault(
            "require: [answer]", "require: [answr]",
            ["answr": "`require` names `answr`, which isn't a tool of this agent. Write `answer`."]),
        Fault(
            "max_turns: 4", "max_turns: 1",
            ["require:": "`require` fills every turn, and the last one is for ending. Write `max_turns: 2` or more."]),
        Fault(
            "max_turns: 4", "decline_below: 0.2",
            [
                "decline_below":
                    "`decline_below` ends the work without a call, which `require` asks for. Leave one of them out."
            ]),
        Fault("max_turns: 4", "decline_below: 2", ["2": "`decline_below` must be a number from 0.0 to 1.0."]),
        Fault(
            ", name: answer,", ", name: store.load,",
            ["{ tool": "the agent has two tools called `store.load`. Give one of them a `name`."]),
    ]

    @Test(arguments: toolFaults)
    func `tools and their arguments must exist and fit`(fault: Fault) throws {
        let errors = try SampleWorkflow.errors(replacing: fault.old, with: fault.new)
        #expect(Set(fault.errors).isSubset(of: errors), "\(errors)")
    }

    static let stepFaults = [
        Fault(
            "id: gate", "id: load",
            ["load": "the step id `load` is taken (line 26). Give each step of the file an id of its own."]),
        Fault(
            "id: gate", "id: \"ga te\"",
            ["\"ga": "the step id `ga te` has characters other than letters, digits, `-` and `_`."]),
        Fault("  - id: gate\n    approve", "  - approve", ["approve": "the step has no `id`."]),
        Fault(
            "kind: { enum: [late, broken, other] }", "kind: { not: { const: late } }",
            ["not": "`schema` can't be enforced: `not` at `#/properties/kind` is not supported."]),
        Fault(
            "quote: { type: string, maxLength: 200 }", "quote: { type: string, pattern: \"(a)\\\\1\" }",
            [
                "pattern":
                    "`schema` can't be enforced: `pattern` at `#/properties/quote` can't be used: a back-reference is not supported at character 4 of `(a)\\1`."
            ]),
        Fault(
            "quotes: [/quote,", "quotes: [/quot,",
            ["/quot": "the schema has no field `/quot`. Write `/quote`."]),
        Fault(
            "quotes: [/quote,", "quotes: [/parts,",
            ["/parts": "`quotes` names `/parts`, which is never a string."]),
        Fault(
            "min_confidence: { /kind: 0.6 }", "min_confidence: { /kid: 0.6 }",
            ["/kid": "the schema has no field `/kid`. Write `/kind`."]),
        Fault(
            "min_confidence: { /kind: 0.6 }", "min_confidence: { /kind: 6 }",
            ["6 }": "the threshold must be a number from 0.0 to 1.0."]),
        Fault(
            "/parts/*/name: { from", "/parts/*/nam: { from",
            ["/parts/*/nam": "the schema has no field `/parts/*/nam`. Write `/parts/*/name`."]),
        Fault(
            "from: \"${steps.load.rows}\"", "from: \"${steps.load.count}\"",
            ["\"${": "`from` needs a list, which this isn't."]),
        Fault(
            "!= other", "!= othr",
            [
                "\"${":
                    "`when` compares with `othr`, which `${steps.class.value.kind}` never is. Write `other`."
            ]),
        Fault(
            "!= other", "!= other and more",
            [
                "\"${":
                    "`when` doesn't compare with one literal (quote a text that has spaces). Write `${a}`, `not ${a}`, `${a} == literal` or `${a} != literal`."
            ]),
        Fault(
            "!= other", "> 3",
            [
                "\"${":
                    "`when` has something after the reference that isn't one comparison. Write `${a}`, `not ${a}`, `${a} == literal` or `${a} != literal`."
            ]),
        Fault("as: order", "as: steps", ["steps": "`as` is `steps`, which can't name a variable."]),
        Fault("parallel: 4", "parallel: 0", ["0": "`parallel` must be a whole number from 1 to 64."]),
        Fault(
            "wall: 1h30m", "wall: 30m1h",
            ["30m1h": "`wall` is `30m1h`, which is no duration. Write `30s`, `15m` or `1h30m`."]),
        Fault("default: demo", "default: Demo", ["Demo": "the default `Demo` doesn't match `^[a-z]+$`."]),
        Fault(
            "sample_of: orders", "sample_of: order",
            ["order": "`sample_of` names `order`, which isn't another input. Write `orders`."]),
        Fault("'a b' }", "'a b }", ["python3": "the default command can't be split: a `'` isn't closed."]),
        Fault(
            "to: plain.txt", "to: ../plain.txt",
            [
                "../plain.txt":
                    "`to` is `../plain.txt`, which isn't a file below the run's output folder. Write a relative path without `..`."
            ]),
        Fault(
            "to: plain.txt", "to: /plain.txt",
            [
                "/plain.txt":
                    "`to` is `/plain.txt`, which isn't a file below the run's output folder. Write a relative path without `..`."
            ]),
        Fault(
            "to: plain.txt", "to: ./report.md",
            ["./report.md": "`./report.md` is written twice (first at line 79)."]),
        Fault(
            "summary: \"{{count}} answers", "summary: \"${steps.handle.count} answers",
            [
                "\"${":
                    "`summary` is a Mustache template, in which `${` means nothing. Put the value under `data` and write `{{name}}`."
            ]),
        Fault(
            "otherwise: ask", "otherwise: allow",
            ["allow": "`otherwise` is `allow`, which would undo the rule. Write `ask` or `deny`."]),
        Fault(
            "goal: prompts/answer.md", "goal: prompts/anser.md",
            ["prompts/anser.md": "`goal` names the file `prompts/anser.md`, which doesn't exist."]),
        Fault(
            "goal: prompts/answer.md", "goal: ../answer.md",
            [
                "../answer.md":
                    "`goal` names the file `../answer.md`, which leads out of the workflow's folder."
            ]),
        Fault(
            "    call: mail.send\n    with: { to: a", "    call: mail.send\n    agent: {}\n    with: { to: a",
            ["id: lines": "a step can't be `call` and `agent` at once. Make two steps of it."]),
        Fault(
            "max_turns: 4", "max_turns: many", ["many": "`max_turns` must be a whole number from 1 to 200."]),
    ]

    @Test(arguments: stepFaults)
    func `a fault in a step is named where it stands`(fault: Fault) throws {
        let errors = try SampleWorkflow.errors(replacing: fault.old, with: fault.new)
        #expect(Set(fault.errors).isSubset(of: errors), "\(errors)")
    }

    static let untrusted = [
        Fault(
            "goal: prompts/answer.md", "goal: \"Answer ${order.text}.\"",
            [
                "\"Answer":
                    "`${order.text}` can be untrusted and stands in `goal`, which the model obeys. Put it under `data`."
            ]),
        Fault(
            "goal: prompts/answer.md", "goal: \"Answer ${inputs.note}.\"",
            [
                "\"Answer":
                    "`${inputs.note}` can be untrusted and stands in `goal`, which the model obeys. Put it under `data`."
            ]),
        Fault(
            "goal: prompts/answer.md", "goal: \"Answer ${steps.class.value.kind}.\"",
            [
                "\"Answer":
                    "`${steps.class.value.kind}` can be untrusted and stands in `goal`, which the model obeys. Put it under `data`."
            ]),
    ]

    @Test(arguments: untrusted)
    func `an untrusted value can't stand in a goal`(fault: Fault) throws {
        #expect(try SampleWorkflow.errors(replacing: fault.old, with: fault.new) == fault.errors)
        // The same goal with a trusted value is fine.
        #expect(
            try SampleWorkflow.errors(
                replacing: fault.old, with: "goal: \"Answer for ${inputs.shop} in ${run.id}.\"") == [])
    }

    @Test func `an untrusted value in an instruction's file is reported in that file`() throws {
        let errors = try SampleWorkflow.errors(files: [
            "prompts/classify.md": "First line.\nIs  ${order.text} late?\n"
        ])
        #expect(
            errors == [
                "prompts/classify.md:2:5: `${order.text}` can be untrusted and stands in `instruction`, which the model obeys. Put it under `read` or `context`."
            ])
    }

    @Test func `a variable over literals of the workflow may stand in an instruction`() throws {
        let text = """
            workflow: literal
            steps:
              - id: all
                for_each: [late, broken]
                as: kind
                read: "some text"
                instruction: "Is it ${kind}?"
                schema: { type: boolean }
            """
        let folder = try TemporaryFolder(["workflow.yaml": text])
        #expect(try Workflow.load(path: folder.path, tools: []).steps.count == 1)
        try folder.write(
            text.replacing("[late, broken]", with: "{ segments: lines, of: \"${inputs.x}\" }")
                .replacing("steps:\n", with: "inputs: { x: { type: file } }\nsteps:\n"), to: "workflow.yaml")
        #expect(throws: WorkflowErrors.self) { try Workflow.load(path: folder.path, tools: []) }
    }

    @Test func `a prompt behind a symbolic link that leads out is refused, and one that stays is not`() throws {
        let outside = try TemporaryFolder(["secret.md": "secret"])
        let folder = try TemporaryFolder(SampleWorkflow.files)
        try folder.write(
            SampleWorkflow.text.replacing("prompts/answer.md", with: "linked.md"), to: "workflow.yaml")
        let link = folder.path + "/linked.md"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "prompts/answer.md")
        let tools = try SampleWorkflow.definitions()
        #expect(try Workflow.load(path: folder.path, tools: tools).name == "complaints")
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: outside.path + "/secret.md")
        let errors = try #require(
            #expect(throws: WorkflowErrors.self) {
                try Workflow.load(path: folder.path, tools: tools)
            })
        #expect(errors.description.contains("leads out of the workflow's folder through a symbolic link"))
        #expect(
            !errors.description.contains("secret.md"), "the message shows only the path inside the folder")
    }
}
