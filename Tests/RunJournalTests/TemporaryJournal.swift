import Foundation
import JSONSchemas
import RunJournal
import Synchronization

/// A folder of its own for one test, removed at the end, with a journal's path inside it.
final class TemporaryJournal: Sendable {
    let folder: String
    var path: String { folder + "/journal.db" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/warrant-journal-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Opens it with a clock that ticks one second per reading.
    func open(_ options: JournalOptions = JournalOptions(preparedLogByteCount: 0)) throws -> Journal {
        var options = options
        let ticks = Ticks()
        options.now = { ticks.next() }
        return try Journal(path: path, options: options)
    }

    private final class Ticks: Sendable {
        private let seconds = Atomic<Int64>(1_700_000_000)
        func next() -> Int64 { seconds.wrappingAdd(1, ordering: .relaxed).newValue * 1_000_000_000 }
    }
}

/// A run's seed with a fixed identifier, different for each number.
func seed(_ number: UInt64, workflow: String = "ticket-triage") -> RunSeed {
    var generator = SplitMix(state: number)
    return RunSeed(
        id: RunID(generating: Int64(1_700_000_000_000 + number), random: &generator), workflow: workflow,
        directory: "/tmp/out-\(number)", parameters: ["inputs": ["project": "demo"], "seed": 7])
}

/// SplitMix64 (Steele, Lea, Flood 2014): a small generator with a known sequence.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension TemporaryJournal {
    func blobNames() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder + "/blobs").sorted()
    }

    /// The database's bytes; the log was merged when the last journal was closed.
    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    func replaceBytes(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
}

extension TemporaryJournal {
    /// The length of the write-ahead log.
    func logByteCount() throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? 0
    }
}
