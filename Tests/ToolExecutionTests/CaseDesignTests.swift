import JSONSchemas
import Testing
import WorkflowFormat

@Suite struct CaseDesignTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    @Test func `cases are made from a specification's examples and rules`() async throws {
        let text = "# Texts\n\nIts characters must not be U+0000 to U+0008.\n\n```x\nname = \"a\"\n```\n"
        let rule: JSONValue = [
            "id": "R-1", "quote": "Its characters must not be U+0000 to U+0008.",
            "polarity": "must-not", "section": "Texts", "byte_start": 9,
        ]
        let result = try await bench.value("case.vary", ["text": .string(text), "rules": [rule]])
        let rows = result["rows"]?.arrayValue ?? []
        #expect(result["count"]?.intValue == rows.count)
        #expect(
            rows.first == [
                "input": "name = \"a\"\n", "input_base64": nil, "expect": "accept", "technique": "example",
                "requirement_ids": ["R-1"],
            ])
        // A text with a zero character goes as bytes.
        #expect(rows.contains { $0["input_base64"] == "bmFtZSA9ICJhACIK" && $0["input"]?.isNull == true })
        #expect(result["conflicts"] == [])
    }

    @Test func `a rule without its polarity is refused`() async throws {
        let failure = try await bench.failure(
            "case.vary", ["text": "x", "rules": [["id": "R-1", "quote": "Names must end."]]])
        #expect(failure.code == "bad_argument")
        let conflicts = try await bench.value(
            "case.vary",
            [
                "text": "x",
                "rules": [
                    ["id": "R-1", "quote": "Names must end with a colon.", "polarity": "must"],
                    ["id": "R-2", "quote": "Names must not end with a colon.", "polarity": "must-not"],
                ],
            ])["conflicts"]
        #expect(conflicts?[0]?["requirement_ids"] == ["R-1", "R-2"])
    }

    @Test func `failing cases get a cause and passing ones none`() async throws {
        func row(_ id: String, _ input: String, _ outcome: String, _ expect: String = "reject") -> JSONValue {
            [
                "id": .string(id), "input": .string(input), "expect": .string(expect), "outcome": .string(outcome),
                "failure": outcome == "pass" ? "" : "invalid-accepted", "detail": "",
            ]
        }
        let result = try await bench.value(
            "case.group",
            [
                "rows": [
                    row("a", "[1, 2]", "pass", "accept"), row("b", "[1,, 2]", "fail"), row("c", "[3", "fail"),
                    row("d", "[4,, 5]", "fail"),
                ]
            ])
        #expect(
            result["rows"] == [
                ["id": "b", "cause": 1], ["id": "d", "cause": 1], ["id": "c", "cause": 2],
            ])
        #expect(result["count"] == 2)
        let failure = try await bench.failure("case.group", ["rows": [["id": "a"]]])
        #expect(failure.code == "bad_argument")
    }
}
