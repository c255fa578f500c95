import Databases
import Foundation
import JSONSchemas
import PolicyEngine
import RunJournal
import TestSupport

/// One run of ``EffectWorkflow`` by the built `warrant`, killed at random moments and resumed until it is done.
///
/// What counts as acknowledged is what a reader saw before the kill: the newest entry, and by its hash all before it.
struct KillTrial {
    let executable: String
    let share: String
    let tracker: CountingTracker
    let number: Int
    /// How many lives are to be killed, at most.
    let killCount: Int
    /// Whether each life begins without the record of the one before; then it is killed when it has filed its issue.
    let forgets: Bool
    private let folder: TemporaryFolder
    private var random: SplitMix
    private(set) var tally = KillTally()

    private var repository: String { "kills/trial-\(number)" }
    private var journalPath: String { folder.path("home/journal.db") }

    init(
        executable: String, share: String, tracker: CountingTracker, number: Int, killCount: Int, forgets: Bool,
        seed: UInt64
    ) throws {
        self.executable = executable
        self.share = share
        self.tracker = tracker
        self.number = number
        self.killCount = killCount
        self.forgets = forgets
        random = SplitMix(state: seed &+ UInt64(number) &* 1_000_003)
        folder = try TemporaryFolder()
        try folder.write(EffectWorkflow.text, to: "effects/workflow.yaml")
        try folder.write(EffectWorkflow.rows, to: "effects/rows.jsonl")
        try folder.makeFolder("effects/machine")
        try folder.write(
            """
            trackers:
              counting:
                { kind: github, url: "\(tracker.url)", repository: \(repository), token_env: COUNTING_TOKEN,
                  project: demo, allow_private: [127.0.0.1], timeout: 20s, patience: 20s }

            """, to: "config/warrant/trackers.yaml")
    }

    /// Kills, resumes and counts. `span`: within how much of its time a life is killed.
    mutating func run(span: Duration) throws {
        defer { tracker.forget(repository) }
        var number = 0
        while tally.kills < killCount, number < killCount * 4, let arguments = try nextArguments() {
            number += 1
            let life = try start(arguments, "killed-\(number)")
            if forgets {
                waitForIssue()
            } else {
                usleep(UInt32.random(in: 0...UInt32(span / .microseconds(1)), using: &random))
            }
            let seen = head()
            life.kill()
            let ending = life.wait()
            if ending.wasKilled { tally.kills += 1 } else { tally.missed += 1 }
            try check(seen)
            if !ending.wasKilled, ![0, 2].contains(ending.status) {
                tally.fail("trial \(self.number): ended with \(ending.status): \(ending.errors.suffix(300))")
            }
        }
        // Then it is let live: once, and once more for each question.
        for attempt in 1...4 {
            guard let arguments = try nextArguments() else { break }
            let ending = try start(arguments, "last-\(attempt)").wait()
            if ![0, 2].contains(ending.status) || ending.wasKilled {
                tally.fail("trial \(self.number): can't be ended: \(ending.status): \(ending.errors.suffix(300))")
                break
            }
        }
        try count()
    }

    /// Waits until the life that was started has filed its issue, for 20 seconds at most.
    private func waitForIssue() {
        for _ in 0..<20_000 where tracker.texts(in: repository).issues.count <= tally.kills { usleep(1_000) }
    }

