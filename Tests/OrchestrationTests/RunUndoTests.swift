import Foundation
import JSONSchemas
import Orchestration
import RunJournal
import Synchronization
import TestSupport
import Testing
import ToolExecution

/// Changes of files, taken back.
@Suite struct RunUndoTests {
    static let text = """
        workflow: changing
        description: Changes files in every way there is, and files an issue.
        inputs:
          folder: { type: folder, trust: trusted, default: machine }
          allow: { type: lines, trust: trusted, default: allow.txt }
        tools: [file.write, file.replace_line, command.run, issue.create]
        policy:
          tools:
            file.write: { decision: allow }
            file.replace_line: { decision: allow, args: { path: { commands: "${inputs.allow}" }, workspace: { from: [inputs] } } }
            command.run: { decision: allow, args: { argv: { commands: "${inputs.allow}" }, workspace: { from: [inputs] } } }
            issue.create: { decision: allow }
        steps:
          - id: write
            call: file.write
            with: { path: deep/er/note.txt, text: hello }
          - id: edit
            call: file.replace_line
            with: { path: etc/a.conf, workspace: "${inputs.folder}", old_line: two = 2, new_line: two = 9 }
          - id: command
            call: command.run
            with: { argv: [sh, change.sh], workspace: "${inputs.folder}" }
          - id: file
            call: issue.create
            with: { project: demo, title: t, body: b }
        outputs:
          result: { json: { ending: "${steps.command.ending}" }, to: result.json }
        """
    static let files = [
        "allow.txt": "sh\nwrite etc/a.conf\n", "machine/etc/a.conf": "one\ntwo = 2\nthree\n",
        "machine/etc/b.conf": "b\n", "machine/old/gone.txt": "gone\n", "machine/kind": "a file\n",
        "machine/change.sh": """
        set -e
        mkdir made && echo new > made/file && rm -r old && echo more >> etc/b.conf && chmod 755 etc/b.conf
        ln -s etc/b.conf link && rm kind && mkdir kind && echo x > kind/inside
        """,
    ]

    /// The same with a copy of the folder before everything, and its putting back before the issue.
    private static var copying: String {
        text
            .replacing("tools: [", with: "tools: [folder.snapshot, folder.restore, ")
            .replacing(
                "    issue.create: { decision: allow }",
                with: """
                        issue.create: { decision: allow }
                        folder.snapshot: { decision: allow, args: { folder: { from: [inputs] } } }
                        folder.restore: { decision: allow, args: { folder: { from: [inputs] } } }
                    """
            )
            .replacing(
                "  - id: write\n",
                with:
                    "  - id: keep\n    call: folder.snapshot\n    with: { folder: \"${inputs.folder}\" }\n  - id: write\n"
            )
            .replacing(
                "  - id: file\n",
                with:
                    "  - id: back\n    call: folder.restore\n    with: { folder: \"${inputs.folder}\" }\n  - id: file\n"
            )
    }

    /// Everything below a folder: what it is, its permissions and what it holds.
    private func state(_ stage: Stage, _ below: String) throws -> [String: String] {
        var state: [String: String] = [:]
        let manager = FileManager.default
        for name in try stage.folder.listing() where name == below || name.hasPrefix(below + "/") {
            let path = stage.folder.path(name)
            let attributes = try manager.attributesOfItem(atPath: path)
            let mode = attributes[.posixPermissions] as? Int ?? 0
            switch attributes[.type] as? FileAttributeType {
            case .typeDirectory: state[name] = "folder \(mode)"
            case .typeSymbolicLink: state[name] = "link \(try manager.destinationOfSymbolicLink(atPath: path))"
            default: state[name] = "file \(mode) \(try stage.folder.text(of: name))"
            }
        }
        return state
    }

