public import JSONSchemas

/// What a call would change in a file, line by line.
public struct ChangeView: Hashable, Sendable {
    /// The file as the call names it.
    public let path: String
    /// The lines.
    public let lines: [Line]
    /// What is not known of the file, in a sentence; empty where all is.
    public let remark: String

    /// A line of a file.
    public struct Line: Hashable, Sendable {
        /// What becomes of a line.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// It stays.
            case kept
            /// It goes.
            case removed
            /// It comes.
            case added
            /// Lines that stay are left out here; the text says how many.
            case skipped
        }

        /// What becomes of it.
        public let kind: Kind
        /// The line, raw.
        public let text: String

        /// Makes a line.
        public init(_ kind: Kind, _ text: String) {
            self.kind = kind
            self.text = text
        }
    }

    /// Makes a change.
    public init(path: String, lines: [Line], remark: String = "") {
        self.path = path
        self.lines = lines
        self.remark = remark
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "path": .string(path), "remark": .string(remark),
            "lines": .array(
                lines.map { ["kind": .string($0.kind.rawValue), "text": .string($0.text)] }),
        ]
    }
}
