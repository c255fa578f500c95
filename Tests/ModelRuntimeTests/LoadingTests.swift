import ModelRuntime
import TestSupport
import Testing

@Suite struct LoadingTests {
    @Test func `weights that aren't there are named`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("none.gguf")
        let error = await #expect(throws: ModelError.self) {
            try await LlamaModel.load(ModelConfiguration(path: path))
        }
        #expect(error?.code == .missingWeights)
        #expect(error?.description.contains(path) == true)
    }

    @Test func `a file that is no model is refused with the reason`() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("not a model", to: "bad.gguf")
        let error = await #expect(throws: ModelError.self) {
            try await LlamaModel.load(ModelConfiguration(path: path))
        }
        #expect(error?.code == .loadFailed)
        #expect(error?.operation == "load model `bad`")
        let reason = try #require(error?.reason)
        #expect(reason.contains("magic"))
        // Two threads read the file, and what they found is said once.
        let parts = reason.split(separator: "; ")
        #expect(parts.count == Set(parts).count, "\(reason)")
    }
}