    /// `entries`: the run's; all of them unless given.
    private func undo(
        _ stage: Stage, _ run: RunID, _ step: String? = nil, entries: [JournalEntry]? = nil
    ) throws -> RunUndo {
        try RunUndo(
            stage.journal.run(run), entries: entries ?? stage.journal.entries(of: run),
            others: stage.journal.entries(after: 0, kinds: [.changesPrepared, .undone]), step: step,
            registry: stage.registry, stateDirectory: stage.folder.path("state"))
    }

    private func changed() async throws -> (stage: Stage, run: RunID, before: [String: String]) {
        let stage = try Stage(Self.text, files: Self.files)
        let before = try state(stage, "workflow/machine")
        let verdict = try await stage.play()
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(stage.folder.contains("out/result.json") && stage.folder.contains("out/deep/er/note.txt"))
        // The control arm: there is something to undo.
        let after = try state(stage, "workflow/machine")
        #expect(after["workflow/machine/made/file"] == "file 420 new\n", "\(after)")
        #expect(after["workflow/machine/link"] == "link etc/b.conf" && after["workflow/machine/old"] == nil)
        #expect(after["workflow/machine/etc/b.conf"] == "file 493 b\nmore\n")
        return (stage, verdict.run, before)
    }

    @Test func `what files were before is kept as long as what tools gave, unless the run is held`() async throws {
        let (stage, run, _) = try await changed()
        let folder = "state/undo/\(run)"
        #expect(stage.folder.contains(folder))
        func prune(_ period: Duration?, isDryRun: Bool = false) throws -> [RunID] {
            try PreimagePruning.prune(
                stage.journal, stateDirectory: stage.folder.path("state"), period: period, by: "tester",
                isDryRun: isDryRun)
        }
        #expect(try prune(nil) == [] && prune(.seconds(3_600)) == [])
        #expect(try prune(.zero, isDryRun: true) == [run])
        try stage.journal.setHold(true, on: run, by: "tester", reason: "an audit")
        #expect(try prune(.zero) == [])
        try stage.journal.setHold(false, on: run, by: "tester", reason: "it is over")
        #expect(stage.folder.contains(folder))
        #expect(try prune(.zero) == [run] && prune(.zero) == [])
        #expect(!stage.folder.contains(folder))
        // What is on record is no change of the run's own, and the files that were replaced can't be put back.
        #expect(try stage.entries(run, .note).last?.body["person"] == "tester")
        #expect(try await stage.replay(run).isIdentical)
        #expect(try undo(stage, run).refusedSteps.contains("edit"))
    }

    @Test func `everything becomes what it was, to the permissions, and what can't be is told`() async throws {
        let (stage, run, before) = try await changed()
        let planned = try undo(stage, run)
        #expect(planned.refusedSteps.isEmpty && planned.steps.first?.isEmpty == true)
        #expect(Set(planned.steps) == ["", "write", "edit", "command"])
        #expect(try state(stage, "workflow/machine") != before)
        #expect(planned.handWorks.map(\.step) == ["file"])
        #expect(planned.handWorks.first?.sentence.contains("close it in the tracker") == true)
        #expect(try planned.perform(in: stage.journal, by: "tester").isEmpty)
        #expect(try state(stage, "workflow/machine") == before)
        #expect(!stage.folder.contains("out"))
        let entries = try stage.journal.entries(of: run)
        #expect(entries.suffix(2).map(\.kind) == [.undoBegun, .undone])
        #expect(entries.last?.body["person"] == "tester")
        #expect(try stage.journal.verifyChain().isIntact)
        #expect(try await stage.replay(run).isIdentical)
        // Twice is once too often, for the run and for a step of it.
        for step in [nil, "edit"] as [String?] {
            let error = #expect(throws: UndoError.self) { try undo(stage, run, step) }
            #expect(error?.code == .notPossible && error?.description.contains("undone already") == true)
        }
        #expect(try state(stage, "workflow/machine") == before)
    }

