import JSONSchemas
import RepairGuides
import Testing

@Suite struct RunbookReaderTests {
    private func commands(_ text: String) -> [String] {
        RunbookReader.read(text).segments.flatMap(\.commands).map(\.line.text)
    }

    @Test func `every quote and every command is cut from the runbook, byte for byte`() throws {
        let text =
            "---\ntitle: x\n---\n# Ünïcode – title\n\n## Diagnosis\n\nLook at the “log” file. Run `wc -l log/a.log` now!\n\n```shell\n$ tail log/a.log\nline — one\n```\n"
        let bytes = Array(text.utf8)
        let segments = RunbookReader.read(text).segments
        #expect(segments.count >= 2)
        for quote in segments.flatMap({ [$0.quote] + $0.commands.map(\.line) }) {
            #expect(Array(bytes[quote.range]) == Array(quote.text.utf8))
        }
    }

    @Test func `prompts tell commands from output and assignments`() {
        let text = """
            # T
            ## Diagnosis
            Open a shell:

            ```shell
            $ NODE='a node'
            $ show node "$NODE"
            # list --all
            output of it
            ```
            """
        #expect(commands(text) == ["show node \"$NODE\"", "list --all"])
    }

    @Test func `a query is a command that only a person runs`() throws {
        let guide = try Runbooks.guide("# T\n## Diagnosis\nRun this query.\n\n```promql\nrate(x[5m]) > 1\n```\n")
        let command = try #require(guide.toJSON()["commands"]?[0])
        #expect(command["quote"] == "rate(x[5m]) > 1")
        #expect(command["argv"] == [])
        #expect(command["only_shown_because"]?.stringValue?.contains("query") == true)
    }

    @Test func `an item with two commands is two steps, and settings and phrases are no commands`() throws {
        let guide = try Runbooks.guide(
            """
            # T
            ## Mitigation
            1. `bin/turn --dry` once more; it must say all clear. Then `bin/turn`.
            2. Set `a = 1`, which is `not open` any more.
            """)
        let steps = try #require(guide.toJSON()["steps"]?.arrayValue)
        #expect(steps.map { $0["kind"]?.stringValue } == ["verify", "mitigate", "mitigate"])
        #expect(steps[0]["expects"] == [["says": "all clear"]])
        #expect(steps[1]["quote"] == "Then `bin/turn`.")
        #expect(steps[2]["command"] == nil)
        #expect(steps[2]["edits"] == [["set": "a", "to": "1"]])
    }

    @Test func `a list under a colon belongs to its sentence, and background has no steps`() {
        let text = """
            # T
            ## Meaning
            Run `rm -r x` is what broke it. Never do that again.
            ## Diagnosis
            - Check the usual causes:
              - heat
              - dust
            - Check the fan.
            """
        let segments = RunbookReader.read(text).segments
        #expect(segments.map(\.quote.text) == ["Never do that again.", "Check the usual causes:", "Check the fan."])
        #expect(segments.map(\.role) == [.caution, .diagnose, .diagnose])
    }

    @Test(arguments: [("change", 1), ("talk", 0), (nil, 0)] as [(String?, Int)])
    func `what the headings leave open is a step only when the model says so`(says: String?, count: Int) throws {
        let text = "# T\n## Mitigation\nOil the hinge.\n\n1. `bin/door open`\n"
        #expect(RunbookReader.read(text).segments.map(\.isOpen) == [true, false])
        #expect(try Runbooks.guide(text, says: says).steps.count == 1 + count)
    }

    @Test(arguments: ["[", "`", "correct the name of the ", "``` ", "<!--", "- a:\n  "])
    func `a long and senseless runbook is read in bounded time`(piece: String) {
        let text = "# T\n## Mitigation\n" + String(repeating: piece, count: 20_000 / piece.utf8.count)
        let clock = ContinuousClock()
        #expect(clock.measure { _ = RunbookReader.read(text) } < .seconds(10))
    }

    @Test func `a runbook without steps is refused in one sentence`() {
        #expect(throws: GuideError("it has no steps")) { try Runbooks.guide("# T\n\n## Meaning\n\nIt is broken.\n") }
        #expect(throws: GuideError("it has no steps")) { try Runbooks.guide("Nothing here.") }
    }
}
