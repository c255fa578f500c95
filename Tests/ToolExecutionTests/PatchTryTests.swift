import Foundation
import JSONSchemas
import TestSupport
import Testing
import WorkflowFormat

/// Edits of a source file, tried by a real program in the real sandbox.
@Suite struct PatchTryTests {
    private let bench: Workbench
    private let workspace: String

    /// Prints the larger of two numbers; line 3 has it the wrong way round.
    private static let source = "#!/bin/sh\nread a b\n" + wrong + "\n"
    private static let wrong = "if [ \"$a\" -lt \"$b\" ]; then echo \"$a\"; else echo \"$b\"; fi"
    private static let right = "if [ \"$a\" -gt \"$b\" ]; then echo \"$a\"; else echo \"$b\"; fi"
    private static let cases: JSONValue = [
        ["id": "first", "input": "3 1", "expect": "accept", "value": 3],
        ["id": "second", "input": "1 4", "expect": "accept", "value": 4],
        ["id": "same", "input": "2 2", "expect": "accept", "value": 2],
    ]

    init() throws {
        bench = try Workbench()
        workspace = try bench.folder.makeFolder("work")
        try bench.folder.write(Self.source, to: "work/larger.sh")
        try bench.folder.write("{\"id\": \"first\"}\n", to: "work/tests/cases.jsonl")
    }

    private func arguments(
        _ candidates: [JSONValue], source: String = "larger.sh", cases: JSONValue = PatchTryTests.cases,
        argv: JSONValue = ["/bin/sh", "larger.sh"]
    ) -> JSONObject {
        JSONObject([
            ("argv", argv), ("workspace", .string(workspace)), ("source", .string(source)), ("cases", cases),
            ("candidates", .array(candidates)), ("wall_seconds", 20),
        ])
    }

    private func edit(_ line: Int, _ new: String) -> JSONValue {
        ["line": .integer(line), "new": .string(new)]
    }

    @Test func `the edit that fixes all and breaks none is found, and the folder is left as it was`() async throws {
        let listing = try bench.folder.listing()
        let result = try await bench.value(
            "patch.try",
            arguments([
                // Fixes one case and not the other, fixes nothing, breaks what passed, fixes all.
                edit(3, "echo \"$a\""), edit(2, "read a  b"), edit(3, "if [ $a = 2 ]; then echo 9; else echo 3; fi"),
                edit(3, Self.right), edit(3, Self.right + " # again"),
            ]))
        #expect(result["verdict"] == "fixed")
        #expect(result["failed_before"] == 2)
        #expect(result["failed_after"] == 0)
        #expect(result["failing"] == ["first", "second"])
        let patches = result["patches"]?.arrayValue ?? []
        #expect(patches.count == 1)
        #expect(patches.first?["new"]?.stringValue == Self.right)
        #expect(patches.first?["old"]?.stringValue == Self.wrong)
        let diff = patches.first?["diff"]?.stringValue ?? ""
        #expect(diff.contains("@@ -1,3 +1,3 @@"))
        #expect(diff.contains("\n-\(Self.wrong)\n+\(Self.right)\n"))
        #expect(result["near"]?.arrayValue?.isEmpty == false)
        #expect(try bench.folder.text(of: "work/larger.sh") == Self.source)
        #expect(try bench.folder.listing() == listing)
    }

    @Test func `without the right edit nothing is called fixed`() async throws {
        let wrong = [edit(2, "read a  b"), edit(3, "echo \"$a\""), edit(3, "echo 3")]
        let result = try await bench.value("patch.try", arguments(wrong))
        #expect(result["verdict"] == "not_fixed")
        #expect(result["patches"] == [])
        #expect(result["failed_after"] == 2)
        #expect(result["tried"] == 3)
        // The control arm: the same list with the right one at its end.
        let fixed = try await bench.value("patch.try", arguments(wrong + [edit(3, Self.right)]))
        #expect(fixed["verdict"] == "fixed")
    }

    @Test func `an edit that breaks a passing case is no patch`() async throws {
        // Both failing cases pass with it.
        let breaking = edit(3, "if [ \"$a$b\" = 31 ]; then echo 3; else echo 4; fi")
        let result = try await bench.value("patch.try", arguments([breaking]))
        #expect(result["verdict"] == "not_fixed")
        #expect(result["near"]?[0]?["reason"]?.stringValue?.contains("breaks 1 of 1 cases, same first") == true)
        let narrow: JSONValue = [
            ["id": "first", "input": "3 1", "expect": "accept", "value": 3],
            ["id": "second", "input": "1 4", "expect": "accept", "value": 4],
        ]
        // The control arm: without the case that it breaks it is one.
        #expect(try await bench.value("patch.try", arguments([breaking], cases: narrow))["verdict"] == "fixed")
    }

