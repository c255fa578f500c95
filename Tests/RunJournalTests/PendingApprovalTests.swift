import JSONSchemas
import RunJournal
import Testing

@Suite struct PendingApprovalTests {
    @Test func `a question waits until its own answer is recorded`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        try journal.start(seed(1))
        try journal.append(
            .approvalRequested, run: seed(1).id, step: "file#1", body: ["digest": "aa", "rule": "r"])
        try journal.append(.approvalRequested, run: seed(1).id, step: "file#2", body: ["digest": "bb"])
        #expect(try journal.pendingApprovals().map(\.digest) == ["aa", "bb"])
        #expect(try journal.pendingApprovals()[0].body["rule"] == "r")
        #expect(try journal.run(seed(1).id).waitingCount == 2)

        try journal.append(.approvalRecorded, run: seed(1).id, step: "file#1", body: ["digest": "other"])
        #expect(try journal.pendingApprovals().count == 2)
        try journal.append(.approvalRecorded, run: seed(1).id, step: "file#1", body: ["digest": "aa"])
        #expect(try journal.pendingApprovals().map(\.step) == ["file#2"])
        #expect(try journal.run(seed(1).id).waitingCount == 1)
        #expect(try journal.verifyChain().isIntact)
    }

    @Test func `another run's answer with the same digest does not count`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        for number in 1...2 {
            try journal.start(seed(UInt64(number)))
            try journal.append(
                .approvalRequested, run: seed(UInt64(number)).id, step: "s", body: ["digest": "aa"])
        }
        try journal.append(.approvalRecorded, run: seed(2).id, step: "s", body: ["digest": "aa"])
        #expect(try journal.pendingApprovals().map(\.run) == [seed(1).id])
        #expect(try journal.pendingApprovals(run: seed(2).id).isEmpty)
        #expect(try journal.pendingApprovals(run: seed(1).id).count == 1)
    }

    @Test func `a question asked again waits again`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        try journal.start(seed(1))
        for kind in [JournalEntryKind.approvalRequested, .approvalRecorded, .approvalRequested] {
            try journal.append(kind, run: seed(1).id, step: "s", body: ["digest": "aa"])
        }
        #expect(try journal.pendingApprovals().map(\.sequence) == [4])
        #expect(try journal.verifyChain().isIntact)
    }

    @Test func `a run that ended asks nothing`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        try journal.start(seed(1))
        try journal.append(.approvalRequested, run: seed(1).id, step: "s", body: ["digest": "aa"])
        try journal.append(.runParked, run: seed(1).id)
        #expect(try journal.pendingApprovals().count == 1)
        try journal.append(.runCancelled, run: seed(1).id)
        #expect(try journal.pendingApprovals().isEmpty)
        #expect(try journal.run(seed(1).id).waitingCount == 0)
    }
}
