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
        #expect(segments.map { $0.details.map(\.text) } == [[], ["heat", "dust"], []])
    }

    @Test(arguments: [("change", 1), ("talk", 0), (nil, 0)] as [(String?, Int)])
    func `what the headings leave open is a step only when the model says so`(says: String?, count: Int) throws {
        let text = "# T\n## Mitigation\nOil the hinge.\n\n1. `bin/door open`\n"
        #expect(RunbookReader.read(text).segments.map(\.isOpen) == [true, false])
        #expect(try Runbooks.guide(text, says: says).steps.count == 1 + count)
    }

    @Test(
        arguments: [
            ("Check the fan.", true), ("Then, if it hums, replace the fuse.", true),
            ("If the belt slips then tighten it.", true), ("To see the load, open `top`.", true),
            ("As a test, [turn](http://example.org/turn) the wheel.", true),
            ("In rare cases restart the pump.", true), ("You can also read the gauge.", true),
            ("If that fails, you may need to turn the wheel.", true), ("It may be best to drain the tank.", true),
            ("The belt needs to be replaced.", true), ("The only way is to wait.", true),
            ("You have access to the pump.", false), ("You can not stop it.", false),
            ("It should be quiet now.", false),
            ("The log can be found in the tank.", false), ("In most cases load is low.", false),
            ("Please note the time, and stop the pump.", false),
            ("Check of the fan is due.", false), ("`stop` is a word of its own.", false),
            ("The fan is loud, replace is its second name.", false), ("This can be the belt.", false),
            ("If the belt slips, it squeaks.", false), ("Restart is needed.", false), ("(Stop here)", false),
        ] as [(String, Bool)])
    func `an order is a step without a model, and what explains is left to it`(text: String, isOrder: Bool) throws {
        let segments = RunbookReader.read("# T\n## Mitigation\n\n\(text)\n").segments
        #expect(segments.map(\.quote.text) == [text])
        #expect(segments.map(\.isOpen) == [!isOrder])
    }

    @Test(
        arguments: [
            ("Look at the log.\nHere is a full disk.", ["logs show", ""]),
            ("Look at the log.\nThis shows it:", ["", "logs show"]),
            ("It is slow.\nHere is a full disk.", ["", "logs show"]),
        ] as [(String, [String])])
    func `a code block belongs to the sentence that asks for it`(text: String, expected: [String]) {
        let read = RunbookReader.read("# T\n## Diagnosis\n\n\(text)\n\n```sh\n$ logs show\n```\n").segments
        #expect(read.map { $0.commands.first?.line.text ?? "" } == expected)
    }

    @Test func `an indented block is code, and what is indented below an item belongs to it`() {
        #expect(commands("# T\n## Diagnosis\n\nShow the load:\n\n    load show --all\n") == ["load show --all"])
        #expect(commands("# T\n## Diagnosis\n\n- Show the load.\n\n    load show --all\n").isEmpty)
    }

    @Test func `where no heading tells, the verb of an order says what kind of step it is`() throws {
        let text = "# T\n## Procedure\n\nCheck the belt. Replace the belt.\n\nVerify the pressure. The belt is new.\n"
        let segments = RunbookReader.read(text).segments
        #expect(segments.map(\.role) == [.diagnose, .mitigate, .verify, .step])
        #expect(segments.map(\.isOpen) == [false, false, false, true])
    }

    @Test func `the list of a step goes into the guide and comes out of it`() throws {
        let text = "# T\n## Mitigation\nCheck these:\n\n- the fan, `a/b`\n- the belt\n\nStop the pump.\n"
        let guide = try Runbooks.guide(text)
        #expect(guide.steps.map { $0.details.map(\.text) } == [["the fan, `a/b`", "the belt"], []])
        #expect(guide.steps.allSatisfy { $0.command == nil })
        #expect(try Guide(guide.toJSON()) == guide)
    }

    @Test func `a name in code warns of nothing`() {
        func kinds(_ text: String) -> [RunbookSegment.Role] {
            RunbookReader.read("# T\n## Meaning\n\n\(text)\n\n## Mitigation\n\n1. Wait.\n").segments.map(\.role)
        }
        #expect(kinds("It fires at level `warning`.") == [.mitigate])
        #expect(kinds("It is a warning: never wait.") == [.caution, .mitigate])
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

    @Test(arguments: [(40, false), (140, true)])
    func `an order is looked for behind so many words, and not behind all that a hostile text has`(
        count: Int, isOpen: Bool
    ) {
        let text = "If " + String(repeating: "it, ", count: count) + "stop the pump."
        #expect(RunbookReader.read("# T\n## Mitigation\n\n\(text)\n").segments.map(\.isOpen) == [isOpen])
    }

    @Test func `reading ends one part behind the most that a runbook may have`() {
        let limit = RunbookReader.partLimit
        func count(_ text: String) -> Int { RunbookReader.read("# T\n## Mitigation\n\n" + text).segments.count }
        #expect(count(String(repeating: "- Stop the pump.\n", count: limit)) == limit)
        #expect(count(String(repeating: "- Stop the pump.\n", count: 3 * limit)) == limit + 1)
        #expect(count(String(repeating: "Stop the pump. ", count: 3 * limit)) == limit + 1)
    }

    @Test func `an item that is longer than any sentence is cut between its sentences`() {
        let text = "- " + String(repeating: "It is quite a long sentence about the pump. ", count: 200) + "\n"
        let quotes = RunbookReader.read("# T\n## Mitigation\n\n" + text).segments.map(\.quote.text)
        #expect(quotes.count == 3 && quotes.allSatisfy { $0.utf8.count <= 4_000 })
    }
}
