/// A case and what became of it, for grouping.
package struct CaseOutcome: Hashable, Sendable {
    package let id: String
    package let input: String
    /// Whether the program has to take the input.
    package let shouldAccept: Bool
    /// How it failed, such as `invalid-accepted`; an empty string where it passed.
    package let failure: String
    /// What was said of the failure.
    package let detail: String
    /// Whether it shapes no group: it joins the one it is most like, or stands apart.
    package let joins: Bool

    package init(id: String, input: String, shouldAccept: Bool, failure: String, detail: String, joins: Bool) {
        self.id = id
        self.input = input
        self.shouldAccept = shouldAccept
        self.failure = failure
        self.detail = detail
        self.joins = joins
    }
}