    @Test func `the record of a change is there before the change, with what was kept`() async throws {
        let (stage, run, _) = try await changed()
        let entries = try stage.journal.entries(of: run)
        for step in ["write", "edit", "command"] {
            let kinds = entries.filter { $0.step == step }.map(\.kind)
            let prepared = try #require(kinds.firstIndex(of: .changesPrepared))
            #expect(kinds[..<prepared].contains(.executionStarted) && kinds[prepared...].contains(.observationRecorded))
        }
        let edit = try #require(entries.first { $0.kind == .changesPrepared && $0.step == "edit" })
        let hash = try #require(edit.body["changes"]?[0]?["before"]?["sha256"]?.stringValue)
        #expect(try stage.folder.text(of: "state/undo/\(run)/\(hash)") == "one\ntwo = 2\nthree\n")
        // Only what was touched is kept.
        #expect(try stage.folder.listing().filter { $0.hasPrefix("state/undo/\(run)/") }.count == 4)
    }

    @Test(arguments: [
        ("workflow/machine/etc/a.conf", "edit"), ("workflow/machine/made/file", "command"),
        ("workflow/machine/etc/b.conf", "command"), ("out/deep/er/note.txt", "write"), ("out/result.json", ""),
    ])
    func `a step whose path somebody edited since is left alone as a whole`(path: String, step: String) async throws {
        let (stage, run, before) = try await changed()
        try stage.folder.write("edited by hand\n", to: path)
        let now = try state(stage, "workflow/machine")
        let planned = try undo(stage, run)
        #expect(planned.refusedSteps == [step])
        let refused = planned.paths.filter { $0.refusal?.hasPrefix("somebody changed it since") == true }
        #expect(refused.map(\.visiblePath) == [stage.folder.path(path)])
        #expect(try planned.perform(in: stage.journal, by: "tester").allSatisfy { !$0.isFailure })
        #expect(try stage.folder.text(of: path) == "edited by hand\n")
        if step == "command" {
            // Nothing of it, and everything of the others.
            var expected = now
            expected["workflow/machine/etc/a.conf"] = before["workflow/machine/etc/a.conf"]
            #expect(try state(stage, "workflow/machine") == expected)
        } else if step == "edit" {
            #expect(!stage.folder.contains("workflow/machine/made") && !stage.folder.contains("out"))
        } else {
            #expect(try state(stage, "workflow/machine") == before)
        }
        // Put back what the run had made, it can be undone after all.
        #expect(try undo(stage, run, step.isEmpty ? nil : step).refusedSteps == [step])
    }

    @Test func `one step alone is undone, unless a later one built on it`() async throws {
        let (stage, run, before) = try await changed()
        let command = try undo(stage, run, "command")
        #expect(command.steps == ["command"] && command.handWorks.isEmpty)
        _ = try command.perform(in: stage.journal, by: "tester")
        var expected = before
        expected["workflow/machine/etc/a.conf"] = "file 420 one\ntwo = 9\nthree\n"
        #expect(try state(stage, "workflow/machine") == expected)
        #expect(stage.folder.contains("out/result.json"))
        _ = try undo(stage, run).perform(in: stage.journal, by: "tester")
        #expect(try state(stage, "workflow/machine") == before)

        let text = Self.text.replacing("[sh, change.sh]", with: #"[sh, "-c", "echo four >> etc/a.conf"]"#)
        let built = try Stage(text, files: Self.files)
        let other = try await built.play().run
        let edit = try undo(built, other, "edit")
        #expect(edit.refusedSteps == ["edit"] && edit.steps.isEmpty)
        #expect(edit.paths.first?.refusal == "step `command` changed it later; undo that first")
        _ = try undo(built, other, "command").perform(in: built.journal, by: "tester")
        #expect(try built.folder.text(of: "workflow/machine/etc/a.conf") == "one\ntwo = 9\nthree\n")
        _ = try undo(built, other, "edit").perform(in: built.journal, by: "tester")
        #expect(try built.folder.text(of: "workflow/machine/etc/a.conf") == "one\ntwo = 2\nthree\n")
    }

    @Test func `a link or another folder in the place of a path is not followed`() async throws {
        let (stage, run, _) = try await changed()
        let manager = FileManager.default
        try stage.folder.write("one\ntwo = 9\nthree\n", to: "elsewhere/a.conf")
        try stage.folder.write("b\nmore\n", to: "elsewhere/b.conf")
        try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: stage.folder.path("elsewhere/b.conf"))
        try manager.moveItem(
            atPath: stage.folder.path("workflow/machine/etc"), toPath: stage.folder.path("workflow/machine/etc.away"))
        try manager.createSymbolicLink(
            atPath: stage.folder.path("workflow/machine/etc"), withDestinationPath: stage.folder.path("elsewhere"))
        let planned = try undo(stage, run)
        #expect(planned.refusedSteps == ["command", "edit"])
        #expect(planned.paths.contains { $0.refusal == "a symbolic link lies on its way" })
        _ = try planned.perform(in: stage.journal, by: "tester")
        #expect(try stage.folder.text(of: "elsewhere/a.conf") == "one\ntwo = 9\nthree\n")
        #expect(try stage.folder.text(of: "elsewhere/b.conf") == "b\nmore\n")
    }

