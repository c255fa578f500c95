import JSONSchemas

extension EvaluationResult {
    /// A run that came to its end with its answers, but for calls that were refused.
    public struct Refusal: Hashable, Sendable {
        /// The run.
        public let run: String
        /// Its exit code.
        public let exit: Int
        /// What was refused, where the run said it.
        public let reason: String?

        var json: JSONValue {
            ["run": .string(run), "exit": .integer(exit), "reason": reason.map { .string($0) } ?? .null]
        }
    }
}
