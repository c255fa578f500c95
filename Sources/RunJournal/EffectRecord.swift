import Crypto
import JSONSchemas
public import WorkflowFormat

/// An effect of a run on the world: begun with an intent, ended with an outcome, or not.
///
/// Derived from the entries of the same `effect` id, in the transaction of each.
public struct EffectRecord: Hashable, Sendable {
    /// How far an effect is known to have come.
    public enum State: String, CaseIterable, Codable, Sendable {
        /// It was about to happen; what became of it is not recorded.
        case intended
        /// What came back is recorded.
        case observed
    }

    /// The effect's id: ``EffectIdentifier/make(run:step:group:call:approval:)``.
    public let id: String
    /// The run.
    public let run: RunID
    /// The step's address.
    public let step: String
    /// What may be done after an interruption.
    public let effect: Effect
    /// The newest entry that said it is about to happen.
    public let intentSequence: Int
    /// The entry that holds what came back, if one does.
    public let outcomeSequence: Int?
    /// How far it is known to have come.
    public let state: State
}

/// How an effect gets its id, which is also the idempotency key that tools and trackers are given.
public enum EffectIdentifier {
    /// Lower-case hex SHA-256 over run, step, group, tool, canonical arguments and approval, as canonical JSON.
    ///
    /// A retry of the same call keeps its id, since it must find what the first attempt did; a fork is another run and
    /// gets new ones.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - step: The step's address.
    ///   - group: Counts the different calls that were begun at the step, from 1.
    ///   - call: The call as it is made.
    ///   - approval: The digest of the question that a person said yes to, if one was asked.
    /// - Returns: 64 hex digits.
    public static func make(run: RunID, step: String, group: Int, call: ToolCall, approval: String?) -> String {
        let value: JSONValue = [
            "run": .string(run.description), "step": .string(step), "group": .integer(group),
            "tool": .string(call.tool), "arguments": .object(call.arguments),
            "approval": approval.map { .string($0) } ?? .null,
        ]
        return EntryHash.hex(SHA256.hash(data: value.serializedBytes(.canonical)))
    }
}
