public import Provenance

/// One piece of a prompt with its provenance.
///
/// Only a `.template` segment of trusted text is tokenized with special tokens on. Instructions and data are text and
/// nothing else, whatever characters they hold, and text that isn't trusted is a ``NeutralizedText``, whatever it is
/// for.
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
    /// Its text, as the model gets it.
    public let text: String
    /// The text by which a remembered answer is found: that of the prompt without what is drawn for each run.
    let keyText: String
    /// Where the text came from.
    public let label: Label

    /// A segment of a prompt.
    public init(_ kind: Kind, _ text: String, label: Label) {
        let shown = label.integrity == .trusted ? text : NeutralizedText(text).text
        self.init(kind, shown, label: label, keyText: shown)
    }

    /// A segment of Warrant's own text, part of which was drawn for this run.
    init(_ kind: Kind, _ text: String, label: Label, keyText: String) {
        self.kind = kind
        self.text = text
        self.label = label
        self.keyText = keyText
    }

    /// Whether this may speak as a role.
    var isTemplate: Bool { kind == .template && label.integrity == .trusted }
}
