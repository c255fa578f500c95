import Foundation
import JSONSchemas
import Redaction
import RunJournal

/// What the record costs: commits, verification, opening, size, and the share of a tool step.
///
/// The journals lie in the folder for temporary files and are removed; choose another one with `TMPDIR`.
enum JournalBenchmarks {
    private static let commitCount = 5_000
    private static let entryCount = 1_000_000
    private static let stepCount = 500

    /// Single-entry commits with `synchronous = FULL`, one after the other: the rate and the slow ones.
    static func commits(_ arguments: BenchmarkArguments) throws -> [Measurement] {
        var costs: [Double] = []
        var slow: [Double] = []
        for _ in 0..<arguments.rounds {
            let place = try BenchmarkFolder()
            let journal = try place.journal()
            let run = RunID.generate()
            let lease = try journal.lease(run)
            defer { lease.release() }
            try journal.start(seed(run))
            var durations: [Double] = []
            for index in 0..<commitCount {
                let begun = ContinuousClock.now
                try journal.append(.callDecided, run: run, step: "triage[\(index)]/file#1", body: Bodies.decided(index))
                durations.append((ContinuousClock.now - begun).milliseconds)
            }
            costs.append(durations.reduce(0, +) / Double(commitCount))
            slow.append(durations.sorted()[commitCount * 99 / 100])
        }
        return [
            Measurement("commit", "ms", costs, goal: 0.5, isStrict: true),
            Measurement("commit, 99th percentile", "ms", slow, goal: 10, isStrict: true),
        ]
    }

    /// All journal calls of a tool step, as a run makes them; every fourth files an issue, whose intent is signed and
    /// copied outside the database before.
    static func toolStep(_ arguments: BenchmarkArguments) throws -> [Measurement] {
        var all: [Double] = []
        var signed: [Double] = []
        for _ in 0..<arguments.rounds {
            let place = try BenchmarkFolder()
            let journal = try place.journal()
            let run = RunID.generate()
            let lease = try journal.lease(run)
            defer { lease.release() }
            try journal.start(seed(run))
            var durations: [(isSigned: Bool, milliseconds: Double)] = []
            for index in 0..<stepCount {
                let isSigned = index % 4 == 3
                let begun = ContinuousClock.now
                try step(index, run, in: journal, effect: isSigned ? "queryable" : "pure")
                durations.append((isSigned, (ContinuousClock.now - begun).milliseconds))
            }
            all.append(durations.map(\.milliseconds).reduce(0, +) / Double(stepCount))
            let ofSigned = durations.filter(\.isSigned).map(\.milliseconds)
            signed.append(ofSigned.reduce(0, +) / Double(ofSigned.count))
        }
        return [
            Measurement("journal in a tool step", "ms", all, goal: 2, isStrict: true),
            Measurement("of those with a signed intent", "ms", signed),
        ]
    }

    private static func step(_ index: Int, _ run: RunID, in journal: Journal, effect: String) throws {
        let address = "triage[\(index)]/file#1"
        let id = Bodies.effectID(run, index)
        try journal.append(
            [
                JournalEntryDraft(.callProposed, step: address, body: Bodies.proposed(index)),
                JournalEntryDraft(.callDecided, step: address, body: Bodies.decided(index)),
                JournalEntryDraft(.executionStarted, step: address, body: Bodies.started(id, effect)),
            ], run: run)
        try journal.append(.observationRecorded, run: run, step: address, body: Bodies.observed(index, id))
        try journal.append(.stepFinished, run: run, step: address, body: Bodies.finished(index))
    }

    /// A million entries: how large they are, how long opening and verifying take.
    static func million(_ arguments: BenchmarkArguments) throws -> [Measurement] {
        let place = try BenchmarkFolder()
        var bodyBytes = 0
        let writer = try place.journal()
        try fill(writer, bodyBytes: &bodyBytes)
        let bytes = try place.databaseByteCount()
        var opening: [Double] = []
        var verifying: [Double] = []
        for round in 0..<(arguments.isDefaultRounds ? 3 : arguments.rounds) {
            // As a killed process leaves it: the log of the last commits is still to be read.
            let killed = try place.copyOfFilesInUse()
            var begun = ContinuousClock.now
            let journal = try killed.journal()
            let head = try journal.head()
            opening.append((ContinuousClock.now - begun).milliseconds)
            begun = ContinuousClock.now
            let report = try journal.verifyChain()
            verifying.append((ContinuousClock.now - begun).microseconds / Double(report.entryCount))
            guard report.isIntact, report.entryCount >= entryCount, head.sequence == report.entryCount else {
                throw BenchmarkArguments.UsageError(description: "round \(round): \(report.problems)")
            }
        }
        return [
            Measurement("a million entries", "MB", [Double(bytes) / 1e6], goal: 1_200, isStrict: true),
            Measurement("of it bodies that may be erased", "MB", [Double(bodyBytes) / 1e6]),
            Measurement("opening a million entries", "ms", opening, goal: 1_000, isStrict: true),
            Measurement("verifying an entry", "us", verifying, goal: 20, isStrict: true),
        ]
    }

