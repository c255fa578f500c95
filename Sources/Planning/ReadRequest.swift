public import JSONSchemas
public import ModelRuntime
import Provenance

/// One question about a text: a quarantined reading with no tools and no history.
public struct ReadRequest: Sendable {
    /// The step's address, for the journal and the scripted model.
    public let address: String
    /// What to do with the text, written by the workflow's author.
    public let instruction: String
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

    /// A question about `data`.
    public init(
        address: String, instruction: String, options: [DataItem] = [], context: [DataItem] = [], data: [DataItem],
        schema: JSONSchema, answerTokenLimit: Int, sampling: SamplingOptions
    ) {
        self.address = address
        self.instruction = instruction
        self.options = options
        self.context = context
        self.data = data
        self.schema = schema
        self.answerTokenLimit = answerTokenLimit
        self.sampling = sampling
    }

    /// The same question about other data.
    func asking(about data: [DataItem]) -> ReadRequest {
        ReadRequest(
            address: address, instruction: instruction, options: options, context: context, data: data,
            schema: schema, answerTokenLimit: answerTokenLimit, sampling: sampling)
    }
}
