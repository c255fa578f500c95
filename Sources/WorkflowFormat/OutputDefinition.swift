/// A file that a run leaves.
public struct OutputDefinition: Hashable, Sendable {
    /// The output's name.
    public let name: String
    /// What is written.
    public let kind: OutputKind
    /// The file, relative to the run's output folder and inside it.
    public let to: String
    /// Where it is defined.
    public let position: SourcePosition

    /// An output.
    public init(
        name: String, kind: OutputKind, to: String,
        position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.name = name
        self.kind = kind
        self.to = to
        self.position = position
    }
}

/// What an output holds.
public enum OutputKind: Sendable {
    /// Values through a Mustache template.
    case render(template: PromptTemplate, data: [(name: String, value: ValueTemplate)])
    /// A value as JSON.
    case json(ValueTemplate)
    /// A list of objects as CSV with these columns.
    case csv(rows: ValueTemplate, columns: [String])
    /// A list as JSON Lines.
    case jsonLines(rows: ValueTemplate)
    /// A list of test results as JUnit XML.
    case junit(rows: ValueTemplate)
    /// A text.
    case text(ValueTemplate)
}

extension OutputKind: Hashable {
    /// Whether both are the same.
    public static func == (left: OutputKind, right: OutputKind) -> Bool {
        switch (left, right) {
        case (.render(let a, let b), .render(let c, let d)): a == c && ValueTemplate.object(b) == .object(d)
        case (.json(let a), .json(let b)): a == b
        case (.csv(let a, let b), .csv(let c, let d)): a == c && b == d
        case (.junit(let a), .junit(let b)), (.jsonLines(let a), .jsonLines(let b)): a == b
        case (.text(let a), .text(let b)): a == b
        default: false
        }
    }

    /// Feeds the kind to `hasher`.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .render(let template, let data):
            hasher.combine(template)
            hasher.combine(ValueTemplate.object(data))
        case .json(let value), .csv(let value, _), .junit(let value), .jsonLines(let value),
            .text(let value):
            hasher.combine(value)
        }
    }
}