    private mutating func start(_ arguments: [String], _ name: String) throws -> WarrantProcess {
        tally.lives += 1
        return try WarrantProcess(
            executable, arguments, home: folder.path, name: name,
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder.path,
                "WARRANT_HOME": folder.path("home"), "WARRANT_SHARE": share, "WARRANT_PERSON": "tester",
                "XDG_CONFIG_HOME": folder.path("config"), "COUNTING_TOKEN": CountingTracker.token,
            ])
    }

    /// The journal as a reader sees it; nil before there is one. It is closed at once: a reader that stays would keep
    /// the killed process's index of the log alive, and recovery would have nothing to do.
    private func journal() -> Journal? {
        let size = try? FileManager.default.attributesOfItem(atPath: journalPath)[.size] as? Int
        guard let size, size > 0 else { return nil }
        return try? Journal(path: journalPath, options: JournalOptions(preparedLogByteCount: 0))
    }

    private func head() -> JournalHead? { try? journal()?.head() }

    private mutating func check(_ seen: JournalHead?) throws {
        guard let seen, seen.sequence > 0 else { return }
        tally.seenEntries += seen.sequence
        if try journal()?.entry(seen.sequence)?.hash != seen.hash { tally.lostEntries += 1 }
    }

    /// What is to be started next, after a person has answered what waits; nil when the run is done.
    private mutating func nextArguments() throws -> [String]? {
        if forgets, try journal()?.runs(limit: 1).first?.state != .done {
            try? FileManager.default.removeItem(atPath: folder.path("home"))
        }
        guard let journal = journal(), let run = try journal.runs(limit: 1).first else {
            return [
                "run", folder.path("effects"), "--tracker", "counting", "--output", folder.path("out"), "--json",
                "--unattended",
            ]
        }
        if run.state == .done { return nil }
        if run.state == .parked {
            for question in try journal.pendingApprovals(run: run.id) { try settle(question) }
        }
        return ["resume", run.id.description, "--json", "--unattended"]
    }

    /// A person looks whether the command had its effect, and says so.
    private mutating func settle(_ question: PendingApproval) throws {
        guard question.step == "command",
            ApprovalRequest(fromJSON: question.body)?.isAboutUnknownOutcome == true
        else { return tally.fail("trial \(number): an unexpected question at \(question.step)") }
        tally.parked += 1
        let happened = folder.contains("effects/machine/mark")
        if happened { tally.parkedDone += 1 }
        let answer = happened ? "--happened" : "--did-not-happen"
        let ending = try start(["settle", question.run.description, question.step, answer], "settle").wait()
        if ending.status != 0 { tally.fail("trial \(number): can't settle: \(ending.errors.suffix(300))") }
    }

    private mutating func count() throws {
        guard let journal = journal(), let run = try journal.runs(limit: 1).first, run.state == .done else {
            return tally.fail("trial \(number): the run is not done")
        }
        tally.runs += 1
        if try !journal.verifyChain().isIntact { tally.fail("trial \(number): the chain doesn't hold") }
        if try journal.runs().count != 1 { tally.fail("trial \(number): there is more than one run") }
        let (issues, comments) = tracker.texts(in: repository)
        count(issues.count { $0.hasPrefix("one\nfiled once") }, "issue")
        count(comments.count { $0.hasPrefix("said once") }, "comment")
        if issues.count + comments.count != 2 { tally.fail("trial \(number): something else was filed") }
        let titles = try RecordTables(path: folder.path("home/records.sqlite")).rows(of: "history")
            .compactMap { $0["title"]?.stringValue }
        if titles != EffectWorkflow.titles {
            for title in EffectWorkflow.titles { count(titles.count { $0 == title }, "row") }
        }
        let mark = "effects/machine/mark"
        count(folder.contains(mark) ? try folder.text(of: mark).utf8.count : 0, "command")
        let note = folder.contains("out/note.txt") ? try folder.text(of: "out/note.txt") : ""
        count(note == "one" ? 1 : 0, "file")
        let result = try JSONValue(parsing: folder.text(of: "out/result.json"))
        let wanted: JSONValue = ["rows": .array(EffectWorkflow.titles.map { ["title": .string($0)] }), "issue": 1]
        if result != wanted { tally.fail("trial \(number): the result is \(result.serialized(.compact))") }
        try countRepeats(journal.entries(of: run.id, at: "command"))
    }

    private mutating func count(_ occurrences: Int, _ what: String) {
        if occurrences == 0 { tally.lostEffects += 1 }
        if occurrences > 1 { tally.doubledEffects += occurrences - 1 }
        if occurrences != 1 { tally.fail("trial \(number): \(what) \(occurrences) times") }
    }

    /// Between two beginnings of the opaque command a person has to have answered.
    private mutating func countRepeats(_ entries: [JournalEntry]) {
        var mayBegin = true
        for entry in entries {
            switch entry.kind {
            case .executionStarted:
                if !mayBegin { tally.blindRepeats += 1 }
                mayBegin = false
            case .approvalRecorded where entry.body["decision"] == "approved": mayBegin = true
            default: break
            }
        }
    }
}
