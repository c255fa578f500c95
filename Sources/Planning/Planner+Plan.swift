import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Provenance
import WorkflowFormat

extension Planner {
    /// Lets the model write a plan, in a sequence of its own.
    ///
    /// - Throws: `ModelError`, `PlanningError`, `GrammarError`, `SchemaError`, `CancellationError`. Where anything but
    ///   trusted text would be in the prompt, `PlanningError`: such a plan would bind nobody.
    public func plan(_ request: PlanRequest, tokenLimit: Int) async throws -> PlannedWork {
        let dialect = model.summary.dialect
        let prompt = request.prompt(dialect: dialect)
        guard prompt.label.integrity == .trusted else {
            throw PlanningError(
                .untrustedPlan,
                "Can't plan at `\(request.address)`: \(prompt.label.integrity.name) text would be in the prompt.")
        }
        let schema = try request.schema()
        let grammar = try Grammar(schema: schema, suffix: Array(dialect.callSuffix.utf8))
        let generation = try await model.generator(sampling: sampling, memory: memory)
            .generate(
                prompt, grammar: grammar, form: ["schema": schema.source],
                request: RequestID(address: request.address), tokenLimit: tokenLimit)
        let suffix = Array(dialect.callSuffix.utf8)
        let bytes = generation.bytes
        let body = bytes.suffix(suffix.count) == suffix[...] ? bytes.dropLast(suffix.count) : bytes[...]
        guard let value = try? JSONValue(parsing: body) else {
            throw PlanningError(.answerInvalid, "Can't read the plan of `\(request.address)`. This is a bug.")
        }
        return try Self.work(
            written: value, usage: generation.usage, answerer: generation.answerer, for: request, schema: schema,
            prompt: prompt)
    }

    /// The plan that a model wrote; the same for one that writes now and one that a record tells of.
    static func work(
        written value: JSONValue, usage: TokenUsage, answerer: Answerer?, for request: PlanRequest, schema: JSONSchema,
        prompt: Prompt,
        isRedacted: Bool = false
    ) throws(PlanningError) -> PlannedWork {
        guard isRedacted || schema.validate(value).isEmpty, let plan = LockedPlan(fromJSON: value) else {
            throw PlanningError(.answerInvalid, "Can't read the plan of `\(request.address)`. This is a bug.")
        }
        return PlannedWork(plan: plan, label: prompt.label, usage: usage, prompt: prompt, answerer: answerer)
    }
}
