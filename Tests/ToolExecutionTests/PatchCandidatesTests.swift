import Foundation
import JSONSchemas
import TestSupport
import Testing
import WorkflowFormat

/// Which edits of a line are thought of, and in which order.
@Suite struct PatchCandidatesTests {
    private let bench: Workbench
    private let workspace: String

    init() throws {
        bench = try Workbench()
        workspace = try bench.folder.makeFolder("work")
    }

    private func result(
        _ source: String, name: String = "a.py", lines: [JSONValue], limit: Int? = nil
    ) async throws -> JSONValue {
        try bench.folder.write(source, to: "work/" + name)
        var arguments: JSONObject = [
            "workspace": .string(workspace), "source": .string(name), "lines": .array(lines),
        ]
        if let limit { arguments["limit"] = .integer(limit) }
        return try await bench.value("patch.candidates", arguments)
    }

    /// The lines that one line may become.
    private func changes(_ source: String, line: Int = 1, name: String = "a.py") async throws -> [String] {
        let rows = try await result(source, name: name, lines: [["line": .integer(line)]])["rows"]?.arrayValue ?? []
        return rows.compactMap { $0["new"]?.stringValue }
    }

    /// A mistake, what it should have been, and what must not be thought of.
    private static let mistakes: [(line: String, right: String, never: String)] = [
        ("if i < n:", "if i <= n:", "if i <= <= n:"),
        ("for i in range(n):", "for i in range(n + 1):", "for i + 1 in range(n):"),
        ("x = row[j + 1] + 1", "x = row[j] + 1", "x + 1 = row[j + 1] + 1"),
        ("x = row[j] + 1", "x = row[j + 1] + 1", "x = row + 1[j] + 1"),
        ("a, b = a % b, b", "a, b = b, a % b", "a, b = a, % b b"),
        ("left, right = stack.pop(), stack.pop()", "right, left = stack.pop(), stack.pop()", "left, right = stack"),
        ("out = out + digits[d]", "out = digits[d] + out", "out = digits + out[d]"),
        ("here = max(v, here + v, best)", "here = max(v, here + v)", "here = max(v, here + v, )"),
        ("if a and not b:", "if a or not b:", "if a and not not b:"),
        ("if a and not b:", "if a and b:", "if not b:"),
        ("return min(a, b)", "return max(a, b)", "return min + 1(a, b)"),
        ("return found == 0", "return not found == 0", "not return found == 0"),
        ("total = total + count", "total = total - count", "total - total = total + count"),
        ("k = f(a, k - b)\nc = a", "k = f(a, k - b - c)", "k = f(a, k - b - a)"),
        ("n -= 10", "n += 10", "n -+ 10"),
        ("x = s.find(t)", "x = s.find(t) + 1", "x = s + 1.find(t)"),
    ]

    @Test(arguments: PatchCandidatesTests.mistakes.indices)
    func `a change that takes a mistake back is thought of, and none that breaks an operand`(index: Int) async throws {
        let mistake = Self.mistakes[index]
        let found = try await changes(mistake.line + "\n")
        #expect(found.contains(mistake.right), "\(found)")
        #expect(!found.contains(mistake.never))
        #expect(!found.contains(mistake.line))
        #expect(Set(found).count == found.count)
    }

    @Test func `names come from nearby, and strings and comments stay`() async throws {
        let source = "width = 4\nheight = 5\narea = width * width  # width of `it`\nprint(\"width\", area)\n"
        let found = try await changes(source, line: 3)
        #expect(found.contains("area = width * height  # width of `it`"))
        #expect(found.allSatisfy { $0.hasSuffix("# width of `it`") })
        let printed = try await changes(source, line: 4)
        #expect(printed.contains("print(\"width\", height)"))
        #expect(printed.contains("print(area, \"width\")"))
        #expect(!printed.contains { $0.contains("\"height\"") })
    }

    @Test func `a comment's beginning and a condition's opposite hang on the language`() async throws {
        let cases: [(line: String, name: String, changed: String, isThere: Bool)] = [
            ("x = a // b", "a.py", "x = a / b", true), ("x = a // b", "a.c", "x = a / b", false),
            ("return a", "a.py", "return not a", true), ("return a;", "a.c", "return !a;", true),
            ("if (!done) {", "a.js", "if (done) {", true), ("import a", "a.py", "import b", false),
        ]
        for item in cases {
            let found = try await changes(item.line + "\n", name: item.name)
            #expect(found.contains(item.changed) == item.isThere, "\(item)")
            #expect(found.isEmpty == item.line.hasPrefix("import"))
        }
    }

