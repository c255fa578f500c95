import JSONSchemas
import TestSupport

/// A run in which every text that comes from outside or from the model is one of ``HostilePageText``.
enum HostileRun {
    static let workflow = """
        workflow: hostile
        description: Files what it is told.
        inputs:
          tickets: { type: file, default: tickets.jsonl }
          folder: { type: folder, default: files }
        budget: { steps: 5000, approvals: 1000, tokens: 100000000 }
        tools: [file.read, file.list, issue.create]
        policy:
          tools:
            file.read: { decision: allow }
            file.list: { decision: allow }
            issue.create: { decision: ask, max: 1000, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: names
            call: file.list
            with: { folder: "${inputs.folder}" }
          - id: load
            call: file.read
            with: { path: "${inputs.tickets}", as: jsonl }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            steps:
              - id: class
                read: "${row.text}"
                instruction: What does it say?
                max_tokens: 8000
                schema: { type: object, properties: { said: { type: string, maxLength: 6000 } }, required: [said], additionalProperties: false }
              - id: create
                call: issue.create
                with: { project: demo, title: "${row.head}", body: "${steps.class.value.said}" }

        """

    /// The texts that a ticket can hold: there is something in them.
    static let texts = HostilePageText.all.filter { text in
        !text.text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
    }

    /// Writes the workflow `hostile`, its tickets, files with hostile names, and what the model says.
    static func write(to folder: TemporaryFolder) throws {
        try folder.write(workflow, to: "hostile/workflow.yaml")
        var tickets = ""
        var script = ""
        for (index, text) in texts.enumerated() {
            // A title has at most 200 characters, and a letter can be many.
            let head = String(String.UnicodeScalarView(text.text.unicodeScalars.prefix(120)))
            let row: JSONValue = ["text": .string(text.text), "head": .string(text.name + " " + head)]
            tickets += row.serialized() + "\n"
            let said: JSONValue = ["step": .string("each[\(index)]/class"), "value": ["said": .string(text.text)]]
            script += said.serialized() + "\n"
        }
        try folder.write(tickets, to: "hostile/tickets.jsonl")
        try folder.write(script, to: "hostile/script.jsonl")
        try folder.makeFolder("hostile/files")
        for (index, text) in texts.enumerated() {
            // A name of its own for each, whatever is left of the text.
            try folder.write("\(index)", to: "hostile/files/\(index) " + text.fileName)
        }
    }
}