    @Test func `a folder that somebody put something into stays, and that is said`() async throws {
        let (stage, run, before) = try await changed()
        try stage.folder.write("mine", to: "workflow/machine/made/mine.txt")
        let rests = try undo(stage, run).perform(in: stage.journal, by: "tester")
        #expect(rests.map(\.item.visiblePath) == ["made"] && rests.allSatisfy { !$0.isFailure })
        #expect(rests.first?.reason.contains("something else is in it") == true)
        var expected = before
        expected["workflow/machine/made"] = "folder 493"
        expected["workflow/machine/made/mine.txt"] = "file 420 mine"
        #expect(try state(stage, "workflow/machine") == expected)
    }

    @Test func `what was kept and is gone or changed is not put back`() async throws {
        for isGone in [true, false] {
            let (stage, run, _) = try await changed()
            let edit = try #require(try stage.entries(run, .changesPrepared).first { $0.step == "edit" })
            let hash = try #require(edit.body["changes"]?[0]?["before"]?["sha256"]?.stringValue)
            let path = "state/undo/\(run)/\(hash)"
            if isGone {
                try FileManager.default.removeItem(atPath: stage.folder.path(path))
            } else {
                try stage.folder.write("evil\n", to: path)
            }
            let planned = try undo(stage, run)
            #expect(planned.refusedSteps == ["edit"])
            _ = try planned.perform(in: stage.journal, by: "tester")
            #expect(try stage.folder.text(of: "workflow/machine/etc/a.conf") == "one\ntwo = 9\nthree\n")
        }
    }

    @Test func `a run that is not over, or has no such step, is refused; an undone one is not resumed`() async throws {
        let asking = Self.text.replacing("issue.create: { decision: allow }", with: "issue.create: { decision: ask }")
        let stage = try Stage(asking, files: Self.files)
        let run = try await stage.play().run
        let open = #expect(throws: UndoError.self) { try undo(stage, run) }
        #expect(open?.description.contains("warrant cancel") == true)
        try stage.journal.append(.runCancelled, run: run)
        #expect(throws: UndoError.self) { try undo(stage, run, "edti") }
        _ = try undo(stage, run).perform(in: stage.journal, by: "tester")
        #expect(try stage.folder.text(of: "workflow/machine/etc/a.conf") == "one\ntwo = 2\nthree\n")
        await #expect(throws: RunStartError.self) { try await stage.resume(run) }
    }

