import Crypto
import Foundation
import JSONSchemas
import RunJournal
import Synchronization
import Testing

@Suite struct CheckpointTests {
    private let place: TemporaryJournal
    private let run = seed(1).id

    init() throws { place = try TemporaryJournal() }

    private static func intent(_ effect: String) -> JSONValue {
        ["tool": "t", "effect": .string("id-\(effect)"), "class": .string(effect)]
    }

    /// The sizes that the copies beside the database were signed at.
    private func signedSizes(_ path: String? = nil) throws -> [Int] {
        guard FileManager.default.fileExists(atPath: place.folder + "/checkpoints") else { return [] }
        let text = try String(contentsOfFile: path ?? place.checkpointPath(), encoding: .utf8)
        let lines = text.split(separator: "\n")
        return lines.indices.filter { lines[$0].hasPrefix("warrant-journal/") }.compactMap { Int(lines[$0 + 1]) }
    }

    @Test func `the end, a stop, and an effect that can't be taken back are signed, and other entries are not`() throws
    {
        let journal = try place.open()
        try journal.start(seed(1))
        try journal.append(.note, run: run)
        for effect in ["pure", "transactional", "idempotent"] {
            try journal.append(.executionStarted, run: run, body: Self.intent(effect))
        }
        #expect(try signedSizes() == [])
        try journal.append(.executionStarted, run: run, body: Self.intent("queryable"))
        try journal.append(.executionStarted, run: run, body: Self.intent("opaque"))
        try journal.append(.executionStarted, run: run, body: ["tool": "t", "effect": "id-without-class"])
        try journal.append(.runParked, run: run)
        try journal.append(.runResumed, run: run)
        try journal.append(.runFinished, run: run, body: ["outcome": "done"])
        #expect(try signedSizes() == [6, 7, 8, 9, 11])
        let report = try journal.verifyChain()
        #expect(report.isIntact && report.coverage.sequence == 11 && report.unsignedCount == 0)
        #expect(report.coverage.checkpointCount == 5 && !report.coverage.isExternal)
        try journal.append(.note, run: run)
        #expect(try journal.verifyChain().unsignedCount == 1)
    }

    @Test func `a checkpoint is signed at the latest after so many entries`() throws {
        let journal = try place.open(JournalOptions(preparedLogByteCount: 0, checkpointEntryCount: 10))
        try journal.start(seed(1))
        for _ in 0..<24 { try journal.append(.note, run: run) }
        #expect(try signedSizes() == [10, 20])
    }

    @Test func `any program that knows the form can verify a checkpoint`() throws {
        let journal = try place.open()
        try journal.start(seed(1))
        try journal.append(.runFinished, run: run, body: ["outcome": "done"])
        let head = try journal.head()
        // By hand, after C2SP signed-note and tlog-checkpoint.
        let file = try String(contentsOfFile: place.checkpointPath(), encoding: .utf8)
        let gap = try #require(file.range(of: "\n\n"))
        let text = file[..<gap.lowerBound] + "\n"
        let lines = text.split(separator: "\n")
        #expect(lines[0] == "warrant-journal/\(head.journal)" && lines[1] == "2")
        #expect(Data(base64Encoded: String(lines[2]))?.map { String(format: "%02x", $0) }.joined() == head.hash)
        let signature = file[gap.upperBound...].split(separator: "\n")[0].split(separator: " ")
        #expect(signature[0] == "—")
        let bytes = try #require(Data(base64Encoded: String(signature[2])))
        let verifier = try String(contentsOfFile: place.folder + "/keys/journal-ed25519.pub", encoding: .utf8)
            .trimmingCharacters(in: .newlines).split(separator: "+", maxSplits: 2)
        let encoded = try #require(Data(base64Encoded: String(verifier[2])))
        let identifier = SHA256.hash(data: Data(verifier[0].utf8) + Data("\n".utf8) + encoded).prefix(4)
        #expect(identifier.map { String(format: "%02x", $0) }.joined() == verifier[1])
        #expect(Array(bytes.prefix(4)) == Array(identifier) && encoded.first == 1)
        let key = try Curve25519.Signing.PublicKey(rawRepresentation: encoded.dropFirst())
        #expect(key.isValidSignature(bytes.dropFirst(4), for: Data(text.utf8)))
        #expect(!key.isValidSignature(bytes.dropFirst(4), for: Data((text + "x\n").utf8)))
    }

