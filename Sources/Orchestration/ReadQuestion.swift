import ConstrainedDecoding
import JSONSchemas
import Planning
import Provenance
import WorkflowFormat

/// What a reading asks the model, and what makes a result of the answer.
struct ReadQuestion {
    let request: ReadRequest
    let grammar: Grammar
    let step: ReadStep
    let choices: [ResolvedChoice]
    /// The segment that is read, whose place in the whole document moves the quotes.
    let segment: JSONValue?
    /// What identifies the item of the loop that it is about; nil outside of loops and for items without an `id`.
    let item: JSONValue?
    /// What the smaller model is asked before; nil where the step doesn't, or there is none.
    var first: First?

    /// The same question to a smaller model.
    struct First {
        /// Its name.
        let model: String
        /// As the question's, but for how its confidence is put right.
        let request: ReadRequest
        let grammar: Grammar
    }

    /// What a reading comes to before a model is asked.
    enum Matter {
        case asked(ReadQuestion)
        /// It hangs on an answer that a person still has to give; the label of its data.
        case unsettled(Label)
        /// The field at the pointer has no options; the label of the data.
        case withoutOptions(String, Label)
    }
}
