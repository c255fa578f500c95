/// What ``FieldLabels`` may hold for a field: something that can only get stricter when values are combined.
public protocol JoinableLabel: Hashable, Sendable {
    /// What holds for a value made from both.
    func joined(with other: Self) -> Self

    /// The same with one more place it came from.
    func adding(_ source: Source) -> Self
}

extension Label: JoinableLabel {}
