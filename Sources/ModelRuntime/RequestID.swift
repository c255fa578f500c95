/// Which generation of a run this is.
public struct RequestID: Hashable, Sendable {
    /// The step's address, such as `triage[3]/file#2`. The scripted model looks its value up by it.
    public var address: String
    /// 0 for the first try at this address.
    public var attempt: Int
    /// Whether a longer prompt that starts with this one is to come, as in an agent's turns: the sequence is
    /// then spared when another request needs a place.
    public var keepsSequence: Bool

    /// Makes an identifier.
    public init(address: String, attempt: Int = 0, keepsSequence: Bool = false) {
        self.address = address
        self.attempt = attempt
        self.keepsSequence = keepsSequence
    }
}
