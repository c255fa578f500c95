import Foundation
import JSONSchemas
import RunJournal
import Testing
import WorkflowFormat

/// Any single byte of what is stored can be changed, and verification finds it.
@Suite struct MutationTests {
    static let tables = ["entry", "effect", "approval", "blob", "checkpoint", "run", "journal", "writer"]
    static let shardCount = 4
    static let trialsPerShard = 250

    /// A closed journal with everything in it: runs, questions, effects of each class, small and large bodies, erased
    /// ones, and checkpoints.
    static func fill(_ place: TemporaryJournal) throws {
        let journal = try place.open()
        for number in 1...3 {
            let run = seed(UInt64(number)).id
            try journal.start(seed(UInt64(number)))
            _ = try journal.lease(run)
            for (index, effect) in ["pure", "transactional", "idempotent", "queryable", "opaque"].enumerated() {
                let step = "steps[\(index)]/call"
                let id = String(repeating: "\(number)\(index)", count: 32)
                try journal.append(
                    .approvalRequested, run: run, step: step, body: ["digest": .string("cafe\(number)\(index)")])
                try journal.append(
                    .approvalRecorded, run: run, step: step,
                    body: ["digest": .string("cafe\(number)\(index)"), "decision": "approved"])
                try journal.append(
                    .executionStarted, run: run, step: step,
                    body: ["tool": "t", "effect": .string(id), "class": .string(effect)])
                if index < 4 {
                    try journal.append(
                        .observationRecorded, run: run, step: step,
                        body: ["observation": ["value": .string("öutput \(index)")], "effect": .string(id)])
                }
            }
            try journal.append(.promptBuilt, run: run, body: .string(String(repeating: "p", count: 9_000)))
            try journal.append(.stepFinished, run: run, body: .string(String(repeating: "f", count: 70_000)))
            try journal.append(.runFinished, run: run, body: ["outcome": "done", "exit": 0])
        }
        try journal.setHold(true, on: seed(2).id, by: "counsel", reason: "a case")
        try journal.setHold(true, on: seed(3).id, by: "counsel", reason: "a case")
        let report = try journal.prune(.init(outputs: .zero, prompts: .zero), by: "operator")
        try #require(report.erased.count == 2 && report.held.count == 12)
        try #require(try journal.verifyChain().isIntact)
    }

    /// A byte in a file.
    private struct Place {
        let path: String
        let offset: Int
        let what: String
    }

    private static func places(in journal: TemporaryJournal) throws -> [[Place]] {
        let stored = StoredBytes(try journal.bytes())
        var groups = tables.map { table in
            stored.places(of: table).map { Place(path: journal.path, offset: $0, what: table) }
        }
        groups.append(stored.schemaPlaces.map { Place(path: journal.path, offset: $0, what: "schema") })
        var blobs: [Place] = []
        for name in try journal.blobNames() {
            let path = journal.folder + "/blobs/" + name
            let count = try Data(contentsOf: URL(fileURLWithPath: path)).count
            blobs += (0..<count).map { Place(path: path, offset: $0, what: "blob file") }
        }
        groups.append(blobs)
        let copy = try journal.checkpointPath()
        let text = try Data(contentsOf: URL(fileURLWithPath: copy))
        // The empty lines at the end are room for the next checkpoint, and no stored bytes.
        let end = try #require(text.lastIndex { $0 != UInt8(ascii: "\n") })
        groups.append((0...end).map { Place(path: copy, offset: $0, what: "checkpoint file") })
        return groups
    }

    @Test(arguments: 0..<shardCount)
    func `a change of any stored byte is found`(shard: Int) async throws {
        let journal = try TemporaryJournal()
        try Self.fill(journal)
        let groups = try Self.places(in: journal)
        for group in groups { #expect(!group.isEmpty) }
        var generator = SplitMix(state: UInt64(shard) + 20_261_126)
        var missed: [String] = []
        for trial in 0..<Self.trialsPerShard {
            // Gives other tests, which wait for something, a turn.
            await Task.yield()
            // Each kind of place in turn: by bytes alone nearly all would fall into the large bodies.
            let place = try #require(groups[trial % groups.count].randomElement(using: &generator))
            let flip = UInt8.random(in: 1...255, using: &generator)
            try journal.flip(place.path, at: place.offset, by: flip)
            if try Self.isIntact(journal) { missed.append("\(place.what) \(place.offset) by \(flip)") }
            try journal.flip(place.path, at: place.offset, by: flip)
        }
        #expect(missed == [])
        // The control: with every byte put back the same check finds nothing.
        #expect(try Self.isIntact(journal))
    }

    private static func isIntact(_ journal: TemporaryJournal) throws -> Bool {
        do {
            return try journal.open().verifyChain().isIntact
        } catch let error as JournalError {
            // Damage that ends the reading is found too; anything else would be another matter.
            #expect(error.code == .corrupt, "\(error)")
            return false
        }
    }
}

extension TemporaryJournal {
    /// The copy of the checkpoints beside the database.
    func checkpointPath() throws -> String {
        let folder = self.folder + "/checkpoints"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return folder + "/" + (try #require(names.first))
    }

    func flip(_ path: String, at offset: Int, by bits: UInt8) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.seek(toOffset: UInt64(offset))
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: Data([byte ^ bits]))
        try handle.close()
    }
}