    @Test func `what is no edit of one line of the source is refused and not run`() async throws {
        let refused: [(JSONValue, String)] = [
            (["path": "tests/cases.jsonl", "line": 1, "new": "{}"], "another file"),
            (["path": "../larger.sh", "line": 3, "new": .string(Self.right)], "another file"),
            (edit(9, "echo 1"), "names another"), (edit(0, "echo 1"), "names another"),
            (edit(3, ""), "removes the line"), (edit(3, "  "), "removes the line"),
            (edit(3, "echo 1\nrm -r tests"), "more than one line"), (edit(3, Self.wrong), "changes nothing"),
            (["line": 3, "old": "echo", "new": .string(Self.right)], "isn't the one"),
            (["line": 3], "no `new`"), (edit(3, Self.right + " # \u{202E}\u{2066}x"), "202E, which can't be seen"),
            (edit(3, "echo 1 #\u{2028}rm -r tests"), "2028, which can't be seen"),
            (edit(3, "echo 1\u{8}"), "8, which can't be seen"),
            (edit(3, "echo " + String(repeating: "1", count: 2_000)), "longer than 2000 bytes"),
        ]
        let result = try await bench.value("patch.try", arguments(refused.map(\.0)))
        #expect(result["verdict"] == "not_fixed")
        #expect(result["tried"] == 0)
        #expect(result["refused_count"]?.intValue == refused.count)
        let reasons = (result["refused"]?.arrayValue ?? []).map { $0["reason"]?.stringValue ?? "" }
        for (reason, wanted) in zip(reasons, refused) { #expect(reason.contains(wanted.1), "\(reason)") }
        // The control arm: named as it is, the same edit counts.
        let good: JSONValue = [
            "path": "larger.sh", "line": 3, "old": .string(Self.wrong), "new": .string(Self.right),
        ]
        #expect(try await bench.value("patch.try", arguments([good]))["verdict"] == "fixed")
    }

    @Test(arguments: [
        "tests/cases.jsonl", "test_larger.sh", "larger_test.sh", "spec/larger.sh", "larger.spec.js", "LargerTest.java",
        "TestLarger.java", "LargerTests/larger.swift",
    ])
    func `a test is never the source`(path: String) async throws {
        try bench.folder.write(Self.source, to: "work/" + path)
        for name in ["latest.sh", "Tester.java"] { try bench.folder.write(Self.source, to: "work/" + name) }
        let failure = try await bench.failure("patch.try", arguments([], source: path))
        #expect(failure.code == "refused")
        #expect(failure.message.contains("a test"))
        #expect(try await bench.failure("patch.read", named(path)).code == "refused")
        // The control arm.
        for name in ["latest.sh", "Tester.java"] {
            #expect(try await bench.value("patch.read", named(name))["lines"] == 3)
        }
    }

    @Test func `cases that the program could read are refused`() async throws {
        let text = "{\"id\": \"first\"}\n"
        let inside = try bench.folder.write(text, to: "work/data/cases.jsonl")
        let link = bench.folder.path("link.jsonl")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: inside)
        var call = arguments([edit(3, Self.right)])
        var shown = named("larger.sh")
        for path in [inside, link, workspace + "/../work/data/cases.jsonl"] {
            call["cases_file"] = .string(path)
            shown["cases_file"] = .string(path)
            #expect(try await bench.failure("patch.try", call).code == "refused")
            #expect(try await bench.failure("patch.read", shown).message.contains("can read what is expected"))
        }
        // The control arm: beside the folder, also under a name that begins alike.
        call["cases_file"] = .string(try bench.folder.write(text, to: "work.jsonl"))
        shown["cases_file"] = call["cases_file"]
        #expect(try await bench.value("patch.try", call)["verdict"] == "fixed")
        #expect(try await bench.value("patch.read", shown)["lines"] == 3)
    }

    private func named(_ source: String) -> JSONObject {
        ["workspace": .string(workspace), "source": .string(source)]
    }

    @Test(arguments: [("../outside.sh", "refused"), ("none.sh", "not_found"), ("/etc/hostname", "refused")])
    func `a source elsewhere is refused`(path: String, code: String) async throws {
        try bench.folder.write(Self.source, to: "outside.sh")
        #expect(try await bench.failure("patch.try", arguments([], source: path)).code == code)
        #expect(try await bench.value("patch.try", arguments([]))["verdict"] == "not_fixed")
    }

    @Test func `a source that doesn't compile is said to be one and nothing is tried`() async throws {
        var call = arguments([edit(3, Self.right)])
        call["compile"] = ["/bin/sh", "-n", "larger.sh"]
        #expect(try await bench.value("patch.try", call)["verdict"] == "fixed")
        try bench.folder.write(Self.source + "if [\n", to: "work/larger.sh")
        let result = try await bench.value("patch.try", call)
        #expect(result["verdict"] == "does_not_compile")
        #expect(result["tried"] == 0)
        #expect(result["patches"] == [])
    }