    @Test func `a copy of a folder and its putting back are undone too`() async throws {
        let stage = try Stage(Self.copying, files: Self.files)
        let before = try state(stage, "workflow/machine")
        let run = try await stage.play().run
        #expect(try state(stage, "workflow/machine") == before)
        #expect(stage.folder.contains("out/before/etc/a.conf"))
        // What was put back is taken back alone: the folder is as the command left it.
        _ = try undo(stage, run, "back").perform(in: stage.journal, by: "tester")
        let left = try state(stage, "workflow/machine")
        #expect(left["workflow/machine/made/file"] == "file 420 new\n" && left["workflow/machine/old"] == nil)
        let rest = try undo(stage, run)
        #expect(rest.refusedSteps.isEmpty, "\(rest.paths.compactMap(\.refusal))")
        #expect(try rest.perform(in: stage.journal, by: "tester").isEmpty)
        #expect(try state(stage, "workflow/machine") == before)
        #expect(!stage.folder.contains("out"))
    }

    @Test(arguments: [true, false])
    func `a putting back that was cut short is undone, and the copy stays while anything else is left alone`(
        isCutShort: Bool
    ) async throws {
        let stage = try Stage(Self.copying, files: Self.files)
        let before = try state(stage, "workflow/machine")
        let run = try await stage.play().run
        let entries = try stage.journal.entries(of: run)
        let prepared = try #require(entries.lastIndex { $0.kind == .changesPrepared && $0.step == "back" })
        // As it is between the removal of a path and what takes its place, or after a person removed it.
        try FileManager.default.removeItem(atPath: stage.folder.path("workflow/machine/etc/b.conf"))
        let planned = try undo(stage, run, entries: isCutShort ? Array(entries[...prepared]) : entries)
        if isCutShort {
            #expect(planned.refusedSteps.isEmpty, "\(planned.paths.compactMap(\.refusal))")
            #expect(try planned.perform(in: stage.journal, by: "tester").allSatisfy { !$0.isFailure })
            #expect(try state(stage, "workflow/machine") == before)
            #expect(!stage.folder.contains("out/before"))
        } else {
            #expect(planned.refusedSteps == ["back", "command", "edit", "keep"])
            let kept = planned.paths.first { $0.visiblePath.hasSuffix("out/before/etc/b.conf") }
            #expect(kept?.refusal?.hasPrefix("it belongs to a copy of what was there before") == true)
            _ = try planned.perform(in: stage.journal, by: "tester")
            #expect(try stage.folder.text(of: "out/before/etc/b.conf") == "b\n")
            #expect(!stage.folder.contains("out/result.json"))
        }
    }

    @Test func `a putting back removes nothing that is to be there`() async throws {
        let script = "echo new > etc/a.conf; echo new > etc/b.conf; echo new > old/gone.txt"
        let text = Self.copying.replacing("[sh, change.sh]", with: "[sh, \"-c\", \"\(script)\"]")
        let stage = try Stage(text, files: Self.files)
        let before = try state(stage, "workflow/machine")
        let looks = Looks(
            ["etc/a.conf", "etc/b.conf", "old/gone.txt"].map { stage.folder.path("workflow/machine/" + $0) })
        let journal = try Journal(
            path: stage.folder.path("other/journal.db"), options: JournalOptions(faultPoint: { looks.look($0) }))
        let verdict = try await Run.start(
            stage.configuration(), services: stage.services([], journal: journal), currentDirectory: stage.folder.path
        ).execute()
        #expect(verdict.outcome == .done, "\(verdict)")
        let back = try journal.entries(of: verdict.run, at: "back").last { $0.kind == .observationRecorded }
        #expect(back?.body["observation"]?["value"]?["changes"]?.arrayValue?.count == 3)
        #expect(looks.count >= 3 && looks.missing.isEmpty, "\(looks.missing)")
        #expect(try state(stage, "workflow/machine") == before)
    }

    /// Writes one file, once for each text.
    private static func writing(_ texts: String...) -> String {
        """
        workflow: writing
        description: Writes one file.
        tools: [file.write]
        policy: { tools: { file.write: { decision: allow } } }
        steps:

        """
            + texts.enumerated().map { "  - { id: w\($0), call: file.write, with: { path: x.txt, text: \($1) } }\n" }
            .joined()
    }

