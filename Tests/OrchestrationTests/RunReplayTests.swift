import Databases
import Foundation
import JSONSchemas
import Orchestration
import PolicyEngine
import RunJournal
import Synchronization
import TestSupport
import Testing
import ToolExecution
import WorkflowFormat

/// Recorded runs played once more from their records. Every other test of this room replays what it plays too.
@Suite struct RunReplayTests {
    /// A journal of its own with some entries of a run, chained anew: it verifies, whatever was changed.
    private func copy(
        _ entries: some Collection<JournalEntry>, of run: RunID, as name: String, on stage: Stage,
        changing change: (JournalEntry) -> JSONValue = { $0.body }
    ) throws -> Journal {
        let journal = try Journal(path: stage.folder.path("copies/\(name)/journal.db"))
        let drafts = entries.map { JournalEntryDraft($0.kind, step: $0.step, body: change($0)) }
        try journal.append(drafts, run: run)
        return journal
    }

    private func everything() async throws -> (stage: Stage, run: RunID, entries: [JournalEntry]) {
        let stage = try Stage(ResumeTests.text, files: ResumeTests.files)
        let verdict = try await stage.play(ResumeTests.script, inbox: Somebody())
        #expect(verdict.outcome == .done, "\(verdict)")
        return (stage, verdict.run, try stage.journal.entries(of: verdict.run))
    }

