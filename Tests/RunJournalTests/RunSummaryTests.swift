import JSONSchemas
import RunJournal
import Testing

@Suite struct RunSummaryTests {
    @Test func `a run's state follows its entries`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        let run = seed(1)
        let started = try journal.start(run)
        #expect(started.state == .running)
        #expect(started.workflow == "ticket-triage")
        #expect(started.directory == "/tmp/out-1")
        #expect(started.parameters == run.parameters)
        let steps: [(JournalEntryKind, JSONValue, RunState, Int?)] = [
            (.stepStarted, [:], .running, nil),
            (.runParked, ["exit": 2], .parked, 2),
            (.runResumed, [:], .running, nil),
            (.runFinished, ["outcome": "budget_exhausted", "exit": 4], .budgetExhausted, 4),
            (.runResumed, [:], .running, nil),
            (.runFinished, ["outcome": "done", "exit": 0], .done, 0),
        ]
        for (kind, body, state, exit) in steps {
            let entry = try journal.append(kind, run: run.id, body: body)
            let summary = try journal.run(run.id)
            #expect(summary.state == state)
            #expect(summary.exitCode == exit)
            #expect(summary.updatedNanoseconds == entry.wallNanoseconds)
            #expect(summary.entryCount == entry.sequence)
        }
    }

    @Test func `an outcome nobody knows counts as failed, never as done`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        for (number, body) in [(1, ["outcome": "splendid"]), (2, [:])] as [(UInt64, JSONValue)] {
            try journal.start(seed(number))
            try journal.append(.runFinished, run: seed(number).id, body: body)
            #expect(try journal.run(seed(number).id).state == .failed)
        }
    }

    @Test func `runs are listed newest first and filtered`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        for number in 1...4 {
            try journal.start(seed(UInt64(number), workflow: number % 2 == 0 ? "even" : "odd"))
        }
        try journal.append(.runParked, run: seed(2).id)
        #expect(try journal.runs().map(\.id) == [seed(4), seed(3), seed(2), seed(1)].map(\.id))
        #expect(try journal.runs(limit: 1).map(\.id) == [seed(4).id])
        #expect(try journal.runs(workflow: "odd").map(\.id) == [seed(3).id, seed(1).id])
        #expect(try journal.runs(state: .parked).map(\.id) == [seed(2).id])
        #expect(try journal.runs(state: .running, workflow: "even").map(\.id) == [seed(4).id])
    }

    @Test func `a run is found by the start or the end of its identifier`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        for number in 1...3 { try journal.start(seed(UInt64(number))) }
        let wanted = seed(2).id.description
        #expect(try journal.run(matching: wanted).id == seed(2).id)
        #expect(try journal.run(matching: String(wanted.suffix(6)).uppercased()).id == seed(2).id)
        #expect(try journal.run(matching: String(wanted.prefix(16))).id == seed(2).id)
        for text in [String(wanted.prefix(4)), "", "%", "zzzzz"] {
            let error = #expect(throws: JournalError.self) { try journal.run(matching: text) }
            #expect(error?.code == .notFound)
        }
        let several = #expect(throws: JournalError.self) {
            try journal.run(matching: String(wanted.prefix(4)))
        }
        #expect(several?.description.contains("several runs match") == true)
    }

    @Test func `filters add up`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        for number in 1...4 {
            try journal.start(seed(UInt64(number), workflow: number % 2 == 0 ? "even" : "odd"))
        }
        try journal.append(.approvalRequested, run: seed(1).id, step: "ask", body: ["digest": "1"])
        for number in [2, 3] as [UInt64] {
            try journal.append(.approvalRequested, run: seed(number).id, step: "ask", body: ["digest": "cafe"])
        }
        try journal.append(.approvalRecorded, run: seed(2).id, step: "ask", body: ["digest": "cafe"])
        try journal.append(.runCancelled, run: seed(3).id)
        func ids(_ filter: RunFilter) throws -> [RunID] { try journal.runs(filter).map(\.id) }
        #expect(try ids(RunFilter()) == [seed(4), seed(3), seed(2), seed(1)].map(\.id))
        // An answered question and one of a run that is over wait for nobody.
        #expect(try ids(RunFilter(isWaiting: true)) == [seed(1).id])
        let started = try journal.run(seed(3).id).startedNanoseconds
        #expect(try ids(RunFilter(since: started)) == [seed(4), seed(3)].map(\.id))
        #expect(try ids(RunFilter(until: started)) == [seed(2), seed(1)].map(\.id))
        #expect(try ids(RunFilter(workflow: "odd", until: started)) == [seed(1).id])
        #expect(try ids(RunFilter(state: .running, since: started)) == [seed(4).id])
        #expect(try ids(RunFilter(workflow: "odd", isWaiting: true, limit: 1)) == [seed(1).id])
        #expect(try ids(RunFilter(workflow: "ev")) == [])
    }
}
