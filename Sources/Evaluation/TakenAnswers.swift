/// What the runs of an evaluation gave.
struct TakenAnswers {
    /// Their answers.
    var answers = BatchAnswers()
    /// What they cost.
    var cost = Cost()
    /// Those that gave none.
    var failures: [EvaluationResult.Failure] = []
    /// Those in which calls were refused, with their answers.
    var refused: [EvaluationResult.Refusal] = []
    /// Those that gave some.
    var runs: [TakenRun] = []
}
