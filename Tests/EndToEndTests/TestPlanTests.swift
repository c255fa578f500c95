import Foundation
import JSONSchemas
import TestSupport
import Testing

/// The shipped test-plan workflow on a specification, a program and cases that want to be taken for something else.
@Suite struct TestPlanTests {
    private static let specification = """
        # Lists

        ## Goals

        Names must be short.

        ## Elements

        Elements must be separated by commas. Lists must be surrounded by brackets.

        ```
        a = [1, 2]
        ```

        ```
        TAB - may stand in a list
        LF - ends it
        ```
        """

    private let command: Command

    init() throws {
        command = try Command()
        try program(takes: "bad")
    }

    /// Writes a program that takes the specification's example and one line more.
    private func program(takes line: String) throws {
        try command.folder.write(
            """
            IFS= read -r x
            case "$x" in "a = [1, 2]" | good | "\(line)") exit 0 ;; esac
            exit 1
            """, to: "program/reader.sh")
    }

    /// Runs unattended with a planner that looks at one cause, and leaves its files in `out`.
    private func run(
        _ text: String = TestPlanTests.specification, cases: String?, answers: [String] = []
    ) throws {
        let steps = [
            #"{"name": "query_results", "arguments": {"statement": "SELECT input FROM related"}}"#,
            #"{"name": "run_program", "arguments": {"input": "bad"}}"#,
            #"{"name": "run_program", "arguments": {"input": "good"}}"#,
            #"{"name": "finish", "arguments": {"confirmed": true, "kind": "result"}}"#,
        ]
        let proposals = steps.enumerated().map { index, value in
            #"{"step": "issues[0]/study#\#(index + 1)", "value": \#(value)}"#
        }
        let script = try command.folder.write((answers + proposals).joined(separator: "\n"), to: "script.jsonl")
        let specification = try command.folder.write(text, to: "lists.md")
        let existing = try cases.map { try command.folder.write($0, to: "cases.jsonl") } ?? ""
        let inputs = [
            "spec=\(specification)", "sut=sh reader.sh", "workspace=\(command.folder.path("program"))",
            "cases=\(existing)",
        ]
        let arguments = [
            "run", Command.repository + "Workflows/spec-to-test-plan", "--unattended", "--output",
            command.folder.path("out"), "--model", "scripted:\(script)",
        ]
        try command.verdict(arguments + inputs.flatMap { ["--input", $0] }, exit: 2)
    }

    private func rows(_ file: String) throws -> [JSONValue] {
        try JSONValue(parsing: try command.folder.bytes(of: "out/" + file)).arrayValue ?? []
    }

    @Test func `a case that passes is never among those of an issue, whatever it is called`() throws {
        try run(
            cases: """
                {"id": "G-1", "input": "bad", "expect": "reject"}
                {"id": "case-G-1", "input": "good", "expect": "accept"}
                """)
        let results = try rows("results.json")
        let names = results.compactMap { $0["case"]?.stringValue }
        #expect(Set(names).count == results.count)
        let failing = results.filter { $0["outcome"] != "pass" }
        #expect(failing.map { $0["input"] } == ["bad"])
        let issues = try JSONValue(parsing: try command.folder.bytes(of: "out/issues.json"))["issues"]?.arrayValue ?? []
        #expect(issues.map { $0["failing_cases"] } == [JSONValue.array(failing.compactMap { $0["case"] })])
    }

    @Test func `an issue of a case that was made here says so`() throws {
        try program(takes: "a = [1, 2")
        try run(
            cases: nil,
            answers: [#"{"step": "looking[0]/look", "value": {"verdict": "reject"}, "confidence": 0.99}"#])
        let issues = try JSONValue(parsing: try command.folder.bytes(of: "out/issues.json"))["issues"]?.arrayValue ?? []
        #expect(issues.count == 1)
        #expect(issues.first?["body"]?.stringValue?.contains("made in this run: unclosed") == true)
        #expect(issues.first?["requirement_ids"] == ["R-002"])
    }

    @Test func `a case that was made here and that nothing bears out is no failure for a server`() throws {
        try program(takes: "a = [1, 2")
        try run(cases: #"{"id": "a", "input": "bad", "expect": "accept"}"#)
        let failing = try rows("results.json").filter { $0["outcome"] != "pass" }
        #expect(failing.map { $0["input"] } == ["bad", "a = [1, 2\n"])
        let report = try command.folder.text(of: "out/junit.xml")
        #expect(report.contains("failures=\"1\" errors=\"0\" skipped=\"1\""))
        #expect(report.contains("<skipped message=\"in no issue, the case or the program is doubtful: it was accepted"))
    }

    @Test func `what the model writes takes no place of what the specification shows`() throws {
        let text = Self.specification.replacing("brackets.", with: "brackets. A list must be short.")
        let written = #"{"follows": "a = [1,, 2]\n", "breaks": "a = [1, 2]\n"}"#
        try run(
            text, cases: #"{"id": "a", "input": "bad", "expect": "reject"}"#,
            answers: [#"{"step": "writing[0]/written", "value": \#(written)}"#])
        let results = try rows("results.json")
        let doubled = results.filter { $0["input"] == "a = [1,, 2]\n" }
        #expect(doubled.map { $0["expected"]?["outcome"] } == ["reject"])
        let shown = results.filter { $0["input"] == "a = [1, 2]\n" }
        #expect(shown.map { $0["expected"]?["outcome"] } == ["accept"])
    }

    @Test func `a line of a list of terms is a definition unless it says what may be`() throws {
        try run(cases: #"{"id": "a", "input": "bad", "expect": "reject"}"#)
        let requirements = try rows("requirements.json")
        #expect(requirements.map { $0["polarity"] } == ["must", "must", "may", "definition"])
        #expect(requirements.last?["quote"] == "LF - ends it")
    }

    @Test func `a case counts for each rule that it was made for, and what is left out is listed`() throws {
        try run(cases: #"{"id": "a", "input": "bad", "expect": "reject"}"#)
        let results = try rows("results.json")
        let trace = try command.folder.text(of: "out/traceability.csv").split(whereSeparator: \.isNewline)
        for rule in ["R-001", "R-002"] {
            let made = results.filter { $0["requirement_ids"]?.arrayValue?.contains(.string(rule)) == true }
            #expect(made.contains { $0["input"] == "a = [1, 2]\n" })
            let prefix = "\(rule),must,yes,Elements,\(made.count),"
            #expect(trace.contains { $0.hasPrefix(prefix) }, "\(trace)")
        }
        #expect(trace.contains { $0.hasPrefix("(all),,,,\(results.count),") }, "\(trace)")
        #expect(try command.folder.text(of: "out/test-plan.md").contains("- Goals: Names must be short."))
    }
}
