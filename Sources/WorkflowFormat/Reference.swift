public import JSONSchemas

/// What `${...}` names: an input, an earlier step, a `for_each` variable or the run itself, and a way into it.
public struct Reference: Hashable, Sendable, CustomStringConvertible {
    /// What a reference starts from.
    public enum Root: Hashable, Sendable {
        /// `${inputs.NAME}`
        case input(String)
        /// `${steps.ID}`
        case step(String)
        /// `${NAME}`, the variable of an enclosing `for_each`.
        case variable(String)
        /// `${run.id}` or `${run.directory}`
        case run(String)
    }

    /// One move into a value.
    public enum PathComponent: Hashable, Sendable {
        /// `.name`
        case key(String)
        /// `[0]`
        case index(Int)
    }

    /// What the reference starts from.
    public let root: Root
    /// The way from there.
    public let path: [PathComponent]
    /// Where the reference is written.
    public let position: SourcePosition
    /// What stands between `${` and `}`.
    public let text: String

    /// A reference.
    public init(root: Root, path: [PathComponent] = [], position: SourcePosition, text: String) {
        self.root = root
        self.path = path
        self.position = position
        self.text = text
    }

    /// The reference as it is written.
    public var description: String { "${\(text)}" }

    /// The path as a JSON pointer into the root's value.
    public var pointer: JSONPointer {
        JSONPointer(
            path.map { component in
                switch component {
                case .key(let key): key
                case .index(let index): String(index)
                }
            })
    }
}
