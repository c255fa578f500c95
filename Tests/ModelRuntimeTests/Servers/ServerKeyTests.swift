import JSONSchemas
import ModelRuntime
import TestSupport
import Testing

/// The key goes to the server that the operator means, in one header, and nowhere else.
@Suite(.timeLimit(.minutes(2))) struct ServerKeyTests {
    private static let key = "sk-very-secret-0123456789"

    private func open(
        _ stub: ChatStub, _ environment: [String: String], isOperators: Bool
    ) async throws -> ServerModel {
        let catalog = ModelCatalog(directory: "/nowhere", environment: environment)
        let model = try await catalog.open(stub.address, isOperators: isOperators)
        guard case .messages(let server) = model.access else { throw Missing() }
        return server
    }

    private struct Missing: Error {}

    private func sent(_ environment: [String: String], isOperators: Bool) async throws -> String? {
        let stub = try ChatStub(ChatStub.text("{}"))
        var environment = environment
        environment = environment.mapValues { $0.replacing("PORT", with: "\(stub.port)") }
        let server = try await open(stub, environment, isOperators: isOperators)
        _ = try await server.complete(
            ChatRequest(messages: [ChatMessage(.user, "x")], schema: true, tokenLimit: 5, sampling: SamplingOptions()))
        return stub.requests.first?.headers["authorization"]
    }

    @Test func `a server that the operator names gets the key`() async throws {
        #expect(try await sent([ServerKey.variable: Self.key], isOperators: true) == "Bearer \(Self.key)")
        #expect(try await sent([ServerKey.variable: ""], isOperators: true) == nil)
        #expect(try await sent([:], isOperators: true) == nil)
    }

    @Test func `a server that a workflow names gets it only where the environment says so`() async throws {
        let key = [ServerKey.variable: Self.key]
        #expect(try await sent(key, isOperators: false) == nil)
        let named = key.merging([ServerKey.originVariable: "http://127.0.0.1:PORT"]) { $1 }
        #expect(try await sent(named, isOperators: false) == "Bearer \(Self.key)")
        for other in ["http://127.0.0.1:1", "https://127.0.0.1:PORT", "http://localhost:PORT", "*", ""] {
            let other = key.merging([ServerKey.originVariable: other]) { $1 }
            #expect(try await sent(other, isOperators: false) == nil)
        }
    }

    @Test(arguments: [400, 401, 403, 404, 500])
    func `a server that sends the key back gets it into no error and no notice`(status: Int) async throws {
        let stub = try ChatStub(ChatStub.error(status, code: "a_code", message: "Bad key \(Self.key)!"))
        let trial = try ServerTrial(stub.address, key: Self.key)
        let error = try await #require(throws: ModelError.self) { try await trial.ask() }
        #expect(!error.description.contains("secret"))
        #expect(!trial.notices.joined().contains("secret"))
        #expect(stub.requests.first?.headers["authorization"]?.contains(Self.key) == true)
        if status == 500 { #expect(trial.notices == ["The server says: Bad key (key)!"]) }
    }

    @Test func `a name that holds the key is shown without it`() async throws {
        let stub = try ChatStub(ChatStub.text("{}", model: "m-\(Self.key)\u{1B}[2J"))
        #expect(try await ServerTrial(stub.address, key: Self.key).ask().reportedModel == "m-(key)?[2J")
    }

    @Test func `a key with a line break is no way into the header`() async throws {
        let stub = try ChatStub(ChatStub.text("{}"))
        let trial = try ServerTrial(stub.address, key: "a\r\nX-Other: b")
        await trial.expect(.badServer)
        #expect(stub.requests.isEmpty)
    }

    @Test func `without a key the server's wish for one says what to set`() async throws {
        let stub = try ChatStub(ChatStub.error(401))
        let error = await (try ServerTrial(stub.address)).expect(.serverRefused)
        #expect(error?.description.contains("WARRANT_API_KEY") == true)
        #expect(error?.description.contains("WARRANT_API_ORIGIN=http://127.0.0.1:\(stub.port)") == true)
        #expect(stub.requests.count == 1)
    }
}
