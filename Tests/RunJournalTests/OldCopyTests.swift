import Foundation
import JSONSchemas
import RunJournal
import Testing

/// Journals that are not the newest, not whole, or not this one's.
@Suite struct OldCopyTests {
    private let place: TemporaryJournal
    private let run = seed(1).id

    init() throws { place = try TemporaryJournal() }

    /// A run that stopped twice; `backup` is taken between.
    private func record(backup: () throws -> Void) throws {
        do {
            let journal = try place.open()
            try journal.start(seed(1))
            try journal.append(.runParked, run: run)
        }
        try backup()
        let journal = try place.open()
        try journal.append(.runResumed, run: run)
        try journal.append(.runParked, run: run)
    }

    @Test func `an old backup is read and not written to, and the sentence says what to do`() throws {
        var old: [UInt8] = []
        try record { old = try place.bytes() }
        let new = try place.bytes()
        try place.replaceBytes(old)
        let journal = try place.open()
        #expect(try journal.entries(of: run).count == 2)
        for attempt in 1...2 {
            let error = #expect(throws: JournalError.self, "\(attempt)") { try journal.append(.runResumed, run: run) }
            #expect(error?.code == .rolledBack)
            #expect(error?.description.contains("it has 2 entries, and the checkpoint in") == true)
            #expect(error?.fix?.contains("Put the newest one back") == true)
        }
        #expect(throws: JournalError.self) { try journal.lease(run) }
        #expect(throws: JournalError.self) { try journal.prune(by: "operator") }
        #expect(try journal.verifyChain().worst == .tampered)
        #expect(try journal.entries(of: run).count == 2)
        // Control: the newest one goes on.
        try place.replaceBytes(new)
        try place.open().append(.runResumed, run: run)
        #expect(try place.open().verifyChain().isIntact)
    }

    @Test func `a journal that was written on from an old backup is not written to`() throws {
        var old: [UInt8] = []
        try record { old = try place.bytes() }
        try place.replaceBytes(old)
        let checkpoints = place.folder + "/checkpoints"
        try FileManager.default.moveItem(atPath: checkpoints, toPath: checkpoints + "-away")
        do {
            let journal = try place.open()
            for _ in 0..<5 { try journal.append(.note, run: run) }
        }
        try? FileManager.default.removeItem(atPath: checkpoints)
        try FileManager.default.moveItem(atPath: checkpoints + "-away", toPath: checkpoints)
        let error = #expect(throws: JournalError.self) { try place.open().append(.note, run: run) }
        #expect(error?.code == .rolledBack)
        #expect(error?.description.contains("entry 4 is not the one that the checkpoint in") == true)
    }

    @Test func `a new journal in another's folder is not written to`() throws {
        try record {}
        try FileManager.default.removeItem(atPath: place.path)
        let error = #expect(throws: JournalError.self) { try place.open().start(seed(2)) }
        #expect(error?.code == .rolledBack)
        #expect(error?.description.contains("belong to another journal") == true)
        // Control: with the checkpoints out of the way it is a beginning.
        try FileManager.default.removeItem(atPath: place.folder + "/checkpoints")
        try place.open().start(seed(2))
    }

    @Test(arguments: [true, false])
    func `an emptied file is refused and left as it is`(mayBegin: Bool) throws {
        try record {}
        let options = JournalOptions(preparedLogByteCount: 0, mayBegin: mayBegin)
        try place.replaceBytes([])
        // What lies beside it tells that it was a journal: first its checkpoints, then its key.
        for (name, code) in [("checkpoints", JournalError.Code.rolledBack), ("keys", JournalError.Code.corrupt)] {
            let error = #expect(throws: JournalError.self) { try place.open(options) }
            #expect(error?.code == code && error?.description.contains("file is empty") == true)
            #expect(try place.bytes() == [])
            try FileManager.default.removeItem(atPath: place.folder + "/" + name)
        }
        // The control: with nothing of the kind it is what a process killed at the beginning leaves.
        if mayBegin {
            try place.open(options).start(seed(2))
        } else {
            #expect(throws: JournalError.self) { try place.open(options) }
            #expect(try place.bytes() == [])
        }
    }

    @Test func `a young journal that lost its log is not begun anew by who reads`() throws {
        let journal = try place.open()
        try journal.start(seed(1))
        var files = try snapshot(of: journal)
        files["journal.db-shm"] = nil
        let reading = JournalOptions(preparedLogByteCount: 0, mayBegin: false)
        // The control: with its log it is read.
        let whole = try restore(files)
        #expect(try whole.open(reading).entries(of: run).count == 1)
        files["journal.db-wal"] = nil
        let short = try restore(files)
        let error = #expect(throws: JournalError.self) { try short.open(reading) }
        #expect(error?.code == .corrupt)
        #expect(try short.bytes() == Array(files["journal.db"] ?? Data()))
        #expect(try !short.bytes().isEmpty)
    }

    @Test func `where there is no file yet, who reads finds an empty journal`() throws {
        #expect(try place.open(JournalOptions(preparedLogByteCount: 0, mayBegin: false)).runs().isEmpty)
    }

