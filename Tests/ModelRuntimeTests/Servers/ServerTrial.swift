import JSONSchemas
import ModelRuntime
import Synchronization
import TestSupport
import Testing

/// A server's model with a clock that only notes what it was to wait for.
final class ServerTrial: Sendable {
    let model: ServerModel
    private let log: Log

    private final class Log: Sendable {
        let waits = Mutex<[Duration]>([])
        let notices = Mutex<[String]>([])
    }

    /// What was waited for between tries.
    var waits: [Duration] { log.waits.withLock { $0 } }
    /// What the operator was told.
    var notices: [String] { log.notices.withLock { $0 } }

    static let schema: JSONValue = [
        "type": "object", "properties": ["kind": ["enum": ["bug", "idea"]]], "required": ["kind"],
        "additionalProperties": false,
    ]

    init(
        _ address: String, key: String? = nil, limits: ServerLimits = ServerLimits(), draw: Double = 0.5
    ) throws {
        let log = Log()
        self.log = log
        model = ServerModel(
            try ServerAddress(address), key: key.flatMap { ServerKey($0) }, limits: limits,
            clock: RetryClock { wait in
                log.waits.withLock { $0.append(wait) }
            } draw: {
                draw
            },
            notice: { text in log.notices.withLock { $0.append(text) } })
    }

    func ask(
        _ text: String = "What is it?", tokenLimit: Int = 50, schema: JSONValue = ServerTrial.schema
    ) async throws(ModelError) -> ServerAnswer {
        try await model.complete(
            ChatRequest(
                messages: [ChatMessage(.system, "Answer."), ChatMessage(.user, text)], schema: schema,
                tokenLimit: tokenLimit, sampling: SamplingOptions(temperature: 0, seed: 9)))
    }

    /// Expects asking to fail with this code, and returns the error.
    @discardableResult
    func expect(
        _ code: ModelError.Code, sourceLocation: SourceLocation = #_sourceLocation
    ) async -> ModelError? {
        let error = await #expect(throws: ModelError.self, sourceLocation: sourceLocation) { try await self.ask() }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        return error
    }
}
