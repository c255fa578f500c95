import JSONSchemas
import TestSupport

/// A workflow with an item a row, each read by a scripted model and filed: about ten entries an item.
enum ManyRows {
    private static let workflow = """
        workflow: many
        description: Files what it reads, row by row.
        inputs:
          rows: { type: file, default: rows.jsonl }
          project: { type: string, trust: trusted, default: demo }
        budget: { steps: 100000, tokens: 100000000 }
        tools: [file.read, issue.create]
        policy:
          tools:
            file.read: { decision: allow }
            issue.create: { decision: allow, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            steps:
              - id: class
                read: "${row.text}"
                instruction: How bad is it?
                schema: { type: object, properties: { bad: { enum: [much, little] } }, required: [bad], additionalProperties: false }
              - id: create
                call: issue.create
                with: { project: "${inputs.project}", title: "${row.title}", body: "${steps.class.value.bad}" }

        """

    /// Writes it, its rows and what the model says; returns the folder and the script.
    static func write(_ count: Int, to folder: TemporaryFolder) throws -> (workflow: String, script: String) {
        try folder.write(workflow, to: "many/workflow.yaml")
        var rows = ""
        var script = ""
        for index in 0..<count {
            let row: JSONValue = [
                "title": .string("Row \(index) stops the importer"),
                "text": .string(
                    "The importer stops with exit code 3 when row \(index) has more columns than the header, and the rows "
                        + "before it are lost."),
            ]
            rows += row.serialized() + "\n"
            script += #"{"step": "each[\#(index)]/class", "value": {"bad": "much"}}"# + "\n"
        }
        try folder.write(rows, to: "many/rows.jsonl")
        return (folder.path("many"), try folder.write(script, to: "many/script.jsonl"))
    }
}