    @Test func `a program that isn't there says nothing of the source`() async throws {
        var call = arguments([edit(3, Self.right)])
        call["compile"] = ["/bin/no-such-compiler", "larger.sh"]
        let compiling = try await bench.failure("patch.try", call)
        #expect(compiling.code == "bad_argument")
        #expect(compiling.message.contains("Can't find out whether `larger.sh` compiles: program"))
        let running = try await bench.failure("patch.try", arguments([], argv: ["/bin/no-such-shell", "larger.sh"]))
        #expect(running.code == "bad_argument")
        #expect(running.message.contains("Can't run the cases: program"))
        // The control arm.
        call["compile"] = ["/bin/sh", "-n", "larger.sh"]
        #expect(try await bench.value("patch.try", call)["verdict"] == "fixed")
    }

    @Test func `an edit that doesn't compile is no patch`() async throws {
        var call = arguments([edit(3, Self.right)])
        // A checker that takes the source as it is and not with the edit.
        call["compile"] = ["/bin/sh", "-c", "! grep -q gt larger.sh"]
        let result = try await bench.value("patch.try", call)
        #expect(result["verdict"] == "not_fixed")
        #expect(result["near"]?[0]?["reason"]?.stringValue?.contains("doesn't compile") == true)
        call["compile"] = ["/bin/sh", "-c", "grep -q read larger.sh"]
        #expect(try await bench.value("patch.try", call)["verdict"] == "fixed")
    }

    @Test func `a suite that comes out differently is called flaky and nothing is claimed`() async throws {
        // What the rows say of an earlier run isn't what happens now.
        var rows = Self.cases.arrayValue ?? []
        for index in rows.indices {
            var row = rows[index].objectValue ?? JSONObject()
            row["outcome"] = index < 2 ? "fail" : "pass"
            row["failure"] = index == 2 ? "" : "wrong-value"
            rows[index] = .object(row)
        }
        let steady = try await bench.value("patch.try", arguments([edit(3, Self.right)], cases: .array(rows)))
        #expect(steady["verdict"] == "fixed")
        var row = rows[2].objectValue ?? JSONObject()
        row["outcome"] = "timeout"
        row["failure"] = "timeout"
        rows[2] = .object(row)
        let flaky = try await bench.value("patch.try", arguments([edit(3, Self.right)], cases: .array(rows)))
        #expect(flaky["verdict"] == "flaky")
        #expect(flaky["flaky"] == ["same"])
        #expect(flaky["patches"] == [])
        #expect(flaky["tried"] == 0)
    }

    /// A program that is wrong until a file is there, and edits of it with which it passes before that.
    private static let late = "#!/bin/sh\nread a\nif [ -e ready ]; then a=1; fi\necho \"$a\"\n"
    private static let lateCases: JSONValue = [
        ["id": "late", "input": "2", "expect": "accept", "value": 1],
        ["id": "sound", "input": "1 ", "expect": "accept", "value": 1],
    ]

    @Test(arguments: ["echo 1", "if [ -e ready ]; then echo 9; else echo 1; fi"])
    func `what passes without the edit by now isn't fixed by it`(line: String) async throws {
        let shop = try TemporaryFolder()
        try shop.write(Self.late, to: "late.sh")
        // The file comes after the first case was seen to pass with the edit.
        let changing = try Workbench { _, _ in _ = try? shop.write("", to: "ready") }
        var call = arguments([edit(4, line)], source: "late.sh", cases: Self.lateCases, argv: ["/bin/sh", "late.sh"])
        call["workspace"] = .string(shop.path)
        // The control arm: it never comes.
        #expect(try await bench.value("patch.try", call)["verdict"] == "fixed")
        let result = try await changing.value("patch.try", call)
        #expect(shop.contains("ready"))
        #expect(result["verdict"] == "flaky")
        #expect(result["flaky"] == ["late"])
        #expect(result["patches"] == [])
    }

