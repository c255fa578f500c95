public import JSONSchemas

/// The page of one run.
public struct RunView: Hashable, Sendable {
    /// The run in short; its cost is counted.
    public let run: RunRow
    /// Why it stands where it stands, as its last stop says; empty where it doesn't.
    public let reason: String
    /// What it was started with: `inputs`, `values`, `workflow`, `policy` and more.
    public let parameters: JSONValue
    /// What each step of the workflow took, all items of a loop and all turns of an agent as one.
    public let stepFigures: [FiguresView]
    /// What waits for a person here.
    public let questions: [QuestionRow]
    /// The files it wrote.
    public let outputs: [Output]
    /// Some of its steps, in the order in which they come in the record.
    public let steps: [StepRow]
    /// The place of the first of ``steps`` among all, from 0.
    public let stepOffset: Int
    /// How many steps there are in all.
    public let stepCount: Int
    /// The last of its entries that this view knows.
    public let lastSequence: Int
    /// What could not be read, in sentences: such as a body that is gone.
    public let problems: [String]

    /// A file that a run wrote.
    public struct Output: Hashable, Sendable {
        /// The path below the run's folder.
        public let path: String
        /// Its bytes.
        public let byteCount: Int

        /// Makes it.
        public init(path: String, byteCount: Int) {
            self.path = path
            self.byteCount = byteCount
        }
    }

    /// Makes the view.
    public init(
        run: RunRow, reason: String, parameters: JSONValue, stepFigures: [FiguresView], questions: [QuestionRow],
        outputs: [Output], steps: [StepRow], stepOffset: Int, stepCount: Int, lastSequence: Int, problems: [String]
    ) {
        self.run = run
        self.reason = reason
        self.parameters = parameters
        self.stepFigures = stepFigures
        self.questions = questions
        self.outputs = outputs
        self.steps = steps
        self.stepOffset = stepOffset
        self.stepCount = stepCount
        self.lastSequence = lastSequence
        self.problems = problems
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "run": run.toJSON(), "reason": .string(reason), "parameters": parameters,
            "by_step": .array(stepFigures.map { $0.toJSON() }),
            "questions": .array(questions.map { $0.toJSON() }),
            "outputs": .array(
                outputs.map { ["path": .string($0.path), "bytes": .integer($0.byteCount)] }),
            "steps": .array(steps.map { $0.toJSON() }), "step_offset": .integer(stepOffset),
            "step_count": .integer(stepCount), "last": .integer(lastSequence),
            "problems": .array(problems.map { .string($0) }),
        ]
    }
}
