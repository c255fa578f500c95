/// Where a value came from and what that permits, carried with the value to the sink.
///
/// Labels form a lattice under ``joined(with:)``: the operation is commutative, associative and idempotent,
/// and a join is never more permissive than either side.
public struct Label: Hashable, Codable, Sendable {
    /// The lowest integrity of anything the value was made from.
    public let integrity: Integrity
    /// Who may see everything the value was made from.
    public let readers: Readers
    /// All places the value was made from.
    public let sources: Set<Source>

    /// Makes a label; readers default to everyone.
    public init(integrity: Integrity, readers: Readers = .everyone, sources: Set<Source> = []) {
        self.integrity = integrity
        self.readers = readers
        self.sources = sources
    }

    /// A trusted value that everyone may see, from these sources.
    public static func trusted(_ sources: Source...) -> Label {
        Label(integrity: .trusted, sources: Set(sources))
    }

    /// An endorsed value that everyone may see, from these sources.
    public static func endorsed(_ sources: Source...) -> Label {
        Label(integrity: .endorsed, sources: Set(sources))
    }

    /// An untrusted value that everyone may see, from these sources.
    public static func untrusted(_ sources: Source...) -> Label {
        Label(integrity: .untrusted, sources: Set(sources))
    }

    /// The label of a value made from both: lowest integrity, common readers, all sources.
    public func joined(with other: Label) -> Label {
        Label(
            integrity: min(integrity, other.integrity),
            readers: readers.intersection(other.readers),
            sources: sources.union(other.sources))
    }

    /// The label of a value made from all of these.
    ///
    /// Of nothing it is trusted, for everyone and without sources, which is the neutral element of joining:
    /// a value made from no other value is a literal. Never use it for a value whose origin is unknown.
    public static func joining(_ labels: some Sequence<Label>) -> Label {
        labels.reduce(Label(integrity: .trusted)) { $0.joined(with: $1) }
    }

    /// The same label with at most this integrity.
    public func lowered(to limit: Integrity) -> Label {
        Label(integrity: min(integrity, limit), readers: readers, sources: sources)
    }

    /// The same label with one more source.
    public func adding(_ source: Source) -> Label {
        Label(integrity: integrity, readers: readers, sources: sources.union([source]))
    }

    /// The sources in their fixed order.
    public var sortedSources: [Source] { sources.sorted() }
}
