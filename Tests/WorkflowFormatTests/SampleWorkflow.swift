import Foundation
import JSONSchemas
import WorkflowFormat

/// A folder that is gone with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init(_ files: [String: String] = [:]) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "warrant-\(UUID().uuidString)")
        path = folder.resolvingSymlinksInPath().path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(text, to: name) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, to name: String) throws {
        let file = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
}

/// A workflow that uses everything the format has, and loads; the tests break one thing at a time.
enum SampleWorkflow {
    static let tools: [String: String] = [
        "store.load": """
        tool: store.load
        summary: Load orders from a file.
        arguments:
          type: object
          properties:
            path: { type: string }
            limit: { type: integer, minimum: 1 }
          required: [path]
          additionalProperties: false
        result:
          type: object
          properties:
            rows: { type: array, items: { type: object } }
            count: { type: integer }
          required: [rows]
        labels: { /rows: untrusted, /count: endorsed }
        effect: pure
        kind: builtin
        """,
        "mail.send": """
        tool: mail.send
        summary: Send a mail.
        arguments:
          type: object
          properties:
            to: { type: string, maxLength: 60 }
            subject: { type: string }
            tags: { type: array, items: { enum: [late, broken] } }
          required: [to, subject]
          additionalProperties: false
        result: { type: object, properties: { id: { type: string } } }
        labels: { /id: endorsed }
        effect: opaque
        sink: { control: [to], content: [subject] }
        sandbox: none
        kind: builtin
        """,
    ]

    static let files = [
        "prompts/classify.md": "Say what the complaint in shop\n${inputs.shop} is about.\n",
        "prompts/answer.md": "Answer the customer.",
        "report.md.mustache": "{{#rows}}{{item}}{{/rows}}",
    ]

    static let text = """
        workflow: complaints
        description: Answer complaints.
        inputs:
          orders: { type: file, media: application/jsonl, default: sample/orders.jsonl }
          shop: { type: string, trust: trusted, pattern: "^[a-z]+$", default: demo }
          note: { type: string, trust: untrusted, default: "", sample_of: orders }
          checker: { type: command, default: python3 check.py 'a b' }
        model: { use: default, temperature: 0.5, seed: 11, context: 4096 }
        tools: [store.load, mail.send]
        budget: { steps: 20, tokens: 9000, wall: 1h30m, approvals: 3 }
        policy:
          tools:
            store.load: { decision: allow, args: { path: { under: "${inputs.orders}" } } }
            mail.send:
              decision: ask
              max: 5
              otherwise: ask
              args:
                to: { from: [workflow, inputs], one_of: [a@shop, b@shop], max_length: 40 }
                subject: { allow: untrusted, strip: [links, mentions], defang: links, pattern: "^.+$" }
                tags: { one_of: [late, broken] }
              tests:
                - call: { to: evil@example, subject: s }
                  expect: deny
        steps:
          - id: load
            call: store.load
            with: { path: "${inputs.orders}", limit: 3 }
          - id: handle
            for_each: "${steps.load.rows}"
            as: order
            parallel: 4
            limit: 100
            steps:
              - id: class
                read: ["${order.text}", "${inputs.note}"]
                context: "${order.history}"
                instruction: prompts/classify.md
                schema:
                  type: object
                  properties:
                    kind: { enum: [late, broken, other] }
                    quote: { type: string, maxLength: 200 }
                    parts: { type: array, items: { type: object, properties: { name: { type: string } } } }
                  required: [kind, quote]
                  additionalProperties: false
                quotes: [/quote, "/parts/*/name"]
                min_confidence: { /kind: 0.6 }
                choices:
                  /parts/*/name: { from: "${steps.load.rows}", id: id, show: title, none: true }
                max_tokens: 200
              - id: reply
                when: "${steps.class.value.kind} != other"
                agent:
                  goal: prompts/answer.md
                  data: ["${order}", "${steps.class.value}"]
                  tools:
                    - store.load
                    - { tool: mail.send, name: answer, with: { to: "a@shop" } }
                  require: [answer]
                  max_turns: 4
                  plan: locked
                  result: { type: object, properties: { done: { type: boolean } }, required: [done] }
          - id: lines
            for_each: { segments: lines, of: "${inputs.note}" }
            call: mail.send
            with: { to: a@shop, subject: "line ${item.index}: ${item.text}" }
          - id: gate
            approve:
              summary: "{{count}} answers are ready."
              data: { count: "${steps.handle.count}" }
          - id: summary
            when: "${steps.gate.approved}"
            render:
              template: report.md.mustache
              data: { rows: "${steps.handle.items}" }
              to: summary.md
        outputs:
          report: { render: report.md.mustache, with: { rows: "${steps.handle.items}" }, to: report.md }
          data: { json: { items: "${steps.handle.items}", run: "${run.id}" }, to: out/data.json }
          table: { csv: "${steps.handle.items}", columns: [index, item], to: table.csv }
          junit: { junit: "${steps.load.rows}", to: junit.xml }
          plain: { text: "${steps.summary.text}", to: plain.txt }

        """

    static func definitions() throws -> [ToolDefinition] {
        let folder = try TemporaryFolder()
        for (name, text) in tools { try folder.write(text, to: name + ".yaml") }
        return try ToolDefinition.loadAll(directory: folder.path)
    }

    /// Loads the sample after replacing one text by another.
    static func load(
        replacing old: String = "", with new: String = "", files changed: [String: String] = [:]
    ) throws -> Workflow {
        if !old.isEmpty {
            // A replacement that doesn't apply would make every test of a fault pass or fail for the wrong reason.
            precondition(text.components(separatedBy: old).count == 2, "`\(old)` must occur exactly once")
        }
        let folder = try TemporaryFolder(files.merging(changed) { $1 })
        try folder.write(old.isEmpty ? text : text.replacing(old, with: new), to: "workflow.yaml")
        return try Workflow.load(path: folder.path, tools: try definitions())
    }

    /// The errors of the sample with one text replaced, without the folder's path.
    static func errors(
        replacing old: String = "", with new: String = "", files changed: [String: String] = [:]
    ) throws -> [String] {
        do {
            _ = try load(replacing: old, with: new, files: changed)
            return []
        } catch let errors as WorkflowErrors {
            return errors.errors.map { error in
                let place = error.position
                let file = place.file.components(separatedBy: "/warrant-").last ?? ""
                let name = file.split(separator: "/").dropFirst().joined(separator: "/")
                return "\(name):\(place.line):\(place.column): \(error.problem)."
                    + (error.fix.map { " \($0)" } ?? "")
            }
        }
    }
}