    @Test func `a program that looks how old its file is isn't fixed by any edit`() async throws {
        let aged = try bench.folder.write(
            "#!/bin/sh\nread a\nif [ \"$(stat -c %Y aged.sh)\" -gt 1500000000 ]; then a=1; fi\necho \"$a\"\n",
            to: "work/aged.sh")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: aged)
        func verdict(_ line: Int, _ new: String) async throws -> JSONValue? {
            try await bench.value(
                "patch.try",
                arguments([edit(line, new)], source: "aged.sh", cases: Self.lateCases, argv: ["/bin/sh", "aged.sh"])
            )["verdict"]
        }
        #expect(try await verdict(2, "read a # as it is") == "flaky")
        // The control arm: the same edit of a program that doesn't look, with which nothing passes.
        try bench.folder.write(Self.late, to: "work/aged.sh")
        #expect(try await verdict(2, "read a # as it is") == "not_fixed")
        #expect(try await verdict(4, "echo 1") == "fixed")
    }

    @Test func `an edit that fails is not run on all cases`() async throws {
        let cases = (0..<34).map { index -> JSONValue in
            [
                "id": .string("c\(index)"), "input": .string("\(index + 20) 1"), "expect": "accept",
                "value": .integer(index + 20),
            ]
        }
        let result = try await bench.value(
            "patch.try", arguments([edit(3, "echo 20"), edit(3, Self.right)], cases: .array(cases)))
        #expect(
            result["near"]?[0]?["reason"]?.stringValue?.hasPrefix("31 of the first 32 of 34 cases still fail, c1")
                == true)
        #expect(result["verdict"] == "fixed")
    }

    @Test func `a patch that may answer the cases alone is said to be one`() async throws {
        let cases: JSONValue = [
            ["id": "first", "input": "31 10", "expect": "accept", "value": 31],
            ["id": "second", "input": "12 40", "expect": "accept", "value": 40],
        ]
        func sentence(_ line: String, _ cases: JSONValue) async throws -> String {
            let result = try await bench.value("patch.try", arguments([edit(3, line)], cases: cases))
            #expect(result["verdict"] == "fixed")
            return result["sentence"]?.stringValue ?? ""
        }
        let special = try await sentence("if [ \"$a\" = 31 ]; then echo 31; else echo 40; fi", cases)
        #expect(special.contains("it names `31`, which cases hold and the program doesn't"))
        let same: JSONValue = [
            ["id": "first", "input": "3 1", "expect": "accept", "value": 3],
            ["id": "second", "input": "1 3", "expect": "accept", "value": 3],
        ]
        #expect(try await sentence(Self.right, same).contains("every case expects the same"))
        // The control arm: a patch of which nothing of the kind is known.
        #expect(try await sentence(Self.right, cases) == "with it all 2 cases pass, twice; before, 2 failed")
    }

    @Test func `a suite without a failure and one without a case need no fix`() async throws {
        try bench.folder.write(Self.source.replacing("-lt", with: "-gt"), to: "work/larger.sh")
        #expect(try await bench.value("patch.try", arguments([edit(2, "read a  b")]))["verdict"] == "nothing_fails")
        #expect(try await bench.value("patch.try", arguments([], cases: []))["verdict"] == "nothing_fails")
    }

    @Test func `an edit that loops costs its time limit and the next is tried`() async throws {
        let edits = [edit(3, "while :; do :; done"), edit(3, Self.right)]
        let result = try await bench.value("patch.try", arguments(edits))
        #expect(result["verdict"] == "fixed")
        #expect(result["tried"] == 2)
    }

    @Test func `a suite that takes longer than edits may leaves them their time`() async throws {
        let slow = Self.source.replacing("read a b", with: "read a b; sleep 1")
        try bench.folder.write(slow, to: "work/larger.sh")
        var call = arguments([edit(3, Self.right)])
        call["seconds"] = 1
        let result = try await bench.value("patch.try", call)
        #expect(result["verdict"] == "fixed")
        #expect(result["tried"] == 1)
    }

    @Test func `edits for which there is no time are left, and it is said`() async throws {
        let slow = (1...8).map { edit(3, "sleep 0.5; echo 0 # \($0)") }
        var call = arguments(slow + [edit(3, Self.right)])
        call["seconds"] = 1
        let result = try await bench.value("patch.try", call)
        #expect(result["verdict"] == "not_fixed")
        #expect(result["tried"] == 8)
        #expect(result["left"] == 1)
        #expect(result["sentence"]?.stringValue?.hasSuffix("then 1 s were over, and 1 were left") == true)
        // The control arms: with time for all of them, and where none is left nothing is said of time.
        call["seconds"] = 600
        #expect(try await bench.value("patch.try", call)["verdict"] == "fixed")
        let all = try await bench.value("patch.try", arguments([edit(3, "echo 0")]))
        #expect(all["verdict"] == "not_fixed")
        #expect(all["sentence"]?.stringValue?.contains("over") == false)
    }

    @Test func `several patches are found where several are wanted`() async throws {
        var call = arguments([edit(3, Self.right), edit(2, "read a  b"), edit(3, Self.right + " # again")])
        call["keep"] = 2
        #expect(try await bench.value("patch.try", call)["patches"]?.arrayValue?.count == 2)
        call["keep"] = 1
        #expect(try await bench.value("patch.try", call)["patches"]?.arrayValue?.count == 1)
    }
}