    /// The files of a journal whose log holds its last entries: as a killed process leaves them.
    private func snapshot(of journal: Journal) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: place.folder) {
            if let data = FileManager.default.contents(atPath: place.folder + "/" + name) { files[name] = data }
        }
        return files
    }

    private func restore(_ files: [String: Data]) throws -> TemporaryJournal {
        let copy = try TemporaryJournal()
        for (name, data) in files {
            let path = copy.folder + "/" + name
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
            try data.write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        return copy
    }

    @Test func `without its log a journal is an old copy, and without its shared memory it is whole`() throws {
        let journal = try place.open()
        try journal.start(seed(1))
        try journal.append(.runParked, run: run)
        try journal.append(.note, run: run)
        var files = try snapshot(of: journal)
        #expect(files["journal.db-wal"].map { !$0.isEmpty } == true)
        files["journal.db-shm"] = nil
        let whole = try restore(files)
        #expect(try whole.open().entries(of: run).count == 3)
        try whole.open().append(.note, run: run)
        #expect(try whole.open().verifyChain().isIntact)
        files["journal.db-wal"] = nil
        let short = try restore(files)
        let error = #expect(throws: JournalError.self) { try short.open().start(seed(2)) }
        #expect(error?.code == .rolledBack)
    }

    @Test func `another journal's log is noticed before anything is written`() throws {
        let journal = try place.open()
        try journal.start(seed(1))
        for _ in 0..<20 { try journal.append(.note, run: run, body: ["a": "b"]) }
        try journal.append(.runParked, run: run)
        var files = try snapshot(of: journal)
        let other = try TemporaryJournal()
        let stranger = try other.open()
        try stranger.start(seed(7))
        for _ in 0..<3 { try stranger.append(.note, run: seed(7).id) }
        files["journal.db-wal"] = FileManager.default.contents(atPath: other.path + "-wal")
        files["journal.db-shm"] = nil
        let mixed = try restore(files)
        let error = #expect(throws: JournalError.self) {
            let opened = try mixed.open()
            #expect(try !opened.verifyChain().isIntact)
            try opened.append(.note, run: seed(7).id)
        }
        #expect([.rolledBack, .corrupt, .io].contains(error?.code), "\(String(describing: error))")
        // Control: the same files with their own log are whole.
        let own = try restore(snapshot(of: journal))
        #expect(try own.open().verifyChain().isIntact)
    }

    @Test func `a copy taken while somebody writes is a prefix, or says that it is not whole`() async throws {
        let writer = try place.open(JournalOptions(preparedLogByteCount: 0, checkpointEntryCount: 1 << 40))
        try writer.start(seed(1))
        let folder = place.folder
        let copies = try await withThrowingTaskGroup(of: [TemporaryJournal].self) { group in
            group.addTask {
                var copies: [TemporaryJournal] = []
                for _ in 0..<25 {
                    let copy = try TemporaryJournal()
                    for name in ["journal.db", "journal.db-wal"] {
                        try? FileManager.default.copyItem(atPath: folder + "/" + name, toPath: copy.folder + "/" + name)
                    }
                    copies.append(copy)
                }
                return copies
            }
            for number in 0..<3_000 {
                try writer.append(
                    .note, run: run, body: ["n": .integer(number), "text": .string(String(repeating: "x", count: 400))])
            }
            return try await group.next() ?? []
        }
        let entries = try writer.entries(after: 0, limit: 10_000)
        var prefixes = 0
        for copy in copies {
            do {
                let journal = try copy.open()
                guard try journal.verifyChain().isIntact else { continue }
                let read = try journal.entries(after: 0, limit: 10_000)
                #expect(read == Array(entries.prefix(read.count)))
                prefixes += 1
            } catch let error as JournalError {
                #expect(error.description.hasPrefix("Can't ") && error.description.hasSuffix("."))
            }
        }
        #expect(copies.count == 25 && prefixes > 0)
    }

    @Test func `a journal where nothing may be written is read and verified, and every write is one sentence`()
        async throws
    {
        do {
            let journal = try place.open()
            try journal.start(seed(1))
            try journal.append(.runParked, run: run)
        }
        let folder = place.folder
        let manager = FileManager.default
        for name in try manager.subpathsOfDirectory(atPath: folder) {
            let path = folder + "/" + name
            let isFolder = try manager.attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeDirectory
            try manager.setAttributes([.posixPermissions: isFolder ? 0o555 : 0o444], ofItemAtPath: path)
        }
        try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
        defer { try? manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder) }
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            // Permissions don't hold for root, so the reader is somebody else.
            if getuid() == 0 { precondition(setgid(65_534) == 0 && setuid(65_534) == 0, "must be somebody else") }
            let journal = try Journal(path: folder + "/journal.db")
            precondition(journal.isReadOnly, "it must have noticed")
            let count = try journal.entries(of: seed(1).id).count
            precondition(count == 2, "it must read")
            let report = try journal.verifyChain()
            precondition(report.isIntact && report.coverage.sequence == 2, "\(report)")
            for write: () throws -> Void in [
                { try journal.append(.note, run: seed(1).id) }, { _ = try journal.lease(seed(1).id) },
                { _ = try journal.prune(by: "operator") },
            ] {
                do {
                    try write()
                    preconditionFailure("a write must fail")
                } catch let error as JournalError {
                    precondition(error.code == .readOnly && error.description.contains("may not write"), "\(error)")
                }
            }
        }
        // Control: whoever may write does.
        try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
        for name in try manager.subpathsOfDirectory(atPath: folder) {
            try manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder + "/" + name)
        }
        try place.open().append(.runResumed, run: run)
    }
}
