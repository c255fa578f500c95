public import Provenance

/// A named piece of data for a prompt.
public struct DataItem: Hashable, Sendable {
    /// What the prompt calls it.
    public let name: String
    /// Its text.
    public let text: String
    /// Where it came from.
    public let label: Label

    /// A piece of data called `name`.
    public init(name: String, text: String, label: Label) {
        self.name = name
        self.text = text
        self.label = label
    }
}
