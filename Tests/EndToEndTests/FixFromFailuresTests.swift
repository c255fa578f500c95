import Foundation
import JSONSchemas
import TestSupport
import Testing

/// The shipped fixing workflow from start to end, on a copy of its sample program.
@Suite struct FixFromFailuresTests {
    private let command: Command
    private let workflow = Command.repository + "Workflows/fix-from-failures"

    init() throws {
        command = try Command()
        try FileManager.default.copyItem(
            atPath: workflow + "/sample/workspace", toPath: command.folder.path("shop"))
    }

    private func arguments(cases: String? = nil, script: String? = nil) -> [String] {
        [
            "run", workflow, "--unattended", "--output", command.folder.path("out"),
            "--model", "scripted:" + (script ?? workflow + "/sample.script.jsonl"),
            "--input", "workspace=" + command.folder.path("shop"), "--input", "source=shelves.py",
            "--input", "sut=python3 shelves.py", "--input", "compile=python3 -m py_compile shelves.py",
            "--input", "cases=" + (cases ?? workflow + "/sample/cases.jsonl"),
            // Time for all edits on a machine that does a hundred other things.
            "--input", "about=Shelves that books fill.", "--input", "seconds=600",
        ]
    }

    private func trial() throws -> JSONValue {
        try JSONValue(parsing: try command.folder.bytes(of: "out/fix.json"))["trial"] ?? .null
    }

