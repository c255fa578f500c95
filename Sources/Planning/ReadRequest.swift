public import JSONSchemas
public import ModelRuntime
import Provenance

/// One question about a text: a quarantined reading with no tools and no history.
public struct ReadRequest: Hashable, Sendable {
    /// The step's address, for the journal and the scripted model.
    public let address: String
    /// What to do with the text, written by the workflow's author.
    public let instruction: String
    /// Whether the instruction is the same whenever the step asks: no value of a run stands in it.
    public let hasFixedInstruction: Bool
    /// Options to choose from, shown before the text.
    public let options: [DataItem]
    /// What helps to understand the text, such as its section's heading.
    public let context: [DataItem]
    /// The text itself.
    public let data: [DataItem]
    /// What the answer must look like.
    public let schema: JSONSchema
    /// How many tokens the answer may have.
    public let answerTokenLimit: Int
    /// Temperature and seed.
    public let sampling: SamplingOptions
    /// How to choose by likelihood, where the model can; `options` is what one that can't is shown.
    public let ranking: OptionRanking?
    /// Fields whose options are weighed once the answer is written, so that it's known how sure the model was of them.
    public let choices: [ClosedChoice]
    /// Whether the answer quotes from the text.
    public let copiesData: Bool
    /// What keeps the text from ending its tags.
    public let boundary: Boundary

    /// A question about `data`.
    public init(
        address: String, instruction: String, options: [DataItem] = [], context: [DataItem] = [], data: [DataItem],
        schema: JSONSchema, answerTokenLimit: Int, sampling: SamplingOptions, ranking: OptionRanking? = nil,
        choices: [ClosedChoice] = [], copiesData: Bool = false, hasFixedInstruction: Bool = true,
        boundary: Boundary = Boundary(run: "", seed: 0)
    ) {
        self.address = address
        self.instruction = instruction
        self.hasFixedInstruction = hasFixedInstruction
        self.options = options
        self.context = context
        self.data = data
        self.schema = schema
        self.answerTokenLimit = answerTokenLimit
        self.sampling = sampling
        self.ranking = ranking
        self.choices = choices
        self.copiesData = copiesData
        self.boundary = boundary
    }

    /// The label of an answer: of all that `prompts` show, and of the examples that are counted beside the model.
    func label(of prompts: [Prompt]) -> Label {
        Label.joining(prompts.map(\.label) + choices.compactMap { $0.examples?.label })
    }

    /// The same question about other data, and among other options where they are given.
    func asking(about data: [DataItem], options: [DataItem]? = nil) -> ReadRequest {
        ReadRequest(
            address: address, instruction: instruction, options: options ?? self.options, context: context, data: data,
            schema: schema, answerTokenLimit: answerTokenLimit, sampling: sampling, ranking: ranking,
            choices: choices, copiesData: copiesData, hasFixedInstruction: hasFixedInstruction, boundary: boundary)
    }
}
