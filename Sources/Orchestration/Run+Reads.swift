import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import PolicyEngine
import Provenance
import Redaction
import RunJournal
import WorkflowFormat

extension Run {
    /// Tokens a `read` answer may have unless the step says otherwise.
    private static let defaultAnswerLimit = 1_024

    /// A `read` step: a typed value from text, by a model that sees nothing else and can do nothing.
    func perform(_ step: ReadStep, at address: String, in scope: Scope) async throws -> StepResult {
        var isProvisional = false
        let data = try items(step.data, in: scope, isProvisional: &isProvisional)
        var context: [DataItem] = []
        if let template = step.context {
            context = try items([template], names: ["context"], in: scope, isProvisional: &isProvisional)
        }
        var choices: [ResolvedChoice] = []
        for choice in step.choices {
            let list = try scope.evaluate(choice.from)
            isProvisional = isProvisional || list.isProvisional
            choices += try ResolvedChoice.resolve(choice, list: list.value, label: list.label, address: address)
        }
        guard !isProvisional else {
            return StepResult(.null, label: Label.joining(data.map(\.label)), isProvisional: true)
        }
        let model = try model(for: address)
        if !step.choices.isEmpty, choices.isEmpty || choices.contains(where: \.isEmpty) {
            let empty = choices.first(where: \.isEmpty)?.pointer ?? "/*"
            // Nothing to choose from and nothing else to say: the typed answer is "not found", without asking a model.
            return try finishRead(
                ["value": .null, "outcome": "not_found", "searched": .string(empty)], written: nil, at: address,
                label: Label.joining(data.map(\.label)), usage: TokenUsage(), prompts: [])
        }
        let blank = try blankItems(step.data, in: scope)
        let schema = try ResolvedChoice.schema(step.schema, with: choices, address: address)
        let instruction = floor.redact(try step.instruction.evaluate { try scope.lookUp($0).value })
        let request = ReadRequest(
            address: address, instruction: instruction, options: choices.map(\.item), context: context, data: data,
            schema: schema, answerTokenLimit: min(step.maxTokens ?? Self.defaultAnswerLimit, meter.tokensLeft),
            sampling: sampling, ranking: choices.lazy.compactMap { $0.ranking(blank: blank) }.first,
            boundary: boundary)
        let grammar = try grammar(for: schema, dialect: model.dialect, address: address)
        let started = ContinuousClock.now
        let answer = try await services.read(request, grammar: grammar)
        times.add(.planning, since: started)
        meter.count(tokens: answer.usage.budgetTokens)
        services.report(.usage(answer.usage))
        let (written, tally) = redacted(answer.value)
        let (value, confidence) = ResolvedChoice.restore(written, answer.confidence, choices)
        let outcome = ReadOutcome(
            value: value, confidence: confidence, thresholds: step.minConfidence, quotes: step.quotes,
            sources: data.map(\.text), segment: try segment(step.data.first, in: scope))
        return try finishRead(
            outcome.json, written: written, at: address, label: answer.label, usage: answer.usage,
            prompts: answer.prompts, chunks: answer.chunks, shares: answer.shares, schema: schema,
            tally: tally)
    }

    /// The model, which has to be there for step `address`.
    func model(for address: String) throws(Halt) -> ModelDescription {
        guard let model = services.model else {
            throw Halt(.unavailable, "Can't take step `\(address)`: it needs a model and none is loaded.")
        }
        return model
    }

    private func finishRead(
        _ value: JSONValue, written: JSONValue?, at address: String, label: Label, usage: TokenUsage, prompts: [Prompt],
        chunks: [String] = [], shares: [ReadAnswer.Share] = [], schema: JSONSchema? = nil,
        tally: RedactionTally = RedactionTally()
    ) throws -> StepResult {
        let shown: [JSONValue] = prompts.map { prompt in
            .array(
                prompt.segments.map { segment in
                    [
                        "kind": .string(segment.kind.rawValue), "text": .string(segment.text),
                        "integrity": .string("\(segment.label.integrity)"),
                    ]
                })
        }
        var body: JSONObject = [
            "result": value, "written": written ?? .null, "label": label.toJSON(), "usage": usage.json,
        ]
        // What whoever wrote the text could make of the answer at most, field by field.
        if let schema { body["capacity"] = SchemaCapacity(of: schema).json }
        if !shares.isEmpty {
            body["weighed"] = .array(
                shares.map { ["option": .string($0.option), "text": .string($0.text), "share": .number($0.share)] })
        }
        for (name, count) in Self.counts(tally) { body[name] = count }
        var drafts = [JournalEntryDraft(.stepFinished, step: address, body: .object(body))]
        if !shown.isEmpty {
            var built: JSONObject = ["prompts": .array(shown)]
            // Where a long text is cut hangs on the weights' tokenizer.
            if !chunks.isEmpty { built["chunks"] = .array(chunks.map { .string($0) }) }
            drafts.insert(JournalEntryDraft(.promptBuilt, step: address, body: .object(built)), at: 0)
        }
        try record(drafts)
        return StepResult(value, label: label)
    }

