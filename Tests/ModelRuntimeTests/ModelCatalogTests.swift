import Foundation
import ModelRuntime
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ModelCatalogTests {
    private let content = Array("the quick brown fox".utf8)
    // printf 'the quick brown fox' | sha256sum
    private let hash = "9ecb36561341d18eb65484e833efea61edc74b84cf5e6ae1b81c63533e25fc8f"

    private func catalog(
        _ folder: TemporaryFolder, sources: [CatalogEntry.Source], bytes: Int? = nil
    ) -> ModelCatalog {
        let entry = CatalogEntry(
            name: "fox", aliases: ["default"], file: "fox.gguf", byteCount: bytes ?? content.count,
            sha256: hash, license: "Apache-2.0", sources: sources)
        return ModelCatalog(entries: [entry], directory: folder.path("models"))
    }

    @Test func `the bundled list has a default and every name once`() throws {
        let catalog = ModelCatalog(environment: ["XDG_CACHE_HOME": "/c"])
        #expect(catalog.directory == "/c/warrant/models")
        let entry = try catalog.entry(named: "default")
        #expect(catalog.path(of: entry) == "/c/warrant/models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf")
        let names = catalog.entries.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count)
        #expect(catalog.entries.allSatisfy { $0.sha256.count == 64 && !$0.sources.isEmpty })
        #expect(ModelCatalog(environment: ["HOME": "/h"]).directory == "/h/.cache/warrant/models")
        #expect(
            ModelCatalog(environment: ["HOME": "/h", "XDG_CACHE_HOME": "x"]).directory
                == "/h/.cache/warrant/models")
    }

    @Test func `an unknown name lists the known ones`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: ModelError.self) {
            try catalog(folder, sources: []).entry(named: "wolf")
        }
        #expect(error?.code == .unknownModel)
        #expect(error?.description.contains("fox, default") == true)
    }

    @Test func `fetched weights are hashed, put in place and can be configured`() async throws {
        let folder = try TemporaryFolder()
        let content = content
        let server = try LoopbackServer { .file(content, for: $0) }
        let catalog = catalog(folder, sources: [.url(server.url)])
        let last = Mutex<FetchProgress?>(nil)
        let path = try await catalog.fetch("default") { report in last.withLock { $0 = report } }
        #expect(try folder.bytes(of: "models/fox.gguf") == content)
        #expect(last.withLock { $0?.receivedBytes } == content.count)
        let configuration = try catalog.configuration(for: "fox")
        #expect(configuration.path == path)
        #expect(configuration.sha256 == hash)
        // The second time there is nothing to do.
        _ = try await catalog.fetch("fox")
        #expect(server.requests.count == 1)
        #expect(try folder.listing() == ["models", "models/fox.gguf", "models/fox.gguf.verified"])
    }

    @Test func `a download goes on where an earlier one stopped`() async throws {
        let folder = try TemporaryFolder()
        let content = content
        let server = try LoopbackServer { .file(content, for: $0) }
        try folder.write(bytes: Array(content[..<7]), to: "models/fox.gguf.partial")
        _ = try await catalog(folder, sources: [.url(server.url)]).fetch("fox")
        #expect(server.requests.first?.headers["range"] == "bytes=7-")
        #expect(try folder.bytes(of: "models/fox.gguf") == content)
    }

    @Test func `weights with a wrong hash are put aside and never used`() async throws {
        let folder = try TemporaryFolder()
        let wrong = Array("the quick brown cat".utf8)
        let server = try LoopbackServer { .file(wrong, for: $0) }
        let good = try LoopbackServer { .file(wrong, for: $0) }
        let catalog = catalog(folder, sources: [.url(server.url), .url(good.url)])
        let error = await #expect(throws: ModelError.self) { try await catalog.fetch("fox") }
        #expect(error?.code == .corruptWeights)
        #expect(error?.description.contains(hash) == true)
        let listing = try folder.listing().filter { $0.contains("/") }
        let aside = try #require(listing.first)
        #expect(listing.count == 1)
        #expect(aside.hasPrefix("models/fox.gguf.rejected-"))
        #expect(aside.count == "models/fox.gguf.rejected-".count + 8)
        #expect(good.requests.isEmpty, "a wrong hash ends the search")
        let missing = #expect(throws: ModelError.self) { try catalog.configuration(for: "fox") }
        #expect(missing?.code == .missingWeights)
        #expect(missing?.fix == "Run `warrant model fetch fox`.")
    }

    @Test func `a source that fails is followed by the next`() async throws {
        let folder = try TemporaryFolder()
        let content = content
        let broken = try LoopbackServer { _ in .init(status: 404) }
        let server = try LoopbackServer { .file(content, for: $0) }
        _ = try await catalog(folder, sources: [.url(broken.url), .url(server.url)]).fetch("fox")
        #expect(try folder.bytes(of: "models/fox.gguf") == content)
    }

    @Test func `when no source has it every one is named`() async throws {
        let folder = try TemporaryFolder()
        let broken = try LoopbackServer { _ in .init(status: 404) }
        let short = try LoopbackServer { _ in .init(body: [1]) }
        let catalog = catalog(folder, sources: [.url(broken.url), .url(short.url)])
        let error = await #expect(throws: ModelError.self) { try await catalog.fetch("fox") }
        #expect(error?.code == .fetchFailed)
        #expect(error?.reason.contains("404") == true)
        #expect(error?.reason.contains("gave 1 bytes instead of 19") == true)
    }

    @Test func `damaged weights are refused when they are loaded`() throws {
        let folder = try TemporaryFolder()
        let catalog = catalog(folder, sources: [])
        try folder.write("short", to: "models/fox.gguf")
        let size = #expect(throws: ModelError.self) { try catalog.configuration(for: "fox") }
        #expect(size?.code == .corruptWeights)
        #expect(size?.reason.contains("has 5 bytes and should have 19") == true)
        try folder.write("the quick brown cat", to: "models/fox.gguf")
        let wrong = #expect(throws: ModelError.self) { try catalog.configuration(for: "fox") }
        #expect(wrong?.code == .corruptWeights)
        #expect(wrong?.reason.contains(hash) == true)
        #expect(wrong?.fix == "Run `warrant model fetch fox`.")
    }

    @Test func `a note about one file says nothing about another`() throws {
        let folder = try TemporaryFolder()
        let catalog = catalog(folder, sources: [])
        try folder.write(bytes: content, to: "models/fox.gguf")
        _ = try catalog.configuration(for: "fox")
        #expect(folder.contains("models/fox.gguf.verified"))
        // The same size and name, another time of change.
        try folder.write("the quick brown cat", to: "models/fox.gguf")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)],
            ofItemAtPath: folder.path("models/fox.gguf"))
        #expect(throws: ModelError.self) { try catalog.configuration(for: "fox") }
    }

    @Test func `damaged weights are replaced by fetching, and kept aside`() async throws {
        let folder = try TemporaryFolder()
        let content = content
        let server = try LoopbackServer { .file(content, for: $0) }
        try folder.write("damaged", to: "models/fox.gguf")
        _ = try await catalog(folder, sources: [.url(server.url)]).fetch("fox")
        #expect(try folder.bytes(of: "models/fox.gguf") == content)
        #expect(try folder.listing().contains { $0.hasPrefix("models/fox.gguf.rejected-") })
    }

    @Test func `a path is taken as it is`() throws {
        let folder = try TemporaryFolder()
        let catalog = catalog(folder, sources: [])
        #expect(try catalog.configuration(for: "/some/where.gguf").path == "/some/where.gguf")
        #expect(try catalog.configuration(for: "here.gguf").sha256 == nil)
    }
}
