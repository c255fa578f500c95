import HTTPTransfer
import JSONSchemas
import Synchronization
import WebAddresses

/// A model behind a server that speaks OpenAI's chat completions, such as llama-server, vLLM or a service on the net.
///
/// Nothing it says is trusted: an answer is limited in bytes and time, and whoever asked checks it against the schema.
/// Requests may run at the same time. Only `429`, `5xx`, a connection that fails and an answer that breaks off are tried
/// again, since asking twice changes nothing.
public final class ServerModel: Model {
    /// What this model is; its name is the address.
    public let summary: ModelDescription
    /// Where it is.
    public let address: ServerAddress

    private let key: ServerKey?
    private let limits: ServerLimits
    private let clock: RetryClock
    private let transfer = HTTPTransfer()
    private let notice: @Sendable (String) -> Void
    /// The form that each schema is asked for, where it isn't the strictest: what a server refuses of one says nothing of
    /// another, and how a step is asked mustn't hang on those before.
    private let forms = Mutex<[JSONValue: AnswerForm]>([:])
    private let told = Mutex<Set<AnswerForm>>([])

    /// Tokens of prompt and answer where nobody says how many a server takes.
    public static let defaultContextTokens = 8_192

    /// A model at `address`. Nothing is asked yet.
    ///
    /// - Parameters:
    ///   - address: where it is.
    ///   - key: what the server knows its users by.
    ///   - contextTokenLimit: tokens of prompt and answer; nil for ``defaultContextTokens``.
    ///   - limits: what an answer may take.
    ///   - clock: what waits between tries.
    ///   - notice: gets sentences for the operator's terminal, each once. They may repeat a server's words and must not be
    ///     recorded.
    public init(
        _ address: ServerAddress, key: ServerKey? = nil, contextTokenLimit: Int? = nil,
        limits: ServerLimits = ServerLimits(), clock: RetryClock = .system,
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.address = address
        self.key = key
        self.limits = limits
        self.clock = clock
        self.notice = notice
        summary = ModelDescription(
            name: address.description, sha256: nil, contextTokenLimit: contextTokenLimit ?? Self.defaultContextTokens,
            dialect: .messages, isRemote: true)
    }

    /// By messages.
    public var access: ModelAccess { .messages(self) }

    /// Asks the model. Where the server refuses to hold it to a schema, that schema is asked for in a looser form from
    /// then on.
    ///
    /// - Throws: `serverUnavailable` when asking later may help, `serverRefused` when it won't, `serverAnswerInvalid` for
    ///   an answer that is none, `cancelled`. No error holds the key, or a word of the prompt or the answer.
    public func complete(_ request: ChatRequest) async throws(ModelError) -> ServerAnswer {
        let first = forms.withLock { $0[request.schema] } ?? .schema
        var current = first
        while true {
            let attempt = ServerAttempt(
                request: request, form: current, address: address, key: key, limits: limits, transfer: transfer)
            switch try await repeated(attempt) {
            case .answered(let answer):
                if current != first { settle(on: current, for: request.schema) }
                return answer
            case .failed(let failure):
                guard failure.mayBeForm, let next = current.next else {
                    if let message = failure.message { notice("The server says: \(message)") }
                    throw failure.error
                }
                current = next
            }
        }
    }

    /// Makes `found` the schema's form from now on; what that is like is said once.
    private func settle(on found: AnswerForm, for schema: JSONValue) {
        forms.withLock { $0[schema] = found }
        guard told.withLock({ $0.insert(found).inserted }) else { return }
        let how = found == .object ? "for a JSON object" : "in words alone"
        notice(
            "`\(address)` does not take `response_format: json_schema` of a step: its answers are asked for \(how), and checked here."
        )
    }

    private func repeated(_ attempt: ServerAttempt) async throws(ModelError) -> ServerAttempt.Outcome {
        let delay = RetryDelay(limits: limits)
        var count = 1
        while true {
            let outcome = try await attempt.run(number: count)
            guard case .failed(let failure) = outcome, failure.isWorthRetrying else { return outcome }
            guard count < limits.attemptLimit else { return outcome }
            guard let wait = delay.after(count, asked: failure.retryAfter, draw: clock.draw()) else {
                return .failed(attempt.tooLongToWait(failure))
            }
            do {
                try await clock.sleep(wait)
            } catch {
                throw attempt.cancelled
            }
            count += 1
        }
    }
}
