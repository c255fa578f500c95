public import Provenance

/// One piece of a prompt with its provenance.
///
/// Only a `.template` segment is tokenized with special tokens on. Instructions and data are text and nothing else,
/// whatever characters they hold.
public struct PromptSegment: Hashable, Sendable {
    /// What a segment is for.
    public enum Kind: String, Hashable, Sendable {
        /// The chat template's own text: role markers and turn ends.
        case template
        /// Text by the workflow's author or by Warrant.
        case instruction
        /// Values of the run: documents, observations, earlier answers.
        case data
        /// What the model itself wrote earlier in this conversation.
        case answer
    }

    /// What this segment is for.
    public let kind: Kind
    /// Its text.
    public let text: String
    /// Where the text came from.
    public let label: Label

    /// A segment of a prompt.
    public init(_ kind: Kind, _ text: String, label: Label) {
        self.kind = kind
        self.text = text
        self.label = label
    }
}