    @Test func `what a model wrote is tried first, at the line's own indentation`() async throws {
        let source = "def f(n):\n\tif n < 2:\n\t\treturn n\n\treturn 0\n"
        let lines: [JSONValue] = [
            ["line": 2, "share": 0.2, "text": "if n <= 2:"],
            ["line": 4, "share": 0.9, "text": "  4: return f(n - 1)\n"],
            ["line": 3, "share": 0.5, "text": "return 1\nreturn 2"],
        ]
        let rows = try await result(source, lines: lines)["rows"]?.arrayValue ?? []
        #expect(rows[0]["new"]?.stringValue == "\treturn f(n - 1)")
        #expect(rows[0]["change"] == "written")
        #expect(rows[0]["old"]?.stringValue == "\treturn 0")
        #expect(rows[1]["new"]?.stringValue == "\tif n <= 2:")
        // Two lines are no line.
        #expect(!rows.contains { $0["new"]?.stringValue?.contains("return 2") == true })
        #expect(rows.filter { $0["change"] == "written" }.count == 2)
        // Of two lines with the same change the likelier one comes first.
        let ones = rows.filter { $0["change"] == "one" }.compactMap { $0["line"]?.intValue }
        #expect(ones.first == 4)
        #expect(ones.contains(2))
    }

    @Test func `a list is cut at its limit and says by how much`() async throws {
        let all = try await result("x = a + b\n", lines: [["line": 1]])
        let count = try #require(all["count"]?.intValue)
        #expect(count > 5)
        #expect(all["left_out"] == 0)
        let cut = try await result("x = a + b\n", lines: [["line": 1]], limit: 5)
        #expect(cut["count"] == 5)
        #expect(cut["left_out"]?.intValue == count - 5)
        #expect(cut["rows"]?[4] == all["rows"]?[4])
    }

    @Test func `a line of a packed file is neither changed nor shown as a whole`() async throws {
        let packed = "x = " + String(repeating: "a.", count: 60_000) + "a"
        let source = packed + "\ny = a + b\n"
        let rows = try await result(source, lines: [["line": 1], ["line": 2]])["rows"]?.arrayValue ?? []
        #expect(Set(rows.compactMap { $0["line"]?.intValue }) == [2])
        let shown = try await bench.value("patch.read", ["workspace": .string(workspace), "source": "a.py"])
        #expect(shown["rows"]?.arrayValue?.compactMap { $0["line"]?.intValue } == [2])
        #expect(shown["left_out"] == 1)
        let program = shown["rows"]?[0]?["program"]?.stringValue ?? ""
        #expect(program.hasPrefix("1: x = a.a."))
        #expect(program.hasSuffix("a [...]\n2: y = a + b") || program.hasSuffix(". [...]\n2: y = a + b"))
        #expect(program.utf8.count < 200)
        // The control arm: of one that is long and not too long there are changes, and no more than anybody tries.
        let long = try await changes("x = " + String(repeating: "a + ", count: 200) + "a\n")
        #expect(!long.isEmpty)
        #expect(long.count <= 1_000)
    }

    @Test func `a row that names no line fails the call`() async throws {
        try bench.folder.write("x = 1\n", to: "work/a.py")
        for number in [0, 2] {
            let failure = try await bench.failure(
                "patch.candidates",
                [
                    "workspace": .string(workspace), "source": "a.py", "lines": [["line": .integer(number)]],
                ])
            #expect(failure.code == "bad_argument")
        }
        let found = try await changes("x = 1\n")
        #expect(!found.isEmpty)
    }

    @Test func `a file is shown by its lines with code, and a long one in stretches`() async throws {
        try bench.folder.write("# head\r\n\r\nx = 1\r\ny = 2", to: "work/a.py")
        let named: JSONObject = ["workspace": .string(workspace), "source": "a.py"]
        let short = try await bench.value("patch.read", named)
        #expect(short["lines"] == 4)
        #expect(short["rows"]?.arrayValue?.compactMap { $0["line"]?.intValue } == [3, 4])
        #expect(short["rows"]?[0]?["shown"] == "3: x = 1")
        #expect(short["rows"]?[1]?["program"] == "1: # head\n2: \n3: x = 1\n4: y = 2")
        try bench.folder.write((1...300).map { "x = \($0)\n" }.joined(), to: "work/a.py")
        let long = try await bench.value("patch.read", named)
        #expect(long["rows"]?.arrayValue?.count == 200)
        #expect(long["left_out"] == 100)
        for row in long["rows"]?.arrayValue ?? [] {
            let program = row["program"]?.stringValue ?? ""
            #expect(program.split(separator: "\n").count == 80)
            #expect(program.contains(row["shown"]?.stringValue ?? "?"))
        }
    }
}
