import Foundation
import ModelRuntime
import TestSupport
import Testing

/// What weights take, before they are loaded.
@Suite(.tags(.realModel), .enabled(if: TestWeights.entry != nil, TestWeights.reason))
struct ModelFootprintTests {
    /// Bytes of keys and values in half precision for a token: 4 times layers, heads for them, and numbers a head.
    private static let tokenByteCounts = [
        "qwen2.5-coder-1.5b": 4 * 28 * 2 * 128, "qwen2.5-coder-0.5b": 4 * 24 * 2 * 64, "smollm2-135m": 4 * 30 * 3 * 64,
    ]

    private func footprint(_ name: String, context: Int?) throws -> ModelFootprint {
        var configuration = try ModelCatalog().configuration(for: name)
        configuration.contextTokenLimit = context
        return try ModelFootprint(configuration)
    }

    @Test func `the file's bytes and the cache of all layers count`() throws {
        for entry in ModelCatalog().entries where ModelCatalog().isPresent(entry) {
            let each = try #require(Self.tokenByteCounts[entry.name])
            let small = try footprint(entry.name, context: 1024)
            #expect(small.name == entry.name)
            #expect(small.weightByteCount == entry.byteCount)
            #expect(small.contextTokenCount == 1024)
            #expect(small.cacheByteCount == each * 1024)
            #expect(small.byteCount == entry.byteCount + each * 1024)
            // In steps of 256.
            #expect(try footprint(entry.name, context: 1025).cacheByteCount == each * 1280)
            #expect(try footprint(entry.name, context: nil).contextTokenCount == 8192)
        }
    }

    @Test func `eight bits take half of the cache and a scale for each 32 numbers`() throws {
        let entry = try #require(TestWeights.entry)
        var configuration = try ModelCatalog().configuration(for: entry.name)
        configuration.contextTokenLimit = 1024
        let half = try ModelFootprint(configuration).cacheByteCount
        configuration.settings.keyType = .q8
        configuration.settings.valueType = .q8
        #expect(try ModelFootprint(configuration).cacheByteCount == half / 64 * 34)
    }

    @Test func `models that don't fit together are refused with what each takes`() throws {
        let entry = try #require(TestWeights.entry)
        let catalog = ModelCatalog()
        let one = try footprint(entry.name, context: 1024).byteCount
        try catalog.requireRoom(in: one, for: [entry.name], contextTokenLimit: 1024)
        let error = #expect(throws: ModelError.self) {
            try catalog.requireRoom(in: one - 1, for: [entry.name], contextTokenLimit: 1024)
        }
        #expect(error?.code == .overMemory)
        #expect(error?.reason.contains("`memory` allows") == true)
        #expect(error?.reason.contains("for 1024 tokens") == true)
        // Two that fit alone.
        #expect(throws: ModelError.self) {
            try catalog.requireRoom(in: one, for: [entry.name, entry.name], contextTokenLimit: 1024)
        }
        // What isn't in this process takes nothing of it.
        try catalog.requireRoom(
            in: one, for: [entry.name, "http://127.0.0.1:8080/v1#x", "scripted:x.jsonl"], contextTokenLimit: 1024)
    }

    @Test func `a file that is no model has no footprint`() throws {
        let folder = try TemporaryFolder()
        try folder.write("GGUF and no more", to: "x.gguf")
        let error = #expect(throws: ModelError.self) {
            try ModelFootprint(ModelConfiguration(path: folder.path("x.gguf")))
        }
        #expect(error?.code == .loadFailed)
        let missing = #expect(throws: ModelError.self) {
            try ModelFootprint(ModelConfiguration(path: folder.path("y.gguf")))
        }
        #expect(missing?.code == .missingWeights)
    }
}
