import Foundation
import JSONSchemas
import RunJournal
import Testing

@Suite struct FencingTests {
    private let place: TemporaryJournal
    private let run = seed(1).id

    init() throws { place = try TemporaryJournal() }

    /// The kernel's lock is lost: somebody cleaned the folder up while its holder slept.
    private func loseLock() throws {
        try FileManager.default.removeItem(atPath: place.folder + "/locks/\(run).lock")
    }

    @Test func `a writer that slept while another took over writes nothing any more`() throws {
        let sleeper = try place.open()
        let lease = try sleeper.lease(run)
        try sleeper.start(seed(1))
        try sleeper.append(.note, run: run)
        try sleeper.start(seed(2))
        try loseLock()
        let other = try place.open()
        let second = try other.lease(run)
        let error = #expect(throws: JournalError.self) { try sleeper.append(.note, run: run) }
        #expect(error?.code == .fenced(by: 2))
        #expect(error?.description.contains("writer 2 took run `\(run)` over, and this process is writer 1") == true)
        #expect(try other.entries(of: run).count == 2)
        // Control: the new writer writes, and the old one still does to its other run.
        try other.append(.runResumed, run: run)
        try sleeper.append(.note, run: seed(2).id)
        #expect(try other.entries(of: run).map(\.epoch) == [1, 1, 2])
        #expect(try other.verifyChain().isIntact)
        lease.release()
        second.release()
        #expect(throws: JournalError.self) { try sleeper.append(.note, run: run) }
    }

    @Test func `a process that never had the lease writes as the writer of now, such as a person's answer`() throws {
        let holder = try place.open()
        _ = try holder.lease(run)
        try holder.start(seed(1))
        let answer = try place.open().append(.approvalRecorded, run: run, body: ["digest": "d"])
        #expect(answer.epoch == 1)
        #expect(try holder.append(.note, run: run).epoch == 1)
        #expect(try holder.verifyChain().isIntact)
    }

    @Test func `each life of a run has an epoch of its own`() throws {
        for life in 1...3 {
            let journal = try place.open()
            let lease = try journal.lease(run)
            if life == 1 { try journal.start(seed(1)) } else { try journal.append(.runResumed, run: run) }
            #expect(try journal.entries(of: run).last?.epoch == life)
            lease.release()
        }
    }
}
