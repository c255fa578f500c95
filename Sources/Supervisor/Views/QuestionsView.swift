public import JSONSchemas

/// The page of questions: everything that waits, oldest first.
public struct QuestionsView: Hashable, Sendable {
    /// The questions in short.
    public let questions: [QuestionRow]
    /// The one that is shown in full; nil where nothing waits.
    public internal(set) var shown: QuestionView?
    /// Questions that ask the same of the same tool by the same rule, at least two each.
    public let groups: [Group]

    /// Questions that are alike and can be answered together.
    public struct Group: Hashable, Sendable {
        /// The tool.
        public let tool: String
        /// The rule that asks.
        public let rule: String
        /// The questions.
        public let questions: [QuestionRow]

        /// Makes a group.
        public init(tool: String, rule: String, questions: [QuestionRow]) {
            self.tool = tool
            self.rule = rule
            self.questions = questions
        }
    }

    /// Makes the view.
    public init(questions: [QuestionRow], shown: QuestionView?, groups: [Group]) {
        self.questions = questions
        self.shown = shown
        self.groups = groups
    }

    /// The question that follows one when it is answered: what its run asks besides, else what another does.
    func following(_ answered: QuestionRow) -> QuestionRow? {
        let others = questions.filter { $0.sequence != answered.sequence }
        let own = others.filter { $0.run == answered.run }
        for rows in [own, others] where !rows.isEmpty {
            return rows.first { $0.sequence > answered.sequence } ?? rows.last
        }
        return nil
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "questions": .array(questions.map { $0.toJSON() }),
            "groups": .array(
                groups.map { group in
                    [
                        "tool": .string(group.tool), "rule": .string(group.rule),
                        "questions": .array(group.questions.map { .integer($0.sequence) }),
                    ]
                }),
        ]
    }
}