    @Test func `the key is made once, for its owner only`() throws {
        let path = place.folder + "/keys/journal-ed25519"
        do {
            let journal = try place.open()
            try journal.start(seed(1))
            #expect(!FileManager.default.fileExists(atPath: path))
            try journal.append(.runParked, run: run)
        }
        let made = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let journal = try place.open()
        try journal.append(.runResumed, run: run)
        try journal.append(.runParked, run: run)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == made)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder + "/keys").count == 2)
    }

    @Test func `without its key a journal that was signed takes no entry that needs a signature`() throws {
        do {
            let journal = try place.open()
            try journal.start(seed(1))
            try journal.append(.runParked, run: run)
        }
        let keys = place.folder + "/keys"
        try FileManager.default.moveItem(atPath: keys, toPath: keys + "-away")
        let error = #expect(throws: JournalError.self) { try place.open().append(.runCancelled, run: run) }
        #expect(error?.code == .unsigned)
        let verified = try place.open().verifyChain()
        #expect(verified.worst == .cannotTell)
        // Without the copies too, there is only the table to tell that a key is missing.
        try FileManager.default.removeItem(atPath: place.folder + "/checkpoints")
        let second = #expect(throws: JournalError.self) { try place.open().append(.runCancelled, run: run) }
        #expect(second?.code == .unsigned)
        #expect(second?.description.contains("is gone. Put `keys/` back") == true)
        #expect(try place.open().entries(of: run).count == 2)
        // Control: with the key it goes on.
        try FileManager.default.moveItem(atPath: keys + "-away", toPath: keys)
        try place.open().append(.runCancelled, run: run)
        #expect(try place.open().verifyChain().isIntact)
    }

    @Test func `a second place gets every checkpoint, also those it missed`() throws {
        let elsewhere = try TemporaryJournal()
        let said = Mutex<[String]>([])
        let folder = elsewhere.folder + "/volume"
        let journal = try place.open(
            JournalOptions(
                preparedLogByteCount: 0, checkpointFolders: [folder],
                report: { line in said.withLock { $0.append(line) } }))
        try journal.start(seed(1))
        try journal.append(.runParked, run: run)
        try journal.append(.runParked, run: run)
        // The volume is not there: that is said once, and the run goes on.
        #expect(said.withLock { $0.count } == 1)
        #expect(said.withLock { $0.first }?.hasPrefix("Can't keep a checkpoint in `\(folder)/") == true)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try journal.append(.runParked, run: run)
        let copy = folder + "/" + (try #require(FileManager.default.contentsOfDirectory(atPath: folder).first))
        #expect(try signedSizes(copy) == [2, 3, 4])
        let report = try journal.verifyChain()
        #expect(report.isIntact && report.coverage.isExternal && report.coverage.file == copy)
    }

    @Test func `an effect that can't be taken back is not begun where no place outside keeps its intent`() throws {
        let said = Mutex<[String]>([])
        let journal = try place.open(
            JournalOptions(preparedLogByteCount: 0, report: { line in said.withLock { $0.append(line) } }))
        try journal.start(seed(1))
        // A file where the folder should be fails for every user, root too.
        try Data().write(to: URL(fileURLWithPath: place.folder + "/checkpoints"))
        try journal.append(.executionStarted, run: run, body: Self.intent("pure"))
        try journal.append(.runParked, run: run)
        #expect(said.withLock { $0.count } == 1)
        let error = #expect(throws: JournalError.self) {
            try journal.append(.executionStarted, run: run, body: Self.intent("opaque"))
        }
        #expect(error?.code == .unsigned)
        #expect(error?.description.contains("The effect was not begun.") == true)
        // Control: with the place back the same append works.
        try FileManager.default.removeItem(atPath: place.folder + "/checkpoints")
        try journal.append(.executionStarted, run: run, body: Self.intent("opaque"))
        #expect(try signedSizes() == [3, 4, 5])
        #expect(try journal.verifyChain().isIntact)
    }

    @Test(arguments: [0, 1, 40, 120, 250])
    func `a copy that a power cut left half written is mended by the next checkpoint`(byteCount: Int) throws {
        do {
            let journal = try place.open()
            try journal.start(seed(1))
            try journal.append(.runParked, run: run)
            try journal.append(.runParked, run: run)
        }
        let path = try place.checkpointPath()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let second = try #require(whole.range(of: Data("\nwarrant-journal/".utf8))).lowerBound + 1
        var torn = whole
        let blank = Data(repeating: UInt8(ascii: "\n"), count: whole.count - second - byteCount)
        torn.replaceSubrange((second + byteCount)..., with: blank)
        try torn.write(to: URL(fileURLWithPath: path))
        let report = try place.open().verifyChain()
        #expect(report.isIntact)
        #expect(report.remarks.contains { $0.contains("is not written to its end") } == (byteCount > 0))
        try place.open().append(.runParked, run: run)
        #expect(try signedSizes() == [2, 3, 4])
        #expect(try place.open().verifyChain().remarks == [])
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).starts(with: whole.prefix(second + 100)))
    }

    @Test(arguments: [1, 40, 120, 250])
    func `a copy elsewhere is only added to, also where a power cut left half a checkpoint`(byteCount: Int) throws {
        let elsewhere = try TemporaryJournal()
        let options = JournalOptions(preparedLogByteCount: 0, checkpointFolders: [elsewhere.folder])
        do {
            let journal = try place.open(options)
            try journal.start(seed(1))
            try journal.append(.runParked, run: run)
            try journal.append(.runParked, run: run)
        }
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: elsewhere.folder).first)
        let copy = URL(fileURLWithPath: elsewhere.folder + "/" + name)
        let whole = try Data(contentsOf: copy)
        let second = try #require(whole.range(of: Data("\nwarrant-journal/".utf8))).lowerBound + 1
        let torn = whole.prefix(second + byteCount)
        try torn.write(to: copy)
        #expect(try place.open(options).verifyChain().remarks.contains { $0.contains("is not written to its end") })
        for sequence in [4, 5] {
            try place.open(options).append(.runParked, run: run)
            let report = try place.open(options).verifyChain()
            #expect(report.isIntact && report.remarks == [], "\(report.problems)")
            #expect(report.coverage.isExternal && report.coverage.externalSequence == sequence)
        }
        #expect(try Data(contentsOf: copy).starts(with: torn))
        // The control: half of a checkpoint that is not the next one's stays an error.
        var bytes = try Data(contentsOf: copy)
        bytes[second] ^= 1
        try bytes.write(to: copy)
        #expect(try place.open(options).verifyChain().worst == .tampered)
    }

    @Test(.enabled(if: AppendOnly.isAllowed, "no append-only files for this user on this file system"))
    func `an append-only file takes every checkpoint`() throws {
        let elsewhere = try TemporaryJournal()
        let options = JournalOptions(preparedLogByteCount: 0, checkpointFolders: [elsewhere.folder])
        let journal = try place.open(options)
        try journal.start(seed(1))
        try journal.append(.runParked, run: run)
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: elsewhere.folder).first)
        let copy = elsewhere.folder + "/" + name
        #expect(AppendOnly.set(true, on: copy))
        defer { _ = AppendOnly.set(false, on: copy) }
        // The control: nothing else can be done with the file.
        #expect(throws: (any Error).self) { try FileManager.default.removeItem(atPath: copy) }
        try journal.append(.runParked, run: run)
        #expect(try signedSizes(copy) == [2, 3])
        #expect(try journal.verifyChain().coverage.isExternal)
    }

    @Test func `a pipe in a copy's place, and a lock that somebody holds, hold nothing up for long`() throws {
        let elsewhere = try TemporaryJournal()
        let said = Mutex<[String]>([])
        let journal = try place.open(
            JournalOptions(
                busyTimeout: .milliseconds(100), preparedLogByteCount: 0, checkpointFolders: [elsewhere.folder],
                report: { line in said.withLock { $0.append(line) } }))
        let copy = elsewhere.folder + "/\(try journal.head().journal).checkpoints"
        // SAFETY: the string lives for the call.
        let made = unsafe mkfifo(copy, 0o600)
        try #require(made == 0)
        try journal.start(seed(1))
        try journal.append(.executionStarted, run: run, body: Self.intent("opaque"))
        #expect(said.withLock { $0.contains { $0.contains("it is no regular file") } })
        let error = #expect(throws: JournalError.self) { try journal.verifyChain() }
        #expect(error?.reason == "it is no regular file")
        try FileManager.default.removeItem(atPath: copy)
        try journal.append(.runParked, run: run)
        #expect(try signedSizes(copy) == [2, 3])
        // Whoever may read it can do this.
        // SAFETY: the string lives for the call.
        let reader = unsafe open(copy, O_RDONLY | O_CLOEXEC)
        try #require(flock(reader, LOCK_SH) == 0)
        try journal.append(.executionStarted, run: run, body: Self.intent("queryable"))
        try journal.append(.runParked, run: run)
        #expect(said.withLock { $0.contains { $0.contains("has held the file's lock") } })
        #expect(try signedSizes() == [2, 3, 4, 5] && signedSizes(copy) == [2, 3])
        // The control: without it the copy is brought up to date.
        // A process that another test starts just now may have the file as well, and its lock with it.
        #expect(flock(reader, LOCK_UN) == 0)
        close(reader)
        try journal.append(.runParked, run: run)
        #expect(try signedSizes(copy) == [2, 3, 4, 5, 6])
    }

    @Test func `a link in a copy's place is not followed`() throws {
        let elsewhere = try TemporaryJournal()
        let said = Mutex<[String]>([])
        let journal = try place.open(
            JournalOptions(
                preparedLogByteCount: 0, checkpointFolders: [elsewhere.folder],
                report: { line in said.withLock { $0.append(line) } }))
        let copy = elsewhere.folder + "/\(try journal.head().journal).checkpoints"
        let target = elsewhere.folder + "/target"
        try Data().write(to: URL(fileURLWithPath: target))
        try FileManager.default.createSymbolicLink(atPath: copy, withDestinationPath: target)
        try journal.start(seed(1))
        try journal.append(.runParked, run: run)
        #expect(said.withLock { $0.contains { $0.hasPrefix("Can't keep a checkpoint in `\(copy)`") } })
        #expect(try Data(contentsOf: URL(fileURLWithPath: target)).isEmpty)
        // The control: a file of that name takes it.
        try FileManager.default.removeItem(atPath: copy)
        try journal.append(.runParked, run: run)
        #expect(try signedSizes(copy) == [2, 3])
    }

    @Test func `an older checkpoint outside is told beside the newest one, and one inside is none`() throws {
        let elsewhere = try TemporaryJournal()
        let inside = place.folder + "/copies"
        let link = elsewhere.folder + "/link"
        try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: inside)
        let journal = try place.open(JournalOptions(preparedLogByteCount: 0, checkpointFolders: [link]))
        try journal.start(seed(1))
        try journal.append(.runParked, run: run)
        let kept = elsewhere.folder + "/kept"
        try FileManager.default.copyItem(atPath: try place.checkpointPath(), toPath: kept)
        try journal.append(.runResumed, run: run)
        try journal.append(.runParked, run: run)
        let report = try journal.verifyChain(checkpoints: [kept])
        #expect(report.isIntact && report.coverage.sequence == 4 && report.unsignedCount == 0)
        #expect(report.coverage.externalSequence == 2 && report.coverage.externalFile == kept)
        #expect(!report.coverage.isExternal && report.hasExternalHead && report.onlyInsideCount == 2)
        // Files of the state folder, by whatever path, are within reach of whoever may write to the journal.
        let own = try place.checkpointPath()
        for checkpoints in [[], [own]] {
            let alone = try journal.verifyChain(checkpoints: checkpoints)
            #expect(alone.isIntact && alone.coverage.externalSequence == 0 && alone.coverage.externalFile == nil)
        }
    }

    @Test func `a key that others may read signs nothing, and the journal's files are for their owner only`() throws {
        let journal = try place.open()
        try journal.start(seed(1))
        try journal.append(.runParked, run: run)
        let key = place.folder + "/keys/journal-ed25519"
        for path in [place.path, place.path + "-wal", place.path + "-shm", key] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(path)")
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: key)
        let error = #expect(throws: JournalError.self) { try place.open().append(.runCancelled, run: run) }
        #expect(error?.code == .unsigned)
        #expect(error?.reason.hasPrefix("others may read `") == true)
        #expect(error?.fix?.hasPrefix("Run `chmod 600 ") == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        try place.open().append(.runCancelled, run: run)
    }

    @Test func `what is no checkpoint at the end of a copy is never written over`() throws {
        do {
            let journal = try place.open()
            try journal.start(seed(1))
            try journal.append(.runParked, run: run)
        }
        let path = try place.checkpointPath()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let end = try #require(bytes.lastIndex { $0 != UInt8(ascii: "\n") })
        bytes.replaceSubrange((end + 3)..<(end + 8), with: Data("proof".utf8))
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(try place.open().verifyChain().worst == .tampered)
        let said = Mutex<[String]>([])
        let journal = try place.open(
            JournalOptions(preparedLogByteCount: 0, report: { line in said.withLock { $0.append(line) } }))
        try journal.append(.runParked, run: run)
        #expect(said.withLock { $0.first }?.contains("something that is no checkpoint stands at its end") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    }
}
