/// A value that a run is started with.
public struct InputDefinition: Hashable, Sendable {
    /// What the value is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Text.
        case string
        /// A whole number.
        case integer
        /// `true` or `false`.
        case boolean
        /// A file's path.
        case file
        /// A folder's path.
        case folder
        /// A command: words split as a shell splits them (``CommandWords``), never given to a shell.
        case command
        /// Texts separated by commas.
        case list
        /// A file whose lines are the value, without empty ones and those that begin with `#`.
        case lines
    }

    /// The name, used as `${inputs.NAME}`.
    public let name: String
    /// What the value is.
    public let type: Kind
    /// The media type of a file.
    public let media: String?
    /// Whether the value may stand in instructions. Files, their lines and folders are untrusted by default, all else is trusted.
    public let trust: InputTrust
    /// The pattern that a string matches.
    public let pattern: String?
    /// The value when none is given; relative to the workflow's folder for files and folders. Empty: the input is
    /// optional and then `null`.
    public let defaultValue: String?
    /// Whether a run needs it given: there is no default.
    public let required: Bool
    /// What it is for.
    public let description: String?
    /// The input whose sample this default belongs to: when that one is given, this default is dropped.
    public let sampleOf: String?
    /// Where it is defined.
    public let position: SourcePosition

    /// An input. It is required unless it has a default.
    public init(
        name: String, type: Kind, media: String? = nil, trust: InputTrust? = nil, pattern: String? = nil,
        defaultValue: String? = nil, description: String? = nil, sampleOf: String? = nil,
        position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.name = name
        self.type = type
        self.media = media
        self.trust = trust ?? (type == .file || type == .folder || type == .lines ? .untrusted : .trusted)
        self.pattern = pattern
        self.defaultValue = defaultValue
        self.required = defaultValue == nil
        self.description = description
        self.sampleOf = sampleOf
        self.position = position
    }
}

/// Whether whoever starts a run vouches for an input.
public enum InputTrust: String, Hashable, Sendable, CaseIterable {
    /// It may stand in instructions and goals.
    case trusted
    /// It is data.
    case untrusted
}
