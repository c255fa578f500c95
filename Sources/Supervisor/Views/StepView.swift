public import JSONSchemas
public import PolicyEngine
public import RunJournal

/// One step of a run with everything that is known of it.
public struct StepView: Hashable, Sendable {
    /// The run.
    public let run: RunID
    /// The step in short.
    public let row: StepRow
    /// The prompts, one a chunk of a long text.
    public let prompts: [PromptView]
    /// The call as a person is shown it: with labels, origins, decision and answer; nil where none was decided on.
    public let call: CallView?
    /// What the call would change in a file; nil where it would not, or where that is not known.
    public let change: ChangeView?
    /// What it made: a tool's observation or the step's result, as JSON over several lines; empty where it made nothing.
    public let result: LongText
    /// The entry that ``result`` stands in; 0 where there is none.
    public let resultSequence: Int
    /// Its entries.
    public let entries: [EntryView]

    /// Makes the view.
    public init(
        run: RunID, row: StepRow, prompts: [PromptView], call: CallView?, change: ChangeView?, result: LongText,
        resultSequence: Int, entries: [EntryView]
    ) {
        self.run = run
        self.row = row
        self.prompts = prompts
        self.call = call
        self.change = change
        self.result = result
        self.resultSequence = resultSequence
        self.entries = entries
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "run": .string(run.description), "step": row.toJSON(),
            "prompts": .array(prompts.map { $0.toJSON() }), "call": call?.toJSON() ?? .null,
            "change": change?.toJSON() ?? .null, "result": result.toJSON(),
            "result_entry": .integer(resultSequence), "entries": .array(entries.map { $0.toJSON() }),
        ]
    }
}
