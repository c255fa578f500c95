import Foundation
import JSONSchemas
import TestSupport
import Testing

/// `--model http://...`: the built executable on a server.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ServerModelTests {
    private static let key = "sk-end-to-end-secret-4711"
    private let command: Command

    init() throws {
        command = try Command()
    }

    private func workflow(_ model: String = "{ context: 1024 }") throws -> String {
        try command.folder.write(
            Workflows.asking.replacing("model: { context: 1024 }", with: "model: \(model)"), to: "asking/workflow.yaml")
    }

    private func kind() throws -> JSONValue? {
        let written = try Data(contentsOf: URL(filePath: command.folder.path("out/result.json")))
        return try JSONValue(parsing: Array(written))["value"]?["kind"]
    }

    private func run(_ more: [String], exit: Int32, environment: [String: String] = [:]) throws -> Finished {
        try command.verdict(
            ["run", command.folder.path("asking/workflow.yaml"), "--output", command.folder.path("out")] + more,
            exit: exit, environment: environment)
    }

    private static let good = ChatStub.text(#"{"kind": "bug"}"#, model: "told-name")

    @Test func `a run on a server is done, verified and replayed, and its key is nowhere`() throws {
        _ = try workflow()
        let stub = try ChatStub(Self.good)
        let done = try run(["--model", stub.address], exit: 0, environment: ["WARRANT_API_KEY": Self.key])
        #expect(try kind() == "bug")
        #expect(stub.requests.first?.headers["authorization"] == "Bearer \(Self.key)")
        let id = try #require(done.verdict?["run"]?.stringValue)
        #expect(try command.run(["verify"]).status == 0)
        #expect(try command.run(["replay", id]).status == 0)
        #expect(stub.requests.count == 1)
        let shown = try command.run(["show", id, "--json"]).output
        #expect(shown.contains("told-name"))
        #expect(shown.contains(stub.address))
        #expect(!(done.output + done.errors + shown).contains(Self.key))
        for name in try command.folder.listing() {
            guard let data = FileManager.default.contents(atPath: command.folder.path(name)) else { continue }
            #expect(data.firstRange(of: Data(Self.key.utf8)) == nil, "\(name)")
        }
    }

    @Test func `a server that a workflow names gets no key unless the environment says so`() throws {
        let stub = try ChatStub(Self.good)
        _ = try workflow("{ use: \"\(stub.address)\", context: 1024 }")
        _ = try run([], exit: 0, environment: ["WARRANT_API_KEY": Self.key])
        let origin = "http://127.0.0.1:\(stub.port)"
        _ = try run([], exit: 0, environment: ["WARRANT_API_KEY": Self.key, "WARRANT_API_ORIGIN": origin])
        #expect(stub.requests.map { $0.headers["authorization"] } == [nil, "Bearer \(Self.key)"])
    }

    @Test(arguments: [true, false])
    func `a run that goes on sends the key where the operator named the server`(isNamed: Bool) throws {
        let stub = try ChatStub(ChatStub.error(503, headers: ["Retry-After": "3600"]), Self.good)
        // The workflow names it as well: only the command tells who meant it.
        _ = try workflow("{ use: \"\(stub.address)\", context: 1024 }")
        let environment = ["WARRANT_API_KEY": Self.key]
        let left = try run(isNamed ? ["--model", stub.address] : [], exit: 75, environment: environment)
        let id = try #require(left.verdict?["run"]?.stringValue)
        try command.verdict(["resume", id], exit: 0, environment: environment)
        let sent = isNamed ? "Bearer \(Self.key)" : nil
        #expect(stub.requests.map { $0.headers["authorization"] } == [sent, sent])
    }

    @Test func `a server that is not there leaves a run to go on with`() throws {
        _ = try workflow()
        let stub = try ChatStub(ChatStub.error(503, headers: ["Retry-After": "3600"]), Self.good)
        let left = try run(["--model", stub.address], exit: 75)
        #expect(left.verdict?["outcome"] == "try_again")
        #expect(left.verdict?["reason"]?.stringValue?.contains("3600") == true)
        let id = try #require(left.verdict?["run"]?.stringValue)
        try command.verdict(["resume", id], exit: 0)
        #expect(try kind() == "bug")
        #expect(try command.run(["replay", id]).status == 0)
    }

    @Test func `an answer that breaks the schema is refused`() throws {
        _ = try workflow()
        let stub = try ChatStub(ChatStub.text(#"{"kind": "poem"}"#))
        let refused = try run(["--model", stub.address], exit: 65)
        #expect(refused.verdict?["reason"]?.stringValue?.contains("Can't accept the answer") == true)
        #expect(try command.run(["verify"]).status == 0)
    }

    @Test(arguments: [
        "http://example.org/v1#m", "http://127.0.0.1:8080/v1", "https://user:hunter2@example.org/v1#m",
    ])
    func `an address that can't be used is one sentence before anything is done`(address: String) throws {
        _ = try workflow()
        let refused = try run(["--model", address], exit: 78)
        #expect(refused.verdict?["reason"]?.stringValue?.hasPrefix("Can't use model server: ") == true)
        #expect(!(refused.output + refused.errors).contains("hunter2"))
        #expect(!command.folder.contains("out"))
    }

    @Test func `the help and the list name servers`() throws {
        #expect(try command.run(["model", "list"]).errors.contains("--model http://127.0.0.1:8080/v1#NAME"))
        #expect(try command.run(["model", "--help"]).output.contains("WARRANT_API_KEY"))
        #expect(try command.run(["run", "--help"]).output.contains("WARRANT_API_KEY"))
    }
}
