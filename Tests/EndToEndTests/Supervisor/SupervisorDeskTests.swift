import Foundation
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// What the page's own desk refuses to record, and what it says of a record that was damaged.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SupervisorDeskTests {
    private let command: Command

    init() throws {
        command = try Command()
        try command.writeFiling()
    }

    private static func answer(_ question: PendingApproval, _ decision: String = "approve") -> JSONValue {
        [
            "question": .integer(question.sequence), "digest": .string(question.digest),
            "decision": .string(decision), "reason": "because",
        ]
    }

    @Test func `a damaged question hides no other, and can be denied and not approved`() throws {
        let run = try command.park()
        let questions = try command.journal().pendingApprovals()
        let damaged = try #require(questions.first)
        let whole = try #require(questions.last)
        try damage(damaged.sequence)
        let server = try command.serve()
        let client = try SupervisorClient(link: server.link)
        let paths = [
            "/questions", "/questions/\(whole.sequence)", "/questions/\(damaged.sequence)", "/api/questions",
            "/runs/\(run)", "/feedback",
        ]
        for path in paths { #expect(try client.ask("GET", path).status == 200, "\(path)") }
        let listed = try client.ask("GET", "/api/questions").json["questions"]?.arrayValue ?? []
        #expect(listed.compactMap { $0["kind"]?.stringValue } == ["damaged", "call", "call"])
        let refused = try client.answer([Self.answer(damaged)])
        #expect(refused.status == 422 && refused.body.contains("damaged"), "\(refused.body)")
        // Of several of which one is refused none is recorded.
        #expect(try client.answer([Self.answer(whole), Self.answer(damaged)]).status == 422)
        let terminal = try command.run(["approve", run, damaged.step])
        #expect(terminal.status == 65 && terminal.errors.contains("damaged"), "\(terminal.errors)")
        #expect(try command.journal().pendingApprovals().count == 3)
        // The control: the other can be approved, and the damaged one denied.
        #expect(try client.answer([Self.answer(whole), Self.answer(damaged, "deny")]).status == 200)
        #expect(try command.journal().pendingApprovals().count == 1)
        // A watched run says what it could not read.
        let watched = try command.run(["watch", run, "--json"])
        #expect(watched.status != 0 && watched.output.contains(#""problem""#), "\(watched.errors)")
        #expect(try command.run(["eval", "collect", "--to", command.folder.path("gold.jsonl")]).status == 0)
    }

    @Test func `a page that nobody can be told of is not served`() throws {
        let shown = try command.run(["serve", "--port", "0"], shell: "exec >/dev/full")
        #expect(shown.status == 74 && shown.errors.contains("Can't print the page's link"), "\(shown.errors)")
    }

    @Test func `a workflow's file that is none is not waited for`() throws {
        _ = try command.park()
        let path = command.folder.path("filing/workflow.yaml")
        let server = try command.serve()
        let client = try SupervisorClient(link: server.link)
        func files() throws -> [String] {
            let answer = try client.ask("GET", "/api/workflows")
            #expect(answer.status == 200)
            return (answer.json["workflows"]?.arrayValue ?? []).compactMap { $0["workflow"]?.stringValue }
        }
        let before = try files()
        #expect(before.contains("filing"))
        try FileManager.default.removeItem(atPath: path)
        // The path lives for the call.
        let isMade = unsafe mkfifo(path, 0o600) == 0
        #expect(isMade)
        let after = try files()
        #expect(after.count == before.count - 1 && Set(after).isSubset(of: before))
    }

    @Test func `an altered entry is found when the page is asked again`() throws {
        _ = try command.park()
        let server = try command.serve()
        let client = try SupervisorClient(link: server.link)
        #expect(try client.ask("GET", "/api/journal").json["outcome"] == "intact")
        try damage(3)
        let after = try client.ask("GET", "/api/journal").json["outcome"]?.stringValue
        #expect(after != nil && after != "intact")
        #expect(try command.run(["verify"]).status != 0)
    }

    @Test func `a run that somebody works on is not answered for, and several answers count all or none`() throws {
        let run = try #require(RunID(try command.park()))
        let server = try command.serve()
        let client = try SupervisorClient(link: server.link)
        let journal = try command.journal()
        let questions = try journal.pendingApprovals()
        let lease = try journal.lease(run)
        #expect(try client.answer([Self.answer(questions[0])]).status == 423)
        lease.release()
        var wrong = Self.answer(questions[1]).objectValue ?? JSONObject()
        wrong["digest"] = .string(questions[2].digest)
        #expect(try client.answer([Self.answer(questions[0]), .object(wrong)]).status == 409)
        var settled = Self.answer(questions[1], "happened").objectValue ?? JSONObject()
        settled["reason"] = JSONValue?.none
        #expect(try client.answer([Self.answer(questions[0]), .object(settled)]).status == 422)
        #expect(try command.journal().pendingApprovals().count == 3)
        #expect(try client.answer(questions.map { Self.answer($0) }).json["recorded"]?.arrayValue?.count == 3)
        #expect(try command.journal().pendingApprovals().isEmpty)
    }

    /// The server's files may grow a little more each time, so that each try breaks off at a later write.
    @Test func `several answers count all or none where recording them breaks off half way`() throws {
        _ = try command.park()
        let server = try command.serve()
        let client = try SupervisorClient(link: server.link)
        let answers = try command.journal().pendingApprovals().map { Self.answer($0) }
        // The first one makes the log ready: what is written from here on is a lease's page a try, and the answers.
        var wrong = answers[0].objectValue ?? JSONObject()
        wrong["digest"] = answers[1]["digest"]
        #expect(try client.answer([.object(wrong)]).status == 409)
        var brokenOff = 0
        var last = 503
        for pages in stride(from: 1, through: 61, by: 2) where last == 503 {
            try limitFiles(of: server, to: 32 + pages * (24 + 4096))
            let answer = try client.answer(answers)
            last = answer.status
            if last == 503 {
                if answer.body.contains("append to the journal") { brokenOff += 1 }
                #expect(try command.journal().pendingApprovals().count == 3, "\(pages): \(answer.body)")
            }
        }
        #expect(brokenOff >= 2)
        // The control: with room enough they are all recorded.
        #expect(last == 200)
        #expect(try command.journal().pendingApprovals().isEmpty)
        #expect(try command.run(["verify"]).status == 0)
    }

    private func limitFiles(of server: SupervisorProcess, to byteCount: Int) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["prlimit", "--pid", String(server.processIdentifier), "--fsize=\(byteCount):"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `a gold set that has no room for a case is left as it was`() throws {
        let run = try command.park()
        #expect(try command.run(["deny", run, "each[0]/create", "--why", "not ours"]).status == 0)
        // Room for part of the case: files may have 4 MiB, which the journal's own don't need.
        let known = #"{"id": ""# + String(repeating: "k", count: (4 << 20) - 100) + "\"}\n"
        try command.folder.write(known, to: "gold.jsonl")
        let path = command.folder.path("gold.jsonl")
        let refused = try command.run(["eval", "collect", "--to", path], shell: "trap '' XFSZ; ulimit -f 4096")
        #expect(refused.status == 74 && refused.errors.contains("Can't write"), "\(refused.errors)")
        #expect(try command.folder.text(of: "gold.jsonl") == known)
        // The control: with room it is added.
        #expect(try command.run(["eval", "collect", "--to", path]).output.hasPrefix("added 1 of 1 "))
    }

    @Test func `a gold set that can't be read is left alone`() throws {
        let run = try command.park()
        #expect(try command.run(["deny", run, "each[0]/create", "--why", "not ours"]).status == 0)
        // A folder is there and can't be read as a file.
        let path = command.folder.path("gold")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let refused = try command.run(["eval", "collect", "--to", path])
        #expect(refused.status == 74 && refused.errors.contains("Can't read"), "\(refused.errors)")
        #expect(try command.run(["eval", "collect", "--to", path + ".jsonl"]).status == 0)
    }

    /// Writes another body in the place of an entry's own.
    private func damage(_ sequence: Int) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            d = sqlite3.connect(sys.argv[1])
            n = d.execute("UPDATE entry SET body = X'00' WHERE sequence = ? AND body IS NOT NULL", [sys.argv[2]]).rowcount
            n += d.execute("UPDATE blob SET bytes = X'00' WHERE sequence = ? AND bytes IS NOT NULL", [sys.argv[2]]).rowcount
            d.commit()
            sys.exit(0 if n > 0 else 1)
            """,
            command.folder.path("home/journal.db"), String(sequence),
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
