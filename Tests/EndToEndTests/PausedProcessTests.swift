import Foundation
import JSONSchemas
import KillTrials
import RunJournal
import TestSupport
import Testing

/// Row P3 of the crash matrix: a process that is stopped and wakes later.
@Suite(.timeLimit(.minutes(5))) struct PausedProcessTests {
    @Test func `a stopped process keeps its run, and goes on with it`() async throws {
        let command = try Command()
        let tracker = try CountingTracker()
        let repository = "owner/paused"
        try command.folder.write(EffectWorkflow.text, to: "effects/workflow.yaml")
        try command.folder.write(EffectWorkflow.rows, to: "effects/rows.jsonl")
        try command.folder.makeFolder("effects/machine")
        try command.folder.write(
            """
            trackers:
              counting:
                { kind: github, url: "\(tracker.url)", repository: \(repository), token_env: COUNTING_TOKEN,
                  project: demo, allow_private: [127.0.0.1], timeout: 60s, patience: 60s }

            """, to: "config/warrant/trackers.yaml")
        let environment = ["COUNTING_TOKEN": CountingTracker.token]
        // It is stopped while the tracker holds its first look-up back.
        let asked = DispatchSemaphore(value: 0)
        let goesOn = DispatchSemaphore(value: 0)
        let count = Counter()
        tracker.set { _ in
            if count.next() == 1 {
                asked.signal()
                goesOn.wait()
            }
            return nil
        }
        let started = try command.start(
            [
                "run", command.folder.path("effects"), "--tracker", "counting", "--output",
                command.folder.path("out"), "--json",
            ], environment: environment)
        asked.wait()
        started.send(SIGSTOP)
        let journal = try Journal(path: command.folder.path("home/journal.db"))
        let run = try #require(try journal.runs(limit: 1).first)
        let before = try journal.head()
        let refused = try command.run(["resume", run.id.description, "--json"], environment: environment)
        #expect(refused.status == 75, "\(refused.errors)")
        #expect(refused.errors.contains("process \(started.process.processIdentifier) is working on it"))
        #expect(try journal.head() == before)
        started.send(SIGCONT)
        goesOn.signal()
        let finished = started.wait()
        #expect(finished.status == 0, "\(finished.errors)")
        let (issues, comments) = tracker.texts(in: repository)
        #expect(issues.count == 1 && comments.count == 1)
        #expect(try journal.verifyChain().isIntact)
    }
}
