import JSONSchemas
import SandboxExecution
import Testing
import WorkflowFormat

/// The verdicts on cases, by a real program in the real sandbox.
@Suite struct TestRunAllTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    /// Runs cases `(input, expect, value)` against a shell program that gets the case on standard input.
    private func run(
        _ script: String, _ cases: [(input: String, expect: String, value: JSONValue)], wall: Int = 10
    ) async throws -> [JSONValue] {
        let rows = cases.enumerated().map { index, item -> JSONValue in
            [
                "id": .string("c\(index)"), "input": .string(item.input), "expect": .string(item.expect),
                "value": item.value,
            ]
        }
        let result = try await bench.value(
            "test.run_all",
            [
                "argv": ["/bin/sh", "-c", .string(script)], "cases": .array(rows), "wall_seconds": .integer(wall),
            ])
        #expect(result["count"]?.intValue == cases.count)
        let passed = result["rows"]?.arrayValue?.filter { $0["outcome"] == "pass" }.count
        #expect(result["passed"]?.intValue == passed)
        return result["rows"]?.arrayValue ?? []
    }

    private func failures(_ rows: [JSONValue]) -> [String] {
        rows.map { $0["failure"]?.stringValue ?? "?" }
    }

    @Test func `accepting and rejecting are judged by the exit code`() async throws {
        let rows = try await run(
            "read x; [ \"$x\" = good ]",
            [("good", "accept", nil), ("bad", "reject", nil), ("good", "reject", nil), ("bad", "accept", nil)])
        #expect(failures(rows) == ["", "", "invalid-accepted", "valid-rejected"])
        #expect(rows.map { $0["outcome"] } == ["pass", "pass", "fail", "fail"])
    }

    static let values: [(expected: JSONValue, printed: String, agrees: Bool)] = [
        (["a": 1], #"{"a": 1.0}"#, true), (["a": 1], #"{"a": 2}"#, false), (["a": 1], #"{"a": 1, "b": 2}"#, false),
        ([1, 2], "[1, 2]", true), ([1, 2], "[2, 1]", false), ([1, 2], "[1]", false), ("x", "x", false),
        (["type": "integer", "value": "42"], #"{"type": "integer", "value": "+0042"}"#, true),
        (["type": "integer", "value": "-0"], #"{"type": "integer", "value": "0"}"#, true),
        (["type": "integer", "value": "42"], #"{"type": "integer", "value": "-42"}"#, false),
        (["type": "integer", "value": "42"], #"{"type": "float", "value": "42"}"#, false),
        (["type": "float", "value": "nan"], #"{"type": "float", "value": "-nan"}"#, true),
        (["type": "float", "value": "1e3"], #"{"type": "float", "value": "1000.0"}"#, true),
        (["type": "float", "value": "inf"], #"{"type": "float", "value": "-inf"}"#, false),
        (
            ["type": "datetime", "value": "1987-07-05T17:45:00.1234567Z"],
            #"{"type": "datetime", "value": "1987-07-05 17:45:00.123456+00:00"}"#, true
        ),
        (
            ["type": "datetime", "value": "1987-07-05T17:45:00Z"],
            #"{"type": "datetime", "value": "1987-07-05T17:45:00-07:00"}"#, false
        ),
        (["type": "string", "value": "1"], #"{"type": "string", "value": "01"}"#, false),
        (["type": "bool", "value": "true"], "true", false),
    ]

    @Test func `what differs is told in a sentence of bounded length`() async throws {
        let keys = #"i=0; while [ $i -lt 200 ]; do printf '"key%d":1,' $i; i=$((i+1)); done"#
        let script = "printf '{'; " + keys + #"; printf '"a":1}'"#
        let rows = try await run(script, [("", "accept", ["a": 1]), ("", "accept", [1])])
        #expect(failures(rows) == ["wrong-value", "wrong-value"])
        let details = rows.map { $0["detail"]?.stringValue ?? "" }
        #expect(details[0].hasSuffix(" (cut here)") && details[0].count < 1_100)
        // A short one stays as it is.
        #expect(details[1].hasPrefix("$: expected [1], got") && !details[1].hasSuffix(" (cut here)"))
    }

    @Test func `values are compared by meaning`() async throws {
        let rows = try await run("cat", Self.values.map { ($0.printed, "accept", $0.expected) })
        for (row, value) in zip(rows, Self.values) {
            #expect(row["failure"]?.stringValue == (value.agrees ? "" : "wrong-value"), "\(value)")
            #expect((row["detail"]?.stringValue ?? "").isEmpty == value.agrees)
        }
    }

    @Test func `a program that is missing is each case's outcome`() async throws {
        let cases: JSONValue = [
            ["id": "a", "input": "x", "expect": "accept"], ["id": "b", "input": "x", "expect": "reject"],
        ]
        let result = try await bench.value("test.run_all", ["argv": ["/no/such/program"], "cases": cases])
        let rows = result["rows"]?.arrayValue ?? []
        #expect(failures(rows) == ["undocumented-failure", "undocumented-failure"])
        #expect(rows.map { $0["outcome"] } == ["error", "error"])
    }

    @Test func `a crash and endless output are the case's outcome and the others go on`() async throws {
        let rows = try await run(
            """
            read x
            case "$x" in
            crash) kill -SEGV $$ ;;
            exit) echo why >&2; exit 7 ;;
            flood) exec yes ;;
            esac
            """,
            [
                ("fine", "accept", nil), ("crash", "accept", nil), ("exit", "reject", nil), ("flood", "accept", nil),
                ("fine", "accept", nil),
            ], wall: 60)
        #expect(rows.map { $0["outcome"]?.stringValue } == ["pass", "error", "error", "error", "pass"])
        let failure = "undocumented-failure"
        #expect(failures(rows) == ["", failure, failure, failure, ""])
        #expect(rows[2]["detail"]?.stringValue?.contains("why") == true)
    }

    @Test func `a loop is a timeout and the others go on`() async throws {
        let rows = try await run(
            "read x; while [ \"$x\" = loop ]; do :; done",
            [("fine", "accept", nil), ("loop", "reject", nil), ("fine", "accept", nil)], wall: 2)
        #expect(rows.map { $0["outcome"]?.stringValue } == ["pass", "timeout", "pass"])
        #expect(failures(rows) == ["", "timeout", ""])
    }

    @Test func `a case without an expectation or an input fails the call`() async throws {
        let argv: JSONValue = ["/bin/true"]
        let good = try await bench.value(
            "test.run_all", ["argv": argv, "cases": [["id": "a", "input_base64": "eA==", "expect": "accept"]]])
        #expect(good["passed"] == 1)
        for bad: JSONValue in [["id": "a", "input": "x"], ["id": "a", "expect": "accept"]] {
            let failure = try await bench.failure("test.run_all", ["argv": argv, "cases": [bad]])
            #expect(failure.code == "bad_argument")
            #expect(failure.message.contains("case a"))
        }
    }

    @Test func `a cancelled call is cancelled and no failure of the sandbox`() async throws {
        let cases: JSONValue = [["id": "a", "input": "x", "expect": "accept"]]
        let task = Task { [bench] in
            // The task is cancelled by itself, before it begins; the handle does not leave the closure.
            unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
            return try await bench.value("test.run_all", ["argv": ["/bin/sleep", "60"], "cases": cases])
        }
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test func `a planner's single run says what came out`() async throws {
        let script: JSONValue = "read x; echo \"[$x]\"; [ \"$x\" = good ]"
        let argv: JSONValue = ["/bin/sh", "-c", script]
        #expect(
            try await bench.value("test.run", ["argv": argv, "input": "good"]) == [
                "outcome": "accepted", "value": "[good]",
            ])
        #expect(try await bench.value("test.run", ["argv": argv, "input": "bad"])["outcome"] == "rejected")
    }
}
