extension FieldLabels {
    /// One thing that is said about a value: what the fields at a pattern are labelled, and where they came from.
    public struct Statement: Hashable, Sendable {
        /// Member names and `*`; empty for the whole value.
        public let pattern: [String]
        /// The label; nil where only ``trails`` are said.
        public let label: Element?
        /// The sources whose pointers grow from here.
        public let trails: Set<Source>
        /// Whether the label was said about the value itself, or only about the parts that nothing is said about.
        public let isStated: Bool

        /// A statement.
        public init(pattern: [String], label: Element?, trails: Set<Source>, isStated: Bool = true) {
            self.pattern = pattern
            self.label = label
            self.trails = trails
            self.isStated = isStated
        }
    }
}
