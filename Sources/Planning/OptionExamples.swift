public import Provenance

/// Texts that were decided before, from which a closed choice learns beside what its prompt shows.
public struct OptionExamples: Hashable, Sendable {
    /// A text and the option it is an example of.
    public struct Example: Hashable, Sendable {
        /// The text.
        public let text: String
        /// The option's place in the choice.
        public let option: Int

        /// An example of the option at place `option`.
        public init(text: String, option: Int) {
            self.text = text
            self.option = option
        }
    }

    /// All to learn from: what was decided, and what each option says of itself.
    public let lesson: [Example]
    /// What they count beside the model, 0...1.
    public let weight: Double
    /// Where they came from.
    public let label: Label

    /// Whether anything was decided that could count.
    var counts: Bool { weight > 0 }

    /// Examples.
    ///
    /// - Parameters:
    ///   - decided: what was decided.
    ///   - options: what each option says of itself, which is an example of it too.
    ///   - weight: what many decided ones count, 0...1. Few count less, in the share that they are of all examples: what
    ///     options say of themselves helps to learn, and alone it is no evidence. Those of one option alone count nothing:
    ///     they tell it apart from none.
    ///   - label: where they came from.
    public init(decided: [Example], options: [Example], weight: Double, label: Label) {
        lesson = decided + options
        let tellApart = Set(decided.map(\.option)).count > 1
        self.weight = tellApart ? weight * Double(decided.count) / Double(lesson.count) : 0
        self.label = label
    }
}
