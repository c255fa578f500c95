import Foundation
import Glibc
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// `warrant serve` among other processes, and where something is wrong.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SupervisorServerTests {
    private let command: Command

    init() throws {
        command = try Command()
        try command.writeFiling()
    }

    @Test func `a taken port is said in one sentence`() throws {
        let server = try command.serve()
        let refused = try command.run(["serve", "--port", String(server.port)])
        #expect(refused.status == 75, "\(refused.status) \(refused.errors)")
        #expect(refused.errors.contains("Can't") && refused.errors.contains("\(server.port)"), "\(refused.errors)")
        #expect(refused.output.isEmpty)
        // The control: the port is what is wrong, and it is free again afterwards.
        #expect(server.interrupt() == 0, "\(server.errors)")
        let again = try command.serve(["--port", String(server.port)])
        #expect(try SupervisorClient(link: again.link).ask("GET", "/api/runs").status == 200)
    }

    @Test func `a link counts once, and another one is asked for with Enter`() throws {
        _ = try command.park()
        let server = try command.serve()
        let client = try SupervisorClient(link: server.link)
        #expect(throws: SupervisorClient.Failure.self) { try SupervisorClient(link: server.link) }
        let other = try SupervisorClient(link: try server.nextLink())
        #expect(other.cookie != client.cookie)
        for path in ["/runs", "/questions", "/api/runs", "/api/events"] {
            #expect(try SupervisorClient.ask("GET", path, port: server.port).status == 401, "\(path)")
        }
        #expect(try client.ask("GET", "/runs").status == 200)
        #expect(try client.ask("GET", "/runs", headers: ["Host": "warrant.example:\(server.port)"]).status == 421)
        #expect(try SupervisorClient.ask("GET", "/api/openapi.json", port: server.port).json["openapi"] != nil)
    }

    @Test func `two hundred listeners hear the same, and the server answers and ends all the while`() throws {
        let server = try command.serve()
        let client = try SupervisorClient(link: server.link)
        let listeners = try (0..<200).map { _ in try client.listen() }
        #expect(try client.ask("GET", "/api/runs").status == 200)
        let run = try command.park()
        for listener in listeners { #expect(listener.receive(until: run) != nil) }
        #expect(try client.ask("GET", "/runs/\(run)").status == 200)
        #expect(server.interrupt() == 0, "\(server.errors)")
        for listener in listeners { _ = listener.receiveAll() }
    }

    @Test func `a listener that went away hears what it missed`() throws {
        let server = try command.serve()
        let client = try SupervisorClient(link: server.link)
        let run = try command.park()
        let sequences = try command.journal().entries(of: try #require(RunID(run))).map(\.sequence)
        let after = try #require(sequences.dropFirst(3).first)
        let listener = try client.listen(after: after)
        let heard = try #require(listener.receive(until: "id: \(sequences[sequences.count - 1])\n"))
        #expect(!heard.contains("id: \(after)\n"))
        for sequence in sequences where sequence > after { #expect(heard.contains("id: \(sequence)\n")) }
    }

    @Test func `pages are there while ten runs write`() throws {
        let server = try command.serve()
        let client = try SupervisorClient(link: server.link)
        let started = try (0..<10).map { number in
            try command.start([
                "run", command.folder.path("filing"), "--model",
                "scripted:" + command.folder.path("filing/script.jsonl"), "--output",
                command.folder.path("out\(number)"), "--json",
            ])
        }
        var statuses: [Int] = []
        while started.contains(where: { $0.process.isRunning }) {
            for path in ["/runs", "/questions", "/api/runs", "/api/questions"] {
                statuses.append(try client.ask("GET", path).status)
            }
        }
        for one in started { #expect(one.wait().status == 2) }
        #expect(!statuses.isEmpty && statuses.allSatisfy { $0 == 200 })
        #expect(try client.ask("GET", "/api/questions").json["questions"]?.arrayValue?.count == 30)
        let runs = try client.ask("GET", "/api/runs").json["runs"]?.arrayValue ?? []
        #expect(runs.count == 10)
    }

    @Test func `an answer counts once, whoever sends it again`() throws {
        let run = try command.park()
        let server = try command.serve()
        let client = try SupervisorClient(link: server.link)
        let question = try #require(try command.journal().pendingApprovals().first)
        let yes: JSONValue = [
            "question": .integer(question.sequence), "digest": .string(question.digest), "decision": "approve",
        ]
        var other = yes.objectValue ?? JSONObject()
        other["digest"] = .string(String(question.digest.reversed()))
        #expect(try client.answer([.object(other)]).status == 409)
        #expect(try command.journal().pendingApprovals().count == 3)
        let answered = try client.answer([yes])
        #expect(answered.status == 200, "\(answered.body)")
        #expect(answered.json["recorded"]?[0]?["person"] == "tester")
        let again = try client.answer([yes])
        #expect(again.status == 409 && again.json["error"] == "answered", "\(again.body)")
        let kinds: Set<JournalEntryKind> = [.approvalRecorded]
        #expect(try command.journal().entries(of: try #require(RunID(run)), kinds: kinds).count == 1)
        // What `warrant approve` answered is answered here as well.
        #expect(try command.run(["approve", run, "all"]).status == 0)
        #expect(try client.ask("GET", "/api/questions").json["questions"]?.arrayValue?.isEmpty == true)
    }

    @Test func `what is gone or damaged is said, and the rest is shown`() throws {
        try command.folder.write(
            #"{"title": "\#(String(repeating: "long ", count: 30_000))"}"# + "\n", to: "filing/rows.jsonl")
        let run = try command.run([
            "run", command.folder.path("filing"), "--model", "scripted:" + command.folder.path("filing/script.jsonl"),
            "--output", command.folder.path("out"), "--json",
        ]).verdict?["run"]?.stringValue
        let name = try #require(run)
        let server = try command.serve()
        let client = try SupervisorClient(link: server.link)
        let identifier = try #require(RunID(name))
        let observed = try command.journal().entries(of: identifier, kinds: [.observationRecorded])
        let entry = try #require(observed.first)
        #expect(try client.ask("GET", "/entries/\(entry.sequence)").body.contains("long long"))
        let blobs = try command.folder.listing().filter { $0.hasPrefix("home/blobs/") }
        #expect(!blobs.isEmpty)
        for blob in blobs { try? FileManager.default.removeItem(atPath: command.folder.path(blob)) }
        let missing = try client.ask("GET", "/entries/\(entry.sequence)")
        #expect(missing.status == 200 && !missing.body.contains("long long"))
        for path in ["/runs", "/runs/\(name)", "/api/runs/\(name)", "/runs/\(name)/step?at=load", "/journal"] {
            #expect(try client.ask("GET", path).status == 200, "\(path)")
        }
        for path in ["/runs/01arz3ndektsv4rrffq69g5fav", "/entries/999999", "/questions/999999", "/workflows/none"] {
            #expect(try client.ask("GET", path).status == 404, "\(path)")
            let gone = try client.ask("GET", "/api" + path)
            let sentence = gone.json["sentence"]?.stringValue ?? ""
            #expect(gone.status == 404 && sentence.hasPrefix("Can't"), "\(gone.body)")
        }
    }

    @Test func `a journal of a newer version is named and left alone`() throws {
        _ = try command.park()
        try setVersion(1_000_000)
        let refused = try command.run(["serve", "--port", "0"])
        #expect(refused.status != 0 && refused.errors.contains("Can't"), "\(refused.errors)")
        #expect(refused.output.isEmpty)
        #expect(refused.errors.contains("newer"), "\(refused.errors)")
    }

    private func setVersion(_ version: Int) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute(f'PRAGMA user_version = {int(sys.argv[2])}'); d.commit()",
            command.folder.path("home/journal.db"), String(version),
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
