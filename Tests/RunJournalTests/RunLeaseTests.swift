import Foundation
import RunJournal
import Testing

@Suite struct RunLeaseTests {
    @Test func `a second holder is refused with the first one's pid`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        let lease = try journal.lease(seed(1).id)
        let error = #expect(throws: JournalError.self) { _ = try place.open().lease(seed(1).id) }
        #expect(error?.code == .leased(holder: getpid()))
        #expect(error?.description.contains("process \(getpid()) is working on it") == true)
        #expect(journal.leaseHolder(of: seed(1).id) == getpid())
        // Control: another run is free.
        let other = try journal.lease(seed(2).id)
        #expect(other.run == seed(2).id)
        lease.release()
        #expect(journal.leaseHolder(of: seed(1).id) == nil)
        _ = try journal.lease(seed(1).id)
    }

    @Test func `letting go of a lease releases it`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        for _ in 0..<3 { _ = try journal.lease(seed(1).id) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder + "/locks") == ["opening"])
    }

    @Test func `a killed process leaves its lease behind for the next one`() async throws {
        let place = try TemporaryJournal()
        let folder = place.folder
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            let journal = try Journal(path: folder + "/journal.db", options: .init(preparedLogByteCount: 0))
            let lease = try journal.lease(seed(1).id)
            try "\(getpid())".write(toFile: folder + "/pid", atomically: false, encoding: .utf8)
            precondition(journal.leaseHolder(of: lease.run) == getpid(), "the child must hold the lease")
            kill(getpid(), SIGKILL)
        }
        #expect(FileManager.default.fileExists(atPath: folder + "/pid"))
        let journal = try place.open()
        #expect(journal.leaseHolder(of: seed(1).id) == nil)
        _ = try journal.lease(seed(1).id)
    }

    @Test func `only one of many contenders gets the lease`() async throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        let holding = Holding()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<50 {
                        guard let lease = try? journal.lease(seed(1).id) else { continue }
                        holding.enter()
                        holding.leave()
                        lease.release()
                    }
                }
            }
        }
        #expect(holding.highest == 1)
    }
}
