import Foundation
import JSONSchemas
import TestSupport
import Testing

/// Runs of the built executable from start to end.
@Suite(.serialized) struct RunTests {
    private let command: Command

    init() throws {
        command = try Command()
        try command.folder.write(Workflows.filing, to: "filing/workflow.yaml")
        try command.folder.write(Workflows.rows, to: "filing/rows.jsonl")
        try command.folder.write(Workflows.script, to: "script.jsonl")
    }

    private func start(_ command: Command, output: String = "out") throws -> String {
        let parked = try command.verdict(
            [
                "run", command.folder.path("filing"), "--model", "scripted:" + command.folder.path("script.jsonl"),
                "--output", command.folder.path(output),
            ], exit: 2)
        #expect(parked.verdict?["outcome"] == "parked")
        #expect(parked.verdict?["waiting"]?.arrayValue?.count == 3)
        return try #require(parked.verdict?["run"]?.stringValue)
    }

    @Test(arguments: [(0.9, JSONValue.string("bug"), "done"), (0.3, .null, "needs_person")])
    func `a field below its confidence is null, for a person`(sure: Double, kind: JSONValue, outcome: String) throws {
        let path = try command.folder.write(
            Workflows.asking.replacing("max_tokens: 40", with: "max_tokens: 40\n    min_confidence: { /kind: 0.6 }"),
            to: "asking/workflow.yaml")
        let script = try command.folder.write(
            #"{"step": "class", "value": {"kind": "bug"}, "confidence": \#(sure)}"#, to: "sure.jsonl")
        try command.verdict(
            ["run", path, "--model", "scripted:" + script, "--output", command.folder.path("sure")], exit: 0)
        let written = try Data(contentsOf: URL(filePath: command.folder.path("sure/result.json")))
        let result = try JSONValue(parsing: Array(written))
        #expect(result.value(at: JSONPointer(["value", "kind"])) == kind)
        #expect(result["outcome"]?.stringValue == outcome)
    }

    @Test func `a run parks, is approved, is resumed and has each effect once`() throws {
        let run = try start(command)
        #expect(command.folder.contains("out/result.json"))
        #expect(try command.issues() == [])
        let questions = try command.run(["approvals", run, "--json"])
        #expect(questions.output.split(separator: "\n").count == 3)
        #expect(try command.run(["approve", run, "all"]).status == 0)
        #expect(try command.run(["approvals", run, "--json"]).output.isEmpty)
        let done = try command.verdict(["resume", run], exit: 0)
        #expect(done.verdict?["outcome"] == "done")
        #expect(try command.issues() == ["one", "two", "three"])
        try command.verdict(["resume", run], exit: 65)
        #expect(try command.issues().count == 3)
        #expect(try command.run(["verify"]).status == 0)
        #expect(try command.run(["explain", run, "each[1]/create"]).output.contains("approved by tester"))
        #expect(try command.run(["show", run, "--json"]).status == 0)
    }

    @Test func `a person's no is recorded and files nothing`() throws {
        let run = try start(command)
        #expect(try command.run(["deny", run, "each[1]/create", "--why", "no"]).status == 0)
        #expect(try command.run(["approve", run, "all"]).status == 0)
        try command.verdict(["resume", run], exit: 0)
        #expect(try command.issues() == ["one", "three"])
    }

    @Test func `two runs with the same answers write the same bytes`() throws {
        var files: [[String: [UInt8]]] = []
        for output in ["first", "second"] {
            let run = try start(command, output: output)
            #expect(try command.run(["approve", run, "all"]).status == 0)
            // The tracker numbers issues over its whole life, so each run gets a tracker of its own.
            try command.verdict(["resume", run], exit: 0)
            try? FileManager.default.removeItem(atPath: command.folder.path("home/tracker.sqlite"))
            try? FileManager.default.removeItem(atPath: command.folder.path("home/tracker.sqlite-wal"))
            try? FileManager.default.removeItem(atPath: command.folder.path("home/tracker.sqlite-shm"))
            var found: [String: [UInt8]] = [:]
            for name in try command.folder.listing() where name.hasPrefix(output + "/") {
                found[String(name.dropFirst(output.count + 1))] = try command.folder.bytes(of: name)
            }
            files.append(found)
        }
        #expect(files[0].keys.sorted() == ["result.json", "table.csv"])
        #expect(files[0] == files[1])
    }

    @Test func `a resumed run that is killed at any moment files each issue once`() throws {
        let run = try start(command)
        #expect(try command.run(["approve", run, "all"]).status == 0)
        let clock = ContinuousClock()
        func copy() throws -> Command {
            let other = try Command()
            try FileManager.default.copyItem(atPath: command.folder.path("home"), toPath: other.folder.path("home"))
            return other
        }
        let whole = try copy()
        let begun = clock.now
        try whole.verdict(["resume", run], exit: 0)
        let duration = begun.duration(to: clock.now)
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        var state: UInt64 = 20_261_123
        var kills = 0
        for _ in 0..<10 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let moment = seconds * (0.1 + 0.9 * Double(state >> 40) / Double(1 << 24))
            let other = try copy()
            let killed = try other.run(["resume", run, "--json"], shell: "exec timeout -s KILL \(moment) \"$@\"")
            if killed.status != 0 || killed.wasKilled { kills += 1 }
            var last = killed
            for _ in 0..<3 where last.status != 0 || last.wasKilled {
                last = try other.run(["resume", run, "--json"])
            }
            // A kill after the last entry leaves a run that is done, and there is nothing to resume.
            let isDone = last.status == 0 || last.verdict?["reason"]?.stringValue?.contains("it is done") == true
            #expect(isDone, "killed after \(moment) s: \(last.errors)")
            #expect(try other.issues() == ["one", "two", "three"], "killed after \(moment) s")
            #expect(try other.run(["verify"]).status == 0)
        }
        #expect(kills > 0, "no kill came before the end; the moments are too late")
    }

    @Test func `a full disk under the journal ends with 74 and the record stays whole`() throws {
        // The signal is ignored, so that the write itself fails, as it does when a disk is full.
        let limited = try command.run(
            [
                "run", command.folder.path("filing"), "--model", "scripted:" + command.folder.path("script.jsonl"),
                "--json",
            ], shell: "trap '' XFSZ; ulimit -f 16")
        #expect(limited.status == 74, "\(limited.errors)")
        #expect(limited.verdict?["exit"] == 74)
        let run = try start(command)
        // What may be written beyond the present size is less than a run needs.
        let size = try command.folder.bytes(of: "home/journal.db").count / 1024 + 4
        let big = String(repeating: "x", count: 40_000)
        try command.folder.write(
            (0..<3).map { #"{"title": "\#($0)", "body": "\#(big)"}"# + "\n" }.joined(), to: "filing/rows.jsonl")
        let full = try command.run(
            [
                "run", command.folder.path("filing"), "--model", "scripted:" + command.folder.path("script.jsonl"),
                "--json",
            ], shell: "trap '' XFSZ; ulimit -f \(size)")
        #expect(full.status == 74, "\(full.errors)")
        #expect(full.verdict?["exit"] == 74)
        #expect(try command.run(["verify"]).status == 0)
        #expect(try command.run(["approve", run, "all"]).status == 0)
    }
}