    private static func fill(_ journal: Journal, bodyBytes: inout Int) throws {
        var written = 0
        while written < entryCount {
            let run = RunID.generate()
            try journal.start(seed(run))
            written += 1
            for batch in 0..<20 {
                var drafts: [JournalEntryDraft] = []
                for index in (batch * 100)..<(batch * 100 + 100) {
                    let address = "triage[\(index)]/file#1"
                    let id = Bodies.effectID(run, index)
                    drafts += [
                        JournalEntryDraft(.callProposed, step: address, body: Bodies.proposed(index)),
                        JournalEntryDraft(.callDecided, step: address, body: Bodies.decided(index)),
                        JournalEntryDraft(.executionStarted, step: address, body: Bodies.started(id, "pure")),
                        JournalEntryDraft(.observationRecorded, step: address, body: Bodies.observed(index, id)),
                        JournalEntryDraft(.stepFinished, step: address, body: Bodies.finished(index)),
                    ]
                }
                try journal.append(drafts, run: run)
                written += drafts.count
                bodyBytes +=
                    drafts.filter { BodyClass($0.kind) != .record }.map { $0.body.serializedBytes().count }.reduce(0, +)
            }
            try journal.append(.runFinished, run: run, body: ["outcome": "done", "exit": 0])
            written += 1
        }
    }

    private static func seed(_ run: RunID) -> RunSeed {
        RunSeed(id: run, workflow: "ticket-triage", directory: "/tmp/out", parameters: ["inputs": ["project": "demo"]])
    }
}

/// A folder for one journal, removed at the end.
private final class BenchmarkFolder {
    private let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/warrant-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// With the last look at every body that the product has, for three known secrets.
    func journal() throws -> Journal {
        let secrets = ["Zq81-Lm90-Xy77-s3cret", "correct horse battery staple", "postgres-password-1"]
        let redactor = Redactor(
            RedactionConfiguration(
                key: [UInt8](repeating: 7, count: 32), secrets: secrets.compactMap { KnownSecret($0) }))
        return try Journal(path: path + "/journal.db", options: JournalOptions(redactor: redactor.floor))
    }

    /// The database with its log and without the shared memory, which dies with the machine.
    func copyOfFilesInUse() throws -> BenchmarkFolder {
        let copy = try BenchmarkFolder()
        for name in ["journal.db", "journal.db-wal", "keys", "checkpoints"] {
            try FileManager.default.copyItem(atPath: path + "/" + name, toPath: copy.path + "/" + name)
        }
        return copy
    }

    func databaseByteCount() throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path + "/journal.db")[.size] as? Int ?? 0
    }
}

/// Bodies of the size and shape that a triage run writes.
enum Bodies {
    private static let sentence =
        "The importer stops with exit code 3 when a row has more columns than the header, and the rows before it are lost."

    static func effectID(_ run: RunID, _ index: Int) -> String {
        let number = String(index, radix: 16)
        let text = run.description.utf8.map { String($0, radix: 16) }.joined()
        return String((number + text + String(repeating: "0", count: 64)).prefix(64))
    }

    static func proposed(_ index: Int) -> JSONValue {
        [
            "tool": "issue.create",
            "arguments": ["project": "demo", "title": .string("Row \(index)"), "body": .string(sentence)],
            "label": [
                "integrity": "untrusted", "sources": [["step": "load", "tool": "file.read", "pointer": "/rows"]],
            ],
        ]
    }

    static func decided(_ index: Int) -> JSONValue {
        [
            "decision": "allow", "rule": "issue.create",
            "sentence": "Allowed by `issue.create`: the policy lists it with `decision: allow`.",
            "policy": .string(String(repeating: "a7", count: 32)),
            "context": [
                "call": ["tool": "issue.create", "arguments": ["title": .string("Row \(index)"), "project": "demo"]],
                "earlier": ["issue.create": .integer(index)], "roots": [:], "paths": [:], "attempt": 1,
            ],
        ]
    }

    static func started(_ id: String, _ effect: String) -> JSONValue {
        [
            "tool": "issue.create", "effect": .string(id), "class": .string(effect), "attempt": 1, "group": 1,
            "call": .string(String(repeating: "5c", count: 32)),
        ]
    }

    static func observed(_ index: Int, _ id: String) -> JSONValue {
        [
            "observation": [
                "value": ["id": .integer(index), "url": .string("local:demo/\(index)"), "body": .string(sentence)]
            ],
            "label": ["integrity": "endorsed"], "fields": ["/id": "endorsed", "/body": "untrusted"],
            "effect": .string(id),
        ]
    }

    static func finished(_ index: Int) -> JSONValue {
        ["result": ["state": "created", "id": .integer(index)], "label": ["integrity": "endorsed"]]
    }
}
