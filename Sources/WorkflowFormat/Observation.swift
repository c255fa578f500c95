public import JSONSchemas

/// What came back from a tool call.
public struct Observation: Hashable, Sendable {
    /// How the call ended.
    public enum Outcome: Hashable, Sendable {
        /// With a result.
        case succeeded(JSONValue)
        /// With a failure that the planner may see.
        case failed(ToolFailure)
    }

    /// How the call ended.
    public let outcome: Outcome

    /// An observation.
    public init(_ outcome: Outcome) {
        self.outcome = outcome
    }

    /// The result, if there is one.
    public var value: JSONValue? {
        if case .succeeded(let value) = outcome { value } else { nil }
    }

    /// `{"outcome": "succeeded", "value": ...}` or `{"outcome": "failed", "failure": {...}}`
    public func toJSON() -> JSONValue {
        switch outcome {
        case .succeeded(let value): ["outcome": "succeeded", "value": value]
        case .failed(let failure): ["outcome": "failed", "failure": failure.toJSON()]
        }
    }

    /// The observation that `toJSON` wrote; `nil` for anything else.
    public init?(fromJSON value: JSONValue) {
        switch value["outcome"]?.stringValue {
        case "succeeded":
            guard let result = value["value"] else { return nil }
            self.init(.succeeded(result))
        case "failed":
            guard let failure = value["failure"].flatMap(ToolFailure.init(fromJSON:)) else { return nil }
            self.init(.failed(failure))
        default: return nil
        }
    }
}

/// Why a tool call failed, as the planner sees it.
public struct ToolFailure: Hashable, Sendable {
    /// A short, fixed name, such as `not_found`.
    public let code: String
    /// One sentence.
    public let message: String
    /// Whether the same call may succeed later.
    public let retryable: Bool

    /// A failure.
    public init(code: String, message: String, retryable: Bool = false) {
        self.code = code
        self.message = message
        self.retryable = retryable
    }

    /// `{"code": ..., "message": ..., "retryable": ...}`
    public func toJSON() -> JSONValue {
        ["code": .string(code), "message": .string(message), "retryable": .bool(retryable)]
    }

    /// The failure that `toJSON` wrote; `nil` for anything else.
    public init?(fromJSON value: JSONValue) {
        guard let code = value["code"]?.stringValue, let message = value["message"]?.stringValue,
            let retryable = value["retryable"]?.boolValue
        else { return nil }
        self.init(code: code, message: message, retryable: retryable)
    }
}