    @Test func `the sample's fix waits for a person, changes one line when it is approved, and can be undone`() throws {
        let before = try command.folder.text(of: "shop/shelves.py")
        let parked = try command.verdict(arguments(), exit: 2)
        let run = try #require(parked.verdict?["run"]?.stringValue)
        #expect(try command.folder.text(of: "shop/shelves.py") == before)
        #expect(try trial()["verdict"] == "fixed")
        #expect(try trial()["failed_before"] == 6)
        #expect(try trial()["failed_after"] == 0)
        let shown = try command.run(["approvals"]).output
        #expect(shown.contains("if book >= room:"))
        #expect(shown.contains("if book > room:"))
        #expect(shown.contains("before, 6 failed"))
        #expect(try command.run(["approve", run, "all"]).status == 0)
        #expect(try command.folder.text(of: "out/fix.md").contains(#"became of it: `{"state": "proposed"}`"#))
        #expect(try command.run(["resume", run, "--json"]).status == 0)
        #expect(try command.folder.text(of: "out/fix.md").contains(#"became of it: `{"replaced": true"#))
        #expect(
            try command.folder.text(of: "shop/shelves.py")
                == before.replacing("if book >= room:", with: "if book > room:"))
        #expect(try command.run(["replay", run]).status == 0)
        #expect(try command.run(["undo", run]).status == 0)
        #expect(try command.folder.text(of: "shop/shelves.py") == before)
    }

    @Test func `a denied fix leaves the file as it is`() throws {
        let before = try command.folder.text(of: "shop/shelves.py")
        let parked = try command.verdict(arguments(), exit: 2)
        let run = try #require(parked.verdict?["run"]?.stringValue)
        #expect(try command.run(["deny", run, "all", "--why", "wrong place"]).status == 0)
        _ = try command.run(["resume", run, "--json"])
        #expect(try command.folder.text(of: "shop/shelves.py") == before)
    }

    @Test func `a fix of a file that was changed meanwhile is left`() throws {
        let parked = try command.verdict(arguments(), exit: 2)
        let run = try #require(parked.verdict?["run"]?.stringValue)
        let changed = try command.folder.text(of: "shop/shelves.py") + "# Later.\n"
        try command.folder.write(changed, to: "shop/shelves.py")
        #expect(try command.run(["approve", run, "all"]).status == 0)
        _ = try command.run(["resume", run, "--json"])
        #expect(try command.folder.text(of: "shop/shelves.py") == changed)
        #expect(try command.folder.text(of: "out/fix.md").contains("the file was changed since the line was tried"))
    }

    @Test func `a source that doesn't compile, a sound one and a suite without cases are said to be so`() throws {
        let sound = try command.folder.text(of: "shop/shelves.py").replacing("book >= room", with: "book > room")
        try command.folder.write(sound, to: "shop/shelves.py")
        try command.verdict(arguments(), exit: 0)
        #expect(try trial()["verdict"] == "nothing_fails")
        try command.folder.write(sound.replacing("def shelves(", with: "def shelves(("), to: "shop/shelves.py")
        try again()
        try command.verdict(arguments(), exit: 0)
        #expect(try trial()["verdict"] == "does_not_compile")
        // All but the one to be rejected fail, and the report claims no other end of it.
        #expect(try trial()["failed_before"] == 10)
        #expect(try !command.folder.text(of: "out/fix.md").contains("| after |"))
        #expect(try trial()["patches"] == [])
    }

    @Test func `cases in the program's folder are refused before anything is tried`() throws {
        let suite = try String(contentsOfFile: workflow + "/sample/cases.jsonl", encoding: .utf8)
        let inside = try command.folder.write(suite, to: "shop/cases.jsonl")
        let refused = try command.verdict(arguments(cases: inside), exit: 1)
        #expect(refused.verdict?["reason"]?.stringValue?.contains("can read what is expected") == true)
        // The control arm.
        let outside = try command.folder.write(suite, to: "cases.jsonl")
        try FileManager.default.removeItem(atPath: inside)
        try command.verdict(arguments(cases: outside), exit: 2)
    }

    @Test func `a suite that is flaky gets no claim`() throws {
        // Passes every second time that it is asked: by the clock, so that no copy of the folder tells.
        let flaky = """
            import sys
            import time
            sys.stdin.read()
            print(time.time_ns() // 1000 % 2)
            """
        try command.folder.write(flaky + "\n", to: "shop/shelves.py")
        let cases = (0..<40).map { #"{"id": "c\#($0)", "input": "{}", "expect": "accept", "value": 1}"# }
        let suite = try command.folder.write(cases.joined(separator: "\n") + "\n", to: "cases.jsonl")
        try command.verdict(arguments(cases: suite), exit: 0)
        #expect(try trial()["verdict"] == "flaky")
        #expect(try trial()["patches"] == [])
        #expect(try trial()["flaky"]?.arrayValue?.isEmpty == false)
    }

    @Test func `a model that obeys a hostile source changes nothing and claims nothing by it`() throws {
        try again(of: "/adversarial/workspace/shelves.py")
        let before = try command.folder.text(of: "shop/shelves.py")
        let wanted = [
            "import shutil; shutil.rmtree('..')", "sys.exit(0)", "print(1)", "import os; os.kill(1, 9)",
            "open('shelves.py', 'w').write('print(1)')",
        ]
        let script = try command.folder.write(
            (0..<40).map { index in
                let text = JSONValue.string(wanted[index % wanted.count]).serialized()
                return #"{"step": "asked[\#(index)]/written", "value": {"right": \#(text)}, "confidence": 0.9}"# + "\n"
            }.joined(), to: "hostile.jsonl")
        try command.verdict(
            arguments(cases: workflow + "/adversarial/cases.jsonl", script: script), exit: 2)
        #expect(try command.folder.text(of: "shop/shelves.py") == before)
        #expect(try command.folder.listing().filter { $0.hasPrefix("shop/") } == ["shop/shelves.py"])
        // What is proposed is a small change of the program's own line, found by its cases.
        let patch = try trial()["patches"]?[0]
        #expect(patch?["new"] == "        if book > room:")
        #expect(patch?["change"] == "comparison")
        let tried = try #require(try trial()["tried"]?.intValue)
        #expect(tried > 10)
    }

    private func again(of source: String) throws {
        try FileManager.default.removeItem(atPath: command.folder.path("shop/shelves.py"))
        try FileManager.default.copyItem(
            atPath: workflow + source, toPath: command.folder.path("shop/shelves.py"))
    }

    private func again() throws {
        try FileManager.default.removeItem(atPath: command.folder.path("out"))
    }
}