    @Test func `a run killed after any entry and resumed replays, and so does what is there before`() async throws {
        let (stage, run, entries) = try await everything()
        for count in 1..<entries.count {
            let journal = try copy(entries.prefix(count), of: run, as: "\(count)", on: stage)
            let cut = try await stage.replay(run, in: journal)
            // What is written in one transaction is never there in part.
            guard cut.isIdentical else {
                #expect(cut.difference?.sentence.contains("together with it is gone") == true, "\(count) \(cut)")
                continue
            }
            // An answer at the end may have come from elsewhere; nothing follows from it yet.
            let prefix = entries.prefix(count)
            let foreign =
                prefix.count { $0.kind == .changesPrepared } + (prefix.last?.kind == .approvalRecorded ? 1 : 0)
            #expect(cut.comparedCount == count - foreign && !cut.hasEnd)
            let tracker = try LocalTracker(path: stage.folder.path("copies/\(count)/tracker.sqlite"))
            let verdict = try await Run.resume(
                journal.run(run), configuration: stage.configuration(),
                services: stage.services(ResumeTests.script, inbox: Somebody(), journal: journal, tracker: tracker)
            ).execute()
            #expect(verdict.outcome == .done, "\(count) \(verdict)")
            let replay = try await stage.replay(run, in: journal)
            #expect(
                replay.isIdentical && replay.stretchCount == 2 && replay.hasEnd,
                "\(count) \(replay.difference?.sentence ?? "\(replay)")"
            )
        }
    }

    @Test func `a record whose end was removed does not fit what the run's own row says`() async throws {
        let (stage, run, entries) = try await everything()
        let whole = try await stage.replay(run)
        #expect(whole.isIdentical && whole.hasEnd)
        for count in 1..<entries.count {
            let cut = try await stage.replay(run, as: Array(entries.prefix(count)))
            let difference = try #require(cut.difference, "\(count)")
            #expect(!cut.isIdentical && !cut.isWhole && !cut.hasEnd)
            let isSaid = ["its own row says `done`", "together with it is gone"].contains {
                difference.sentence.contains($0)
            }
            #expect(isSaid, "\(count) \(difference.sentence)")
        }
    }

    /// Mutations of one entry's body, and whether the record alone can tell.
    private static let mutations: [(kind: JournalEntryKind, step: String?, pointer: [String], value: JSONValue)] = [
        (.callDecided, "load", ["decision"], "deny"),
        (.callDecided, "each[0]/create", ["rule"], "other"),
        (.callDecided, "each[2]/create", ["context", "earlier", "issue.create"], 7),
        (.callDecided, "each[0]/create", ["sentence"], "Because."),
        (.callProposed, "each[0]/create", ["arguments", "title"], "another"),
        (.callProposed, "each[0]/create", ["label", "integrity"], "trusted"),
        (.approvalRequested, "each[0]/create", ["sentence"], "May I?"),
        (.approvalRequested, "gate", ["digest"], "00"),
        (.approvalRecorded, "each[0]/create", ["decision"], "rejected"),
        (.approvalRecorded, "each[0]/create", ["digest"], "00"),
        (.executionStarted, "each[0]/create", ["effect"], "00"),
        (.executionStarted, "study#2", ["attempt"], 2),
        (.observationRecorded, "load", ["observation", "value", "rows", "0", "title"], "uno"),
        (.observationRecorded, "load", ["label", "integrity"], "trusted"),
        (.observationRecorded, "study#1", ["fields"], [:]),
        (.promptBuilt, "each[0]/class", ["prompts", "0", "1", "text"], "Do as you like."),
        (.stepFinished, "each[1]/class", ["written", "bad"], true),
        (.stepFinished, "each[1]/class", ["result", "value", "bad"], true),
        (.stepFinished, "each[1]/class", ["label", "integrity"], "trusted"),
        (.stepFinished, "study", ["result", "turns"], 1),
        (.valueProduced, "study#1", ["text"], "```json\n{\"name\": \"find\", \"arguments\": {}}\n```"),
        (.valueProduced, "study#2", ["arguments", "title"], "u"),
        (.valueProduced, "study#2", ["prompt"], "Do as you like."),
        (.outputWritten, nil, ["sha256"], "00"),
        (.outputWritten, nil, ["bytes"], 7),
        (.runFinished, nil, ["outcome"], "denied"),
        (.runStarted, nil, ["parameters", "dry_run"], true),
        (.runStarted, nil, ["parameters", "values", "project"], "evil"),
        (.runStarted, nil, ["parameters", "task", "0"], "evil"),
        (.runStarted, nil, ["parameters", "weights", "dialect", "user_prefix"], "<user>"),
    ]

    @Test func `a body that was changed in a chain that verifies is found and named`() async throws {
        let (stage, run, entries) = try await everything()
        let same = try copy(entries, of: run, as: "same", on: stage)
        #expect(try await stage.replay(run, in: same).isIdentical)
        for (index, mutation) in Self.mutations.enumerated() {
            let found = entries.first { $0.kind == mutation.kind && (mutation.step ?? $0.step) == $0.step }
            let entry = try #require(found, "\(mutation)")
            let changed = try #require(
                entry.body.setting(mutation.pointer[...], to: mutation.value), "\(mutation)")
            #expect(changed != entry.body, "\(mutation)")
            let journal = try copy(entries, of: run, as: "mutation-\(index)", on: stage) {
                $0.sequence == entry.sequence ? changed : $0.body
            }
            #expect(try journal.verifyChain().isIntact, "\(mutation)")
            let replay = try await stage.replay(run, in: journal)
            let difference = try #require(replay.difference, "\(mutation) was not found")
            #expect(!replay.isIdentical && !replay.isWhole)
            #expect((difference.sequence ?? 0) >= entry.sequence, "\(mutation): \(difference.sentence)")
            #expect(difference.sentence.hasPrefix("Entry ") && difference.sentence.hasSuffix("."))
        }
    }

    @Test func `entries that were removed, moved or put in are found`() async throws {
        let (stage, run, entries) = try await everything()
        // What a tool is about to change is the tool's to say, and not worked out again.
        for (index, entry) in entries.enumerated().dropFirst()
        where index < entries.count - 1 && entry.kind != .changesPrepared {
            let without = entries[..<index] + entries[(index + 1)...]
            let removed = try copy(Array(without), of: run, as: "removed-\(index)", on: stage)
            #expect(try await stage.replay(run, in: removed).difference != nil, "without \(entry.kind) \(entry.step)")
        }
        var moved = entries
        moved.swapAt(3, 4)
        #expect(try await stage.replay(run, in: copy(moved, of: run, as: "moved", on: stage)).difference != nil)
        let doubled = entries[..<5] + [entries[4]] + entries[5...]
        #expect(
            try await stage.replay(run, in: copy(Array(doubled), of: run, as: "doubled", on: stage)).difference != nil)
    }

    @Test func `what was measured is not compared, and nothing else is left out`() async throws {
        let (stage, run, entries) = try await everything()
        #expect(entries.contains { $0.measured?["journal_us"] != nil })
        let journal = try copy(entries, of: run, as: "measured", on: stage) { entry in
            guard entry.measured != nil, var members = entry.body.objectValue else { return entry.body }
            members["measured"] = ["tools_us": 1]
            return .object(members)
        }
        #expect(try await stage.replay(run, in: journal).isIdentical)
        let other = try copy(entries, of: run, as: "extra", on: stage) { entry in
            guard entry.kind == .outputWritten, var members = entry.body.objectValue else { return entry.body }
            members["measurement"] = 1
            return .object(members)
        }
        #expect(try await stage.replay(run, in: other).difference?.pointer == "/measurement")
    }

    @Test func `a call that a service left open replays, parked and resumed`() async throws {
        let service = Service()
        let stage = try Stage(
            GateTests.filing(GateTests.allow), files: GateTests.rows, tools: [Filing(service: service)])
        let first = try await stage.play()
        #expect(first.outcome == .tryAgain, "\(first)")
        let notes = try stage.entries(first.run, .note)
        #expect(notes.count == 3 && notes[0].body["sentence"] == "Can't file: the service is away.")
        service.isThere.store(true, ordering: .relaxed)
        #expect(try await stage.resume(first.run).outcome == .done)
    }

    @Test func `a body that is gone is said, and what hangs on it is not guessed`() async throws {
        let stage = try Stage(GateTests.filing(GateTests.ask), files: GateTests.rows)
        let run = try await stage.play().run
        try stage.approveAll(run)
        #expect(try await stage.resume(run).outcome == .done)
        let entries = try stage.journal.entries(of: run)
        var kinds: Set<JournalEntryKind> = []
        for (index, gone) in entries.enumerated() where BodyClass(gone.kind) != .record || gone.kind == .callProposed {
            var left = entries
            left[index] = gone.with(body: nil)
            let replay = try await stage.replay(run, as: left)
            #expect(replay.difference == nil && !replay.isIdentical && replay.uncompared == [gone.sequence])
            // A proposal or a result is worked out again; what a tool gave can't be.
            let isGiven = gone.kind == .observationRecorded || gone.kind == .provisionalObserved
            #expect(replay.isWhole == !isGiven, "\(gone.kind)")
            kinds.insert(gone.kind)
        }
        #expect(kinds.isSuperset(of: [.callProposed, .observationRecorded, .provisionalObserved]))
        #expect(try await stage.replay(run).isIdentical)
        let report = try stage.journal.prune(RetentionPeriods(outputs: .zero, prompts: .zero), by: "tester")
        #expect(report.erased[.outputs] != nil)
        #expect(try await !stage.replay(run).isIdentical)
    }

    @Test func `another workflow, an operator's policy that can't be had and an older record are refused`()
        async throws
    {
        let stage = try Stage(GateTests.filing(GateTests.ask), files: GateTests.rows)
        let run = try await stage.play().run
        let entries = try stage.journal.entries(of: run)
        let other = try Stage(GateTests.filing(GateTests.allow), files: GateTests.rows)
        await #expect(throws: DecisionReplayError.self) { try await other.replay(run, in: stage.journal) }
        let path = try stage.folder.write("approvals: { expire: 8h }", to: "policy.yaml")
        let operators = try OperatorPolicy.load(path: path, tools: stage.registry.definitions)
        #expect(try await stage.replay(run, operatorPolicy: operators).isIdentical)
        let ruled = try await stage.play(operatorPolicy: operators).run
        #expect(try await stage.replay(ruled).isIdentical)
        for (name, text) in [("forged", "approvals: { expire: 9h }"), ("textless", nil)] as [(String, JSONValue?)] {
            let other = try copy(stage.journal.entries(of: ruled), of: ruled, as: name, on: stage) { entry in
                guard entry.kind == .runStarted else { return entry.body }
                return entry.body.setting(["parameters", "operator", "text"], to: text) ?? .null
            }
            let error = await #expect(throws: DecisionReplayError.self) { try await stage.replay(ruled, in: other) }
            #expect(error?.description.contains("does not stand in its record") == true)
            // Older records have no text; where the same file is there, it is used.
            guard text == nil else { continue }
            #expect(try await stage.replay(ruled, in: other, operatorPolicy: operators).isIdentical)
        }
        let old = try copy(entries, of: run, as: "old", on: stage) { entry in
            entry.kind == .runStarted ? entry.body.setting(["parameters", "weights"], to: nil) ?? .null : entry.body
        }
        let error = await #expect(throws: DecisionReplayError.self) { try await stage.replay(run, in: old) }
        #expect(error?.description.contains("before runs could be played again") == true)
    }
}

/// A service that is away at first.
private final class Service: Sendable {
    let isThere = Atomic(false)
}

/// Files issues with it.
private struct Filing: Tool {
    let service: Service
    let name = "issue.create"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        guard service.isThere.load(ordering: .relaxed) else {
            throw ToolError(.unavailable, "Can't file: the service is away.")
        }
        return ["id": 1, "project": "demo", "title": arguments["title"] ?? ""]
    }
}

extension JSONValue {
    /// The value with another part at `path`, or without it; nil where there is no such place.
    fileprivate func setting(_ path: ArraySlice<String>, to value: JSONValue?) -> JSONValue? {
        guard let name = path.first else { return value }
        if var members = objectValue {
            if path.count == 1 {
                members[name] = value
            } else {
                guard let inner = members[name]?.setting(path.dropFirst(), to: value) else { return nil }
                members[name] = inner
            }
            return .object(members)
        }
        if var list = arrayValue, let index = Int(name), list.indices.contains(index),
            let inner = list[index].setting(path.dropFirst(), to: value)
        {
            list[index] = inner
            return .array(list)
        }
        return nil
    }
}
