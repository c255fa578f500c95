import Provenance

/// The embeddings of texts that readings have in common, and what was learnt from them; a loop over many items asks for the
/// same ones again and again. Of one model.
public actor TextEmbeddings {
    /// What is to be learnt.
    struct Lesson: Hashable {
        let examples: [OptionExamples.Example]
        let optionCount: Int
        /// What is untrusted is neutralized first, so that it is another text.
        let isTrusted: Bool

        init(_ examples: OptionExamples, optionCount: Int) {
            self.examples = examples.lesson
            self.optionCount = optionCount
            isTrusted = examples.label.integrity == .trusted
        }
    }

    private var values: [String: [Float]] = [:]
    private var begun: Set<String> = []
    private var classifiers: [Lesson: ExampleClassifier?] = [:]

    /// An empty memory.
    public init() {}

    /// The first of `texts` that isn't known and that nobody has begun; who gets it begins it. Where all others are begun, one
    /// that is only begun, as whoever began it may have failed; nil where all are known.
    func next(of texts: [String]) -> String? {
        let missing = texts.filter { values[$0] == nil }
        guard let next = missing.first(where: { !begun.contains($0) }) ?? missing.first else { return nil }
        begun.insert(next)
        return next
    }

    func remember(_ value: [Float], of text: String) { values[text] = value }

    /// What `lesson` taught, `.some(nil)` where that was nothing; nil where it wasn't learnt yet.
    func classifier(of lesson: Lesson) -> ExampleClassifier?? { classifiers[lesson] }

    /// What `lesson` teaches, whose examples' `texts` are all known; nil where that is nothing.
    func learn(_ lesson: Lesson, from texts: [String]) -> ExampleClassifier? {
        if let known = classifiers[lesson] { return known }
        let embeddings = texts.compactMap { values[$0] }
        guard embeddings.count == texts.count else { return nil }
        let made = ExampleClassifier(
            examples: embeddings, options: lesson.examples.map(\.option), count: lesson.optionCount)
        classifiers[lesson] = .some(made)
        return made
    }
}
