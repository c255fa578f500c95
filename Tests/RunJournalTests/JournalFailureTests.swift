import Foundation
import JSONSchemas
import RunJournal
import Testing

@Suite struct JournalFailureTests {
    @Test func `a full disk is one clear error and leaves whole entries only`() throws {
        let place = try TemporaryJournal()
        let options = JournalOptions(preparedLogByteCount: 0, pageLimit: 40)
        let journal = try place.open(options)
        try journal.start(seed(1))
        var written = 1
        var failure: JournalError?
        let body = JSONValue.string(String(repeating: "x", count: 3000))
        while failure == nil, written < 1000 {
            do throws(JournalError) {
                try journal.append(
                    [JournalEntryDraft(.note, body: body), JournalEntryDraft(.note)], run: seed(1).id)
                written += 2
            } catch {
                failure = error
            }
        }
        #expect(failure?.code == .diskFull)
        #expect(
            failure?.description
                == "Can't append to the journal: the disk is full. Free some space, then go on with `warrant resume`."
        )
        #expect(written > 10)
        #expect(try journal.entries(of: seed(1).id).count == written)
        #expect(try journal.verifyChain().isIntact)
        // Control: with space again the same journal goes on.
        let roomy = try place.open()
        try roomy.append(.note, run: seed(1).id, body: body)
        #expect(try roomy.verifyChain().entryCount == written + 1)
    }

    @Test func `a file that can grow no further fails the append and keeps what was acknowledged`()
        async throws
    {
        let place = try TemporaryJournal()
        let folder = place.folder
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            // The kernel's own limit on file size stands in for a device that refuses to write.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 300_000, rlim_max: 300_000)
            // SAFETY: the structure lives for the call.
            precondition(
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0,
                "the limit must hold")
            let journal = try Journal(path: folder + "/journal.db", options: .init(preparedLogByteCount: 0))
            try journal.start(seed(1))
            var written = 1
            var failure: JournalError?
            while failure == nil, written < 10_000 {
                do throws(JournalError) {
                    try journal.append(
                        .note, run: seed(1).id, body: .string(String(repeating: "x", count: 3000)))
                    written += 1
                } catch {
                    failure = error
                }
            }
            precondition(failure?.code == .io, "\(String(describing: failure))")
            // After a failed write the file's state is unknown: this process must not go on.
            do throws(JournalError) {
                try journal.append(.note, run: seed(1).id)
                preconditionFailure("an append after a failed write must fail")
            } catch {
                precondition(error == failure, "\(error)")
            }
            try "\(written)".write(toFile: folder + "/written", atomically: false, encoding: .utf8)
        }
        let written = try Int(String(contentsOfFile: folder + "/written", encoding: .utf8))
        let journal = try place.open()
        #expect(try journal.entries(of: seed(1).id).count == written)
        #expect(try journal.verifyChain().isIntact)
    }

    @Test func `a damaged file is refused as corrupt`() throws {
        let place = try TemporaryJournal()
        do { try place.open().start(seed(1)) }
        var bytes = try place.bytes()
        for index in 100..<4096 { bytes[index] = 0x5A }
        try place.replaceBytes(bytes)
        let error = #expect(throws: JournalError.self) { _ = try place.open().runs() }
        #expect(error?.code == .corrupt)
    }

    @Test func `a file that is no database is refused as corrupt`() throws {
        let place = try TemporaryJournal()
        try place.replaceBytes(Array(String(repeating: "not a database ", count: 500).utf8))
        let error = #expect(throws: JournalError.self) { _ = try place.open() }
        #expect(error?.code == .corrupt)
        #expect(
            error?.description.hasPrefix("Can't open the journal: the journal's file is damaged.") == true)
    }

    @Test func `a journal of a newer format is refused`() throws {
        let place = try TemporaryJournal()
        do { try place.open().start(seed(1)) }
        var bytes = try place.bytes()
        // The user version is the big-endian word at offset 60 of the header.
        bytes[63] = 9
        try place.replaceBytes(bytes)
        let error = #expect(throws: JournalError.self) { _ = try place.open() }
        #expect(error?.code == .wrongFormat)
        #expect(error?.description.contains("format is 9") == true)
        #expect(error?.fix == "Use the program that wrote it, or a newer one.")
    }

    @Test func `a journal of an older format is refused, and so is another program's database`() throws {
        let place = try TemporaryJournal()
        do { try place.open().start(seed(1)) }
        var bytes = try place.bytes()
        bytes[63] = 1
        try place.replaceBytes(bytes)
        let older = #expect(throws: JournalError.self) { _ = try place.open() }
        #expect(older?.code == .wrongFormat && older?.fix?.hasPrefix("Move it away") == true)
        // The application's id is the big-endian word at offset 68.
        bytes[68] = 0
        try place.replaceBytes(bytes)
        let foreign = #expect(throws: JournalError.self) { _ = try place.open() }
        #expect(foreign?.description.contains("the file is another program's database") == true)
    }

    @Test func `a place that cannot hold a folder is an input-output error`() throws {
        let place = try TemporaryJournal()
        try Data().write(to: URL(fileURLWithPath: place.folder + "/file"))
        let error = #expect(throws: JournalError.self) {
            _ = try Journal(path: place.folder + "/file/journal.db")
        }
        #expect(error?.code == .io)
        #expect(error?.description.contains("WARRANT_HOME") == true)
    }

    @Test func `a folder in the database's place is an input-output error`() throws {
        let place = try TemporaryJournal()
        try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
        let error = #expect(throws: JournalError.self) { _ = try place.open() }
        #expect(error?.code == .io)
    }
}
