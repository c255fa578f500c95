/// The workflows these tests run.
enum Workflows {
    /// Three issues, one a row, each behind a question; one scripted reading a row.
    static let filing = """
        workflow: filing
        description: Files an issue a row.
        inputs:
          rows: { type: file, default: rows.jsonl }
          project: { type: string, trust: trusted, default: demo }
        tools: [file.read, table.write, sql.query, issue.create]
        policy:
          tools:
            file.read: { decision: allow }
            table.write: { decision: allow }
            sql.query: { decision: allow }
            issue.create: { decision: ask, max: 3, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            steps:
              - id: class
                read: "${row.title}"
                instruction: How bad is it?
                schema: { type: object, properties: { bad: { enum: [much, little] } }, required: [bad], additionalProperties: false }
              - id: create
                call: issue.create
                with: { project: "${inputs.project}", title: "${row.title}", body: "${steps.class.value.bad}" }
          - id: store
            call: table.write
            with: { table: issues, rows: "${steps.each.items}", columns: [index, class, create] }
          - id: report
            call: sql.query
            with: { statement: "SELECT * FROM issues ORDER BY 1" }
        outputs:
          result: { json: { rows: "${steps.report.rows}" }, to: result.json }
          table: { csv: "${steps.report.rows}", columns: [index, class], to: table.csv }

        """

    static let rows = #"{"title": "one"}"# + "\n" + #"{"title": "two"}"# + "\n" + #"{"title": "three"}"# + "\n"

    static let script = (0..<3).map { #"{"step": "each[\#($0)]/class", "value": {"bad": "much"}}"# + "\n" }.joined()

    /// Reads one file.
    static let reading = """
        workflow: reading
        description: Reads one file.
        inputs: { spec: { type: file } }
        tools: [file.read]
        policy: { tools: { file.read: { decision: allow, args: { path: { under: "${inputs.spec}" } } } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.spec}", as: text }
        outputs:
          result: { text: "${steps.load.text}", to: result.txt }

        """

    /// Runs a program on cases.
    static let testing = """
        workflow: testing
        description: Runs a program on two cases.
        inputs:
          sut: { type: command }
          cases: { type: file, default: cases.jsonl }
          workspace: { type: folder, trust: trusted, default: "" }
        tools: [case.read, test.run_all]
        policy:
          tools:
            case.read: { decision: allow }
            test.run_all: { decision: allow, args: { argv: { from: [inputs] }, cases: { allow: untrusted } } }
        steps:
          - id: cases
            call: case.read
            with: { path: "${inputs.cases}" }
          - id: run
            call: test.run_all
            with: { argv: "${inputs.sut}", workspace: "${inputs.workspace}", cases: "${steps.cases.rows}", wall_seconds: WALL }
        outputs:
          result: { json: { rows: "${steps.run.rows}", passed: "${steps.run.passed}" }, to: result.json }

        """

    static let cases = """
        {"id": "a", "input": "first", "expect": "accept"}
        {"id": "b", "input": "second", "expect": "accept"}

        """

    /// One reading of an input by a model.
    static let asking = """
        workflow: asking
        description: One reading.
        inputs: { note: { type: string, trust: untrusted, default: The program crashes at once when I press the key. } }
        model: { context: 1024 }
        steps:
          - id: class
            read: "${inputs.note}"
            instruction: Is this a bug report or praise?
            max_tokens: 40
            schema: { type: object, properties: { kind: { enum: [bug, praise] } }, required: [kind], additionalProperties: false }
        outputs:
          result: { json: "${steps.class}", to: result.json }

        """

    /// One agent that looks something up and files an issue.
    static let agent = """
        workflow: study
        description: One agent step.
        inputs:
          spec: { type: file, default: spec.md }
          project: { type: string, trust: trusted, default: demo }
        tools: [search, issue.create, file.write]
        policy:
          tools:
            search: { decision: allow }
            file.write: { decision: allow }
            issue.create: { decision: allow, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: note
            call: file.write
            with: { path: note.txt, text: "${inputs.project}" }
          - id: study
            agent:
              goal: Find the rule and file an issue.
              max_turns: 5
              tools:
                - { tool: search, name: look, with: { in: "${inputs.spec}", limit: 2 } }
                - { tool: issue.create, name: file, with: { project: "${inputs.project}" } }
              result: { type: object, properties: { answer: { type: string, maxLength: 40 } }, required: [answer], additionalProperties: false }
        outputs:
          result: { json: "${steps.study}", to: result.json }

        """

    static let agentScript = """
        {"step": "study#1", "value": {"name": "look", "arguments": {"query": "unique keys"}}}
        {"step": "study#2", "value": {"name": "file", "arguments": {"title": "t", "body": "b"}}}
        {"step": "study#3", "value": {"name": "finish", "arguments": {"answer": "found"}}}

        """
}
