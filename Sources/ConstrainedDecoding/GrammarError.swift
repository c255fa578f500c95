public import JSONSchemas
public import Tokens

/// A schema that no grammar can be made of, or output that a grammar doesn't allow.
public struct GrammarError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure happened.
    public enum Code: Hashable, Sendable {
        /// No finite value satisfies the schema.
        case unsatisfiable
        /// An automaton would need more states than `limit`.
        case stateLimit(limit: Int)
        /// The byte can't come next.
        case byteNotAllowed(UInt8)
        /// The token can't come next, is no text, or isn't in the vocabulary.
        case tokenNotAllowed(TokenID)
        /// A combination of keywords that grammars don't cover.
        case unsupported
        /// A set of tools without a tool, or with two of one name.
        case invalidTools
    }

    /// What kind of failure happened.
    public let code: Code
    /// Where in the schema, if a schema is at fault.
    public let pointer: JSONPointer?
    /// What is wrong, as the second half of a sentence.
    public let reason: String

    init(_ code: Code, at pointer: JSONPointer? = nil, _ reason: String) {
        self.code = code
        self.pointer = pointer
        self.reason = reason
    }

    /// One sentence.
    public var description: String {
        switch code {
        case .unsatisfiable, .stateLimit, .unsupported, .invalidTools:
            let place = pointer.map { " at `#\($0)`" } ?? ""
            return "Can't compile grammar: \(reason)\(place)."
        case .byteNotAllowed, .tokenNotAllowed:
            return "Can't continue output: \(reason)."
        }
    }
}
