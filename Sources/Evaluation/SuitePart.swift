/// Which items of a suite are worked on.
///
/// What something is fitted on can't say how good it is. So the items have two halves: one to fit on and one to be judged
/// by. An item's half hangs on its identifier alone: it stays there when others come and go, and in every suite.
public enum SuitePart: String, Hashable, Sendable {
    /// All items.
    case whole
    /// The half that temperatures are fitted on: identifiers whose SHA-256 begins with a bit that is 0.
    case development
    /// The other half, which nothing is fitted on.
    case heldOut = "held-out"

    /// Whether the item belongs to it.
    func holds(_ identifier: String) -> Bool {
        let isDevelopment = "01234567".contains(ContentDigest.hex(of: identifier).prefix(1))
        switch self {
        case .whole: return true
        case .development: return isDevelopment
        case .heldOut: return !isDevelopment
        }
    }
}
