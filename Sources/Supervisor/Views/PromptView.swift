public import JSONSchemas
public import Provenance

/// A prompt as the model got it, in segments.
public struct PromptView: Hashable, Sendable {
    /// The segments in order.
    public let segments: [Segment]

    /// One piece of a prompt.
    public struct Segment: Hashable, Sendable {
        /// What a piece is for.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// The chat template's own text.
            case template
            /// Text by the workflow's author or by Warrant.
            case instruction
            /// Values of the run.
            case data
            /// What the model wrote earlier.
            case answer
            /// A whole prompt of which the record does not say where its pieces begin.
            case whole
        }

        /// What it is for.
        public let kind: Kind
        /// How far it may be trusted.
        public let integrity: Integrity
        /// Its text.
        public let text: LongText

        /// Makes a segment.
        public init(_ kind: Kind, _ integrity: Integrity, _ text: LongText) {
            self.kind = kind
            self.integrity = integrity
            self.text = text
        }
    }

    /// Makes a prompt.
    public init(segments: [Segment]) {
        self.segments = segments
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        .array(
            segments.map {
                [
                    "kind": .string($0.kind.rawValue), "integrity": .string("\($0.integrity)"),
                    "text": $0.text.toJSON(),
                ]
            })
    }
}
