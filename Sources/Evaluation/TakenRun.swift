/// A run of an evaluation that came to its end with its answers.
public struct TakenRun: Hashable, Sendable {
    /// The run.
    public let run: String
    /// The identifiers of the items that it worked on; empty where its inputs name everything.
    public let items: [String]

    /// A run and its items.
    public init(run: String, items: [String]) {
        self.run = run
        self.items = items
    }
}
