import Foundation
import Glibc
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// `warrant watch`, and cases for a gold set from what persons said.
@Suite(.serialized) struct WatchTests {
    @Test func `watching a run that waits shows its record and its questions, and ends`() throws {
        let command = try Command()
        try command.writeFiling()
        let run = try command.park()
        let count = try command.journal().entries(of: try #require(RunID(run))).count
        let lines = try command.verdict(["watch", run], exit: 0)
        #expect(lines.output.split(separator: "\n").count == count + 1)
        #expect(lines.verdict?["outcome"] == "parked" && lines.verdict?["run"]?.stringValue == run)
        #expect(lines.verdict?["waiting"] == ["each[0]/create", "each[1]/create", "each[2]/create"])
        let text = try command.run(["watch", run])
        // No line of it is the verdict, which is a JSON object of its own.
        #expect(text.output.split(separator: "\n").allSatisfy { !$0.hasPrefix("{") })
        #expect(text.status == 0 && text.output.contains("issue.create at each[0]/create"))
        #expect(text.errors.contains("warrant approvals \(run)"))
    }

    @Test func `an entry of a kind that is not known is told as one, and the rest is watched`() throws {
        let command = try Command()
        try command.writeFiling()
        let run = try command.park()
        func lines(exit: Int32) throws -> [JSONValue] {
            try command.verdict(["watch", run], exit: exit).output.split(separator: "\n").map {
                try JSONValue(parsing: Array($0.utf8))
            }
        }
        let before = try lines(exit: 0)
        #expect(before.allSatisfy { $0["problem"]?.stringValue == nil })
        try rename(3, to: "flown", command)
        let after = try lines(exit: 74)
        #expect(after.map { $0["sequence"]?.intValue } == before.map { $0["sequence"]?.intValue })
        let told = after.filter { $0["problem"]?.stringValue != nil }
        #expect(told.map { $0["sequence"]?.intValue } == [3] && told.first?["kind"]?.stringValue == "flown")
        #expect(told.first?["problem"]?.stringValue?.contains("does not know its kind `flown`") == true)
        let text = try command.run(["watch", run])
        #expect(text.status == 74 && text.output.contains("3  flown  "), "\(text.output)")
        #expect(text.output.contains("issue.create at each[0]/create"))
    }

    /// Makes an entry one of another kind, as a newer version might have written it.
    private func rename(_ sequence: Int, to kind: String, _ command: Command) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            d = sqlite3.connect(sys.argv[1])
            n = d.execute("UPDATE entry SET kind = ? WHERE sequence = ?", [sys.argv[3], sys.argv[2]]).rowcount
            d.commit()
            sys.exit(0 if n == 1 else 1)
            """,
            command.folder.path("home/journal.db"), String(sequence), kind,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `of several that collect at once each case is written once`() throws {
        let command = try Command()
        try command.writeFiling()
        let run = try command.park()
        #expect(try command.run(["deny", run, "all", "--why", "not ours"]).status == 0)
        let gold = command.folder.path("gold.jsonl")
        let started = try (0..<12).map { _ in try command.start(["eval", "collect", "--to", gold]) }
        let finished = started.map { $0.wait() }
        for one in finished { #expect(one.status == 0, "\(one.errors)") }
        #expect(finished.count { $0.output.hasPrefix("added 3 of 3 ") } == 1)
        #expect(finished.count { $0.output.hasPrefix("added 0 of 3 ") } == 11)
        #expect(try command.folder.text(of: "gold.jsonl").split(separator: "\n").count == 3)
    }

    @Test func `a gold set that another process holds is left alone`() throws {
        let command = try Command()
        try command.writeFiling()
        let run = try command.park()
        #expect(try command.run(["deny", run, "all", "--why", "not ours"]).status == 0)
        let gold = try command.folder.write("", to: "gold.jsonl")
        // The string lives for the call.
        let held = unsafe open(gold, O_RDONLY | O_CLOEXEC)
        #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
        let refused = try command.run(["eval", "collect", "--to", gold])
        #expect(refused.status == 75 && refused.errors.contains("another process holds it"), "\(refused.errors)")
        #expect(try command.folder.text(of: "gold.jsonl").isEmpty)
        // The control: it is let go of.
        close(held)
        #expect(try command.run(["eval", "collect", "--to", gold]).output.hasPrefix("added 3 of 3 "))
    }

    @Test func `what persons changed and denied is added to a gold set, once`() throws {
        let command = try Command()
        try command.writeFiling()
        let run = try command.park()
        let gold = command.folder.path("gold.jsonl")
        #expect(try command.run(["eval", "collect", "--to", gold]).output.hasPrefix("added 0 of 0 "))
        #expect(!FileManager.default.fileExists(atPath: gold))
        #expect(try command.run(["deny", run, "each[0]/create", "--why", "not ours"]).status == 0)
        #expect(try command.run(["approve", run, "each[1]/create"]).status == 0)
        // A last line without its end stays a line of its own.
        try command.folder.write(#"{"id":"by hand"}"#, to: "gold.jsonl")
        #expect(try command.run(["eval", "collect", "--to", gold]).output.hasPrefix("added 1 of 1 "))
        #expect(try command.run(["eval", "collect", "--to", gold, "--run", run]).output.hasPrefix("added 0 of 1 "))
        let text = String(decoding: try #require(FileManager.default.contents(atPath: gold)), as: UTF8.self)
        let lines = try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
        #expect(lines.count == 2)
        #expect(lines.last?["label"]?.stringValue == "denied" && lines.last?["reason"]?.stringValue == "not ours")
        try command.folder.write("no JSON\n", to: "gold.jsonl")
        let refused = try command.run(["eval", "collect", "--to", gold])
        #expect(refused.status == 65 && refused.errors.contains("line 1"))
    }
}
