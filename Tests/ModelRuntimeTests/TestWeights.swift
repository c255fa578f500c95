import ModelRuntime
import Testing

extension Tag {
    /// Runs real weights.
    @Tag static var realModel: Self
}

/// The smallest of the catalog's weights that are on this machine.
enum TestWeights {
    static let entry = CatalogEntry.bundled.sorted { $0.byteCount < $1.byteCount }.first {
        ModelCatalog().isPresent($0)
    }

    static let reason: Comment = "No weights here: run `warrant model fetch smollm2-135m`."

    static func load(
        context: Int = 1024, batch: Int = 256, sequences: Int = 4, parallel: Int = 1, isDeterministic: Bool = false,
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> LlamaModel {
        let entry = try #require(entry, reason)
        var configuration = try ModelCatalog().configuration(for: entry.name)
        configuration.contextTokenLimit = context
        // ggml's threads spin while they wait for each other, which is slow beside other tests.
        configuration.threads = 1
        configuration.batchTokenLimit = batch
        configuration.sequenceLimit = sequences
        configuration.parallelLimit = parallel
        configuration.isDeterministic = isDeterministic
        return try await LlamaModel.load(configuration, notice: notice)
    }
}