    @Test func `what is there counts, and not what the last change was to make`() async throws {
        let stage = try Stage(Self.writing("BBB", "AAA"))
        try stage.folder.write("AAA", to: "out/x.txt")
        let run = try await stage.play().run
        #expect(try stage.folder.text(of: "out/x.txt") == "AAA")
        // As it is where the process died between the record of the second change and the change.
        try stage.folder.write("BBB", to: "out/x.txt")
        let planned = try undo(stage, run)
        #expect(planned.paths.map(\.action) == ["change back"])
        #expect(try planned.perform(in: stage.journal, by: "tester").isEmpty)
        #expect(try stage.folder.text(of: "out/x.txt") == "AAA")
    }

    @Test func `what a later run wrote too stays, also where it was the same already`() async throws {
        let stage = try Stage(Self.writing("AAA"))
        let first = try await stage.play().run
        let second = try await stage.play().run
        let refused = try undo(stage, first)
        #expect(refused.refusedSteps == ["w0"])
        #expect(refused.paths.map(\.refusal) == ["run `\(second)` has written it since; undo that first"])
        _ = try refused.perform(in: stage.journal, by: "tester")
        #expect(try stage.folder.text(of: "out/x.txt") == "AAA")
        // The control arm: once the later one is undone, which changes nothing, it goes.
        let later = try undo(stage, second)
        #expect(later.paths.isEmpty && later.steps == ["w0"])
        _ = try later.perform(in: stage.journal, by: "tester")
        #expect(try stage.folder.text(of: "out/x.txt") == "AAA")
        let planned = try undo(stage, first)
        #expect(planned.refusedSteps.isEmpty)
        #expect(try planned.perform(in: stage.journal, by: "tester").isEmpty)
        #expect(!stage.folder.contains("out"))
    }

    @Test func `a file below two folders that a run changes is one file`() async throws {
        let text = Self.text.replacing("[sh, change.sh]", with: #"[sh, "-c", "echo more >> out/deep/er/note.txt"]"#)
        let stage = try Stage(text, files: Self.files)
        let before = try state(stage, "workflow/machine")
        let verdict = try await Run.start(
            stage.configuration(output: "workflow/machine/out"), services: stage.services([]),
            currentDirectory: stage.folder.path
        ).execute()
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(try stage.folder.text(of: "workflow/machine/out/deep/er/note.txt").hasSuffix("more\n"))
        let planned = try undo(stage, verdict.run)
        #expect(planned.refusedSteps.isEmpty, "\(planned.paths.compactMap(\.refusal))")
        #expect(try planned.perform(in: stage.journal, by: "tester").isEmpty)
        #expect(try state(stage, "workflow/machine") == before)
    }

    @Test func `an undoing that was cut short is gone on with`() async throws {
        let (stage, run, before) = try await changed()
        try stage.journal.append(.undoBegun, run: run, body: ["acts": [], "person": "tester", "steps": []])
        try stage.folder.write("one\ntwo = 2\nthree\n", to: "workflow/machine/etc/a.conf")
        try FileManager.default.removeItem(atPath: stage.folder.path("workflow/machine/link"))
        let planned = try undo(stage, run)
        #expect(planned.refusedSteps.isEmpty)
        _ = try planned.perform(in: stage.journal, by: "tester")
        #expect(try state(stage, "workflow/machine") == before)
        #expect(throws: UndoError.self) { try undo(stage, run) }
    }
}

/// Looks whether files are there, between any two changes of a folder.
private final class Looks: Sendable {
    private let paths: [String]
    private let found = Mutex<(count: Int, missing: [String])>((0, []))

    init(_ paths: [String]) {
        self.paths = paths
    }

    var count: Int { found.withLock { $0.count } }
    var missing: [String] { found.withLock { $0.missing } }

    func look(_ place: String) {
        guard place == "folder.change" else { return }
        let gone = paths.filter { !FileManager.default.fileExists(atPath: $0) }
        found.withLock {
            $0.count += 1
            $0.missing += gone
        }
    }
}
