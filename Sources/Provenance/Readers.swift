/// Who may see a value.
public enum Readers: Hashable, Codable, Sendable {
    /// Anyone may see it.
    case everyone
    /// Only these may; an empty set means that no sink may show it.
    case only(Set<String>)

    /// The readers that both sides allow.
    public func intersection(_ other: Readers) -> Readers {
        switch (self, other) {
        case (.everyone, _): other
        case (_, .everyone): self
        case (.only(let left), .only(let right)): .only(left.intersection(right))
        }
    }

    /// Whether everyone in `audience` may see the value.
    public func allow(_ audience: Readers) -> Bool {
        switch (self, audience) {
        case (.everyone, _): true
        case (.only, .everyone): false
        case (.only(let readers), .only(let audience)): audience.isSubset(of: readers)
        }
    }
}
