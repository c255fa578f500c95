/// A case made from a specification's own examples.
package struct DesignedCase: Hashable, Sendable {
    package let input: String
    /// Whether the specification wants the input taken.
    package let shouldAccept: Bool
    /// How it was made, by name.
    package let technique: String
    /// The requirements that it tests.
    package var ruleIDs: [String]

    package init(input: String, shouldAccept: Bool, technique: String, ruleIDs: [String]) {
        self.input = input
        self.shouldAccept = shouldAccept
        self.technique = technique
        self.ruleIDs = ruleIDs
    }
}
