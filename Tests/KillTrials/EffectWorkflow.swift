/// A workflow with an effect of every class, and what it has done when it ended.
package enum EffectWorkflow {
    /// The file.
    package static let text = """
        workflow: effects
        description: An effect of every class, each of which has to happen once.
        inputs:
          rows: { type: file, default: rows.jsonl }
          machine: { type: folder, trust: trusted, default: machine }
          project: { type: string, trust: trusted, default: demo }
        tools: [file.read, table.write, sql.query, record.add, file.write, issue.create, issue.comment, command.run]
        policy:
          tools:
            file.read: { decision: allow, args: { path: { under: "${inputs.rows}" } } }
            table.write: { decision: allow }
            sql.query: { decision: allow }
            record.add: { decision: allow, args: { rows: { allow: untrusted } } }
            file.write: { decision: allow, args: { text: { allow: untrusted } } }
            issue.create: { decision: allow, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
            issue.comment: { decision: allow, args: { body: { allow: untrusted } } }
            command.run: { decision: allow }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: store
            call: table.write
            with: { table: rows, rows: "${steps.load.rows}", columns: [title] }
          - id: history
            call: record.add
            with: { table: history, rows: "${steps.load.rows}", columns: [title] }
          - id: note
            call: file.write
            with: { path: note.txt, text: one }
          - id: issue
            call: issue.create
            with: { project: "${inputs.project}", title: one, body: filed once }
          - id: remark
            call: issue.comment
            with: { project: "${inputs.project}", id: "${steps.issue.id}", body: said once }
          - id: command
            call: command.run
            with: { argv: [sh, -c, "printf x >> mark"], workspace: "${inputs.machine}" }
          - id: report
            call: sql.query
            with: { statement: "SELECT title FROM rows ORDER BY rowid" }
        outputs:
          result: { json: { rows: "${steps.report.rows}", issue: "${steps.issue.id}" }, to: result.json }

        """
    /// The titles of its rows.
    package static let titles = ["one", "two", "three"]

    /// The rows as its input file has them.
    package static let rows = titles.map { #"{"title": "\#($0)"}"# + "\n" }.joined()
}
