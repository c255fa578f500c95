/// Which generation of a run this is.
public struct RequestID: Hashable, Sendable {
    /// The step's address, such as `triage[3]/file#2`. The scripted model looks its value up by it.
    public var address: String
    /// 0 for the first try at this address.
    public var attempt: Int
    /// Whether a longer prompt that starts with this one is to come, as in an agent's turns: the sequence is
    /// then spared when another request needs a place.
    public var keepsSequence: Bool
    /// How many of the prompt's first tokens are the same in every run of a workflow, so that their state is worth
    /// keeping on disk.
    public var fixedTokenCount: Int
    /// Whether the answer copies from the prompt's data or earlier answers, as quotes and the arguments of calls do, so
    /// that it's worth to evaluate in advance how these go on.
    public var copiesData: Bool

    /// Makes an identifier.
    public init(
        address: String, attempt: Int = 0, keepsSequence: Bool = false, fixedTokenCount: Int = 0,
        copiesData: Bool = false
    ) {
        self.address = address
        self.attempt = attempt
        self.keepsSequence = keepsSequence
        self.fixedTokenCount = fixedTokenCount
        self.copiesData = copiesData
    }
}
