/// Why a run could not be started or resumed; nothing was done.
public struct RunStartError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence for the operator.
    public let description: String
    /// Whether storage failed, rather than what was asked for.
    public let isStorage: Bool

    init(_ description: String, isStorage: Bool = false) {
        self.description = description
        self.isStorage = isStorage
    }
}
