/// A small change of a line that is a mistake people make, taken back.
struct LineChange: Hashable, Sendable {
    /// Which mistake.
    enum Kind: String, Hashable, Sendable, CaseIterable {
        /// `<` for `<=`, `==` for `!=`.
        case comparison
        /// One more or one less: `n + 1` for `n`, `0` for `1`.
        case one
        /// Two neighbours of a list or of an operator, the other way round.
        case swap
        /// Another operator of its family: `-` for `+`, `|` for `&`.
        case operation = "operator"
        /// `and` for `or`, `min` for `max`, `True` for `False`.
        case word
        /// A condition's opposite.
        case negation
        /// A part of a list or of a sum less.
        case less
        /// Another name that is in use nearby.
        case name
        /// A name that is in use nearby and not in the line, added or taken away.
        case more
        /// Written by a model.
        case written

        /// How often such a change is the right one against the others, for choosing what is tried first.
        var weight: Double {
            switch self {
            case .comparison, .one, .written: 1
            case .swap: 0.8
            case .operation, .word: 0.6
            case .negation, .less: 0.5
            case .name: 0.3
            case .more: 0.15
            }
        }
    }

    let kind: Kind
    /// The line as it would be.
    let text: String
}