    /// The pieces of data of a prompt, named after what the reference says.
    func items(
        _ templates: [ValueTemplate], names: [String] = [], in scope: Scope, isProvisional: inout Bool
    ) throws -> [DataItem] {
        var result: [DataItem] = []
        for (index, template) in templates.enumerated() {
            let value = try scope.evaluate(template)
            isProvisional = isProvisional || value.isProvisional
            if value.value.isNull { continue }
            let name = index < names.count ? names[index] : Self.name(of: template)
            result.append(DataItem(name: name, text: floor.redact(Self.text(of: value.value)), label: value.label))
        }
        return result
    }

    /// The same pieces of data with nothing in them, to weigh options against.
    private func blankItems(_ templates: [ValueTemplate], in scope: Scope) throws -> [DataItem] {
        try templates.compactMap { template in
            let value = try scope.evaluate(template)
            guard !value.value.isNull else { return nil }
            return DataItem(name: Self.name(of: template), text: Self.text(of: value.value.blanked), label: value.label)
        }
    }

    /// What a prompt calls a value: the last name of its reference.
    private static func name(of template: ValueTemplate) -> String {
        guard case .reference(let reference) = template else { return "data" }
        for component in reference.path.reversed() {
            if case .key(let key) = component { return key }
        }
        switch reference.root {
        case .input(let name), .step(let name), .variable(let name), .run(let name): return name
        }
    }

    /// How a prompt shows a value: a text as it is, an object as `key: value` lines, anything else as JSON.
    static func text(of value: JSONValue) -> String {
        if let text = value.stringValue { return text }
        if let object = value.objectValue, object.values.allSatisfy({ $0.objectValue == nil && $0.arrayValue == nil }) {
            return object.filter { !$0.value.isNull }
                .map { "\($0.key): \($0.value.stringValue ?? $0.value.serialized(.compact))" }
                .joined(separator: "\n")
        }
        if let list = value.arrayValue {
            return list.map { $0.stringValue ?? $0.serialized(.spaced) }.joined(separator: "\n")
        }
        return value.serialized(.spaced)
    }

    /// The segment a read works on, so that its quotes get places in the whole document.
    private func segment(_ template: ValueTemplate?, in scope: Scope) throws -> JSONValue? {
        guard case .reference(let reference)? = template, case .key("text")? = reference.path.last else { return nil }
        let parent = Reference(
            root: reference.root, path: reference.path.dropLast(), position: reference.position, text: reference.text)
        return try scope.lookUp(parent).value
    }

    /// What keeps data from ending its tags in this run's prompts.
    var boundary: Boundary { Boundary(run: id.description, seed: configuration.workflow.model.seed) }

    /// What stands in this run's prompts and must not leave them.
    var canaries: [String] { boundary.canaries }

    var sampling: SamplingOptions {
        let settings = configuration.workflow.model
        return SamplingOptions(temperature: settings.temperature, seed: settings.seed)
    }

    /// The compiled grammar of a schema; compiled once a run.
    func grammar(for schema: JSONSchema, dialect: ChatDialect, address: String) throws -> Grammar {
        if let known = grammars[schema] { return known }
        do {
            let grammar = try ReadPlanner.grammar(for: schema, dialect: dialect)
            grammars[schema] = grammar
            return grammar
        } catch {
            throw Halt(.badData, "Can't use the schema of step `\(address)`: \(error)")
        }
    }
}

extension JSONValue {
    /// The same shape with an ellipsis for every value.
    fileprivate var blanked: JSONValue {
        if let object = objectValue { return .object(JSONObject(object.map { ($0.key, $0.value.blanked) })) }
        if isNull { return .null }
        return "..."
    }
}
