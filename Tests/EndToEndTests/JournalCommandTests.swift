import Foundation
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// `warrant verify` and `warrant prune` as a person meets them.
@Suite struct JournalCommandTests {
    private let command: Command
    private let run: String

    /// A finished run of three filed issues.
    init() throws {
        command = try Command()
        run = try FilingRun.done(command)
    }

    private func verify(_ arguments: [String] = []) throws -> (status: Int32, report: JSONValue) {
        let finished = try command.run(["verify", "--json"] + arguments)
        return (finished.status, try JSONValue(parsing: finished.output))
    }

    private var checkpoints: String {
        get throws {
            let folder = command.folder.path("home/checkpoints")
            return folder + "/" + (try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first))
        }
    }

    @Test func `verification says what is signed and what is not, and an external checkpoint makes a difference`()
        throws
    {
        let alone = try verify()
        #expect(alone.status == 0 && alone.report["outcome"] == "intact" && alone.report["external"] == false)
        #expect(alone.report["unsigned"] == 0 && alone.report["signed_to"] == alone.report["entries"])
        let kept = command.folder.path("kept.checkpoints")
        try FileManager.default.copyItem(atPath: checkpoints, toPath: kept)
        let external = try verify(["--checkpoint", kept])
        #expect(external.status == 0 && external.report["external"] == true)
        let text = try command.run(["verify", "--checkpoint", kept]).output
        #expect(text.contains("(external: yes, in \(kept)); 0 entries after it are unsigned"), "\(text)")
        #expect(try command.run(["verify"]).output.contains("(external: no, in "))
    }

    @Test func `tampered, incomplete and cannot tell have exit codes of their own`() throws {
        let database = command.folder.path("home/journal.db")
        let bytes = try Data(contentsOf: URL(filePath: database))
        var changed = bytes
        let range = try #require(changed.range(of: Data("callDecided".utf8)))
        changed.replaceSubrange(range, with: Data("callDecidee".utf8))
        try changed.write(to: URL(filePath: database))
        let tampered = try verify()
        #expect(tampered.status == 1 && tampered.report["outcome"] == "tampered")
        try bytes.write(to: URL(filePath: database))
        // Another format can't be judged.
        changed = bytes
        changed[63] = 9
        try changed.write(to: URL(filePath: database))
        let unknown = try verify()
        #expect(unknown.status == 3 && unknown.report["outcome"] == "cannot_tell")
        try bytes.write(to: URL(filePath: database))
        // Nor can signatures without their key.
        try FileManager.default.moveItem(
            atPath: command.folder.path("home/keys"), toPath: command.folder.path("keys"))
        #expect(try verify().status == 3)
        #expect(try verify(["--key", command.folder.path("keys/journal-ed25519.pub")]).status == 0)
        #expect(try verify(["--key", database]).status == 3)
        try FileManager.default.moveItem(
            atPath: command.folder.path("keys"), toPath: command.folder.path("home/keys"))
        #expect(try verify(["--checkpoint", command.folder.path("nothing")]).status == 3)
        #expect(try verify().status == 0)
    }

    @Test func `what verification prints follows its schema, whatever it finds`() throws {
        let printed = try command.run(["verify", "--schema"])
        let file = try String(contentsOfFile: Command.repository + "Schemas/verify.schema.json", encoding: .utf8)
        #expect(try printed.status == 0 && JSONValue(parsing: printed.output) == JSONValue(parsing: file))
        let schema = try JSONSchema(JSONValue(parsing: printed.output))
        let intact = try verify().report
        #expect(schema.validate(intact).isEmpty, "\(schema.validate(intact))")
        let key = command.folder.path("home/keys/journal-ed25519.pub")
        try FileManager.default.moveItem(atPath: key, toPath: command.folder.path("pub"))
        try FileManager.default.moveItem(
            atPath: command.folder.path("home/keys/journal-ed25519"), toPath: command.folder.path("key"))
        let unknown = try verify()
        #expect(unknown.status == 3 && unknown.report["problems"]?[0]?["kind"] == "cannot_tell")
        #expect(schema.validate(unknown.report).isEmpty, "\(schema.validate(unknown.report))")
        let unread = try verify(["--checkpoint", command.folder.path("nothing")])
        #expect(unread.status == 3 && schema.validate(unread.report).isEmpty, "\(unread.report)")
        // The control: a kind of problem that nobody knows is wrong.
        var members = try #require(unknown.report.objectValue)
        members["problems"] = [["kind": "cannotTell", "entry": .null, "sentence": "s"]]
        #expect(!schema.validate(.object(members)).isEmpty)
    }

    @Test func `an emptied journal is tampering and is left as it is, and a removed one leaves what a checkpoint says`()
        throws
    {
        let database = command.folder.path("home/journal.db")
        let kept = command.folder.path("kept.checkpoints")
        try FileManager.default.copyItem(atPath: checkpoints, toPath: kept)
        let bytes = try Data(contentsOf: URL(filePath: database))
        let entries = try #require(try verify().report["entries"]?.intValue)
        try Data().write(to: URL(filePath: database))
        for hasCheckpoints in [true, false] {
            if !hasCheckpoints { try FileManager.default.removeItem(atPath: command.folder.path("home/checkpoints")) }
            #expect(try verify().status == 1)
            for reading in [["runs"], ["show", run], ["prune"]] {
                let refused = try command.run(reading)
                #expect(refused.status == 74 && refused.errors.contains("file is empty"), "\(refused.errors)")
            }
            #expect(try command.run(FilingRun.arguments(command)).status == 74)
            #expect(try Data(contentsOf: URL(filePath: database)).isEmpty)
        }
        try FileManager.default.removeItem(atPath: database)
        let gone = try command.run(["verify", "--checkpoint", kept])
        #expect(gone.status == 1 && gone.errors.contains("had \(entries) entries"), "\(gone.errors)")
        // The control: nothing says that there was a journal, and then with it put back all is well.
        #expect(try verify().status == 3)
        try bytes.write(to: URL(filePath: database))
        #expect(try verify(["--checkpoint", kept]).status == 0)
    }

    @Test func `an older checkpoint elsewhere is told beside the newest one`() throws {
        let kept = command.folder.path("kept.checkpoints")
        try FileManager.default.copyItem(atPath: checkpoints, toPath: kept)
        let old = try #require(try verify().report["signed_to"]?.intValue)
        _ = try FilingRun.done(command)
        let (status, report) = try verify(["--checkpoint", kept])
        #expect(status == 0 && report["external"] == false && report["unsigned"] == 0)
        #expect(report["external_to"]?.intValue == old && report["external_file"]?.stringValue == kept)
        let text = try command.run(["verify", "--checkpoint", kept]).output
        #expect(text.contains("(external: up to entry \(old), in \(kept), and for "), "\(text)")
        // A file of the state folder is not elsewhere.
        #expect(try verify(["--checkpoint", checkpoints]).report["external_to"] == 0)
    }

    @Test func `a body that was removed is told as such, with who did it`() throws {
        let before = try command.run(["show", run]).output
        #expect(!before.contains("(removed by "))
        #expect(try command.run(["prune", "--older-than", "0s"]).status == 0)
        let text = try command.run(["show", run]).output
        let line = try #require(text.split(separator: "\n").first { $0.contains("  observationRecorded  ") })
        #expect(line.contains("(removed by ") && line.contains(", entry "), "\(line)")
        let step = try #require(line.split(separator: " ").dropFirst(2).first)
        let whole = try command.run(["show", run, "--step", String(step)]).output
        #expect(whole.contains("(removed by ") && !whole.contains("\nnull\n"), "\(whole)")
    }

    @Test func `the texts of a journal stay on their lines`() throws {
        let name = "filing\nforged  line\u{1B}]0;title\u{7}"
        let own = try Journal(path: command.folder.path("home/journal.db"))
        let seed = RunSeed(id: RunID.generate(), workflow: name, directory: "/tmp/" + name, parameters: [:])
        try own.start(seed)
        try own.append(.note, run: seed.id, step: "a\n99 runFinished  ok", body: ["n": 1])
        let list = try command.run(["runs"]).output
        let shown = try command.run(["show", seed.id.description]).output
        for text in [list, shown] {
            #expect(!text.contains("\u{1B}") && !text.contains("\u{7}"))
            // The control: it is there, as text.
            #expect(text.contains("filing forged  line"), "\(text)")
            #expect(!text.split(separator: "\n").contains { $0.hasPrefix("forged") || $0.hasPrefix("99 runFinished") })
        }
        #expect(shown.contains("a 99 runFinished  ok"))
    }

    @Test func `an old backup is verified as such and takes no new run`() throws {
        let database = command.folder.path("home/journal.db")
        let old = try Data(contentsOf: URL(filePath: database))
        _ = try FilingRun.done(command)
        try old.write(to: URL(filePath: database))
        #expect(try verify().status == 1)
        let refused = try command.run(FilingRun.arguments(command))
        #expect(refused.status == 74, "\(refused.errors)")
        #expect(refused.errors.contains("and the checkpoint in `"))
        #expect(refused.errors.contains("It is an old copy, or its end was lost."))
    }

    @Test func `pruning removes bodies by age and says so, and a hold keeps them`() throws {
        #expect(try command.run(["prune"]).output.contains("nothing is old enough"))
        #expect(try command.run(["prune", "--hold", run, "--why", "case 7"]).output == "held \(run)\n")
        let held = try JSONValue(parsing: command.run(["prune", "--older-than", "0s", "--json"]).output)
        #expect(held["removed"] == [:] && held["held"]?["bodies"]?.intValue ?? 0 > 3)
        #expect(try command.run(["prune", "--release", run]).status == 0)
        let dry = try JSONValue(parsing: command.run(["prune", "--older-than", "0s", "--dry-run", "--json"]).output)
        let pruned = try JSONValue(parsing: command.run(["prune", "--older-than", "0s", "--json"]).output)
        #expect(dry["dry_run"] == true && dry["removed"] == pruned["removed"])
        #expect(pruned["removed"]?["outputs"]?["bodies"]?.intValue ?? 0 > 3)
        let verified = try verify()
        #expect(verified.status == 0 && verified.report["erased"]?.arrayValue?.count == 1)
        // What it needs to be resumed is gone, and it says so; the record of what was done is there.
        #expect(try command.run(["show", run]).output.contains("executionStarted"))
        #expect(try command.run(["prune", "--older-than", "soon"]).status == 64)
        #expect(try command.run(["prune", "--hold", run, "--older-than", "1d"]).status == 64)
        #expect(try command.run(["prune", "--hold", "nobody"]).status == 6)
    }

    @Test func `a second place for checkpoints is the operator's list`() throws {
        let folder = command.folder.path("volume")
        try command.folder.makeFolder("volume")
        try command.folder.write("# elsewhere\n\n\(folder)\n", to: "config/warrant/checkpoints.conf")
        _ = try FilingRun.done(command)
        let report = try verify()
        #expect(report.status == 0 && report.report["external"] == true)
        #expect(report.report["checkpoint_file"]?.stringValue?.hasPrefix(folder) == true)
        // A volume that is not there is said, and the run goes on.
        try FileManager.default.moveItem(atPath: folder, toPath: folder + "-away")
        let finished = try command.run(FilingRun.arguments(command))
        #expect(finished.status == 2 && finished.errors.contains("Can't keep a checkpoint in `\(folder)"))
        try command.folder.write("volume\n", to: "config/warrant/checkpoints.conf")
        #expect(try command.run(["runs"]).status == 78)
    }
}

/// Runs of the sample that files three issues after asking.
private enum FilingRun {
    static func arguments(_ command: Command) -> [String] {
        [
            "run", command.folder.path("filing"), "--model", "scripted:" + command.folder.path("script.jsonl"),
            "--output", command.folder.path("out"), "--json",
        ]
    }

    /// Starts one, approves everything, resumes it to its end, and returns its identifier.
    static func done(_ command: Command) throws -> String {
        try command.folder.write(Workflows.filing, to: "filing/workflow.yaml")
        try command.folder.write(Workflows.rows, to: "filing/rows.jsonl")
        try command.folder.write(Workflows.script, to: "script.jsonl")
        let parked = try command.run(arguments(command))
        let run = try #require(parked.verdict?["run"]?.stringValue, "\(parked.errors)")
        #expect(try command.run(["approve", run, "all"]).status == 0)
        try command.verdict(["resume", run], exit: 0)
        return run
    }
}
