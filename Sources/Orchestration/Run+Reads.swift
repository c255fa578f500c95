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
    static let defaultAnswerLimit = 1_024

    /// The member of a reading's entry that identifies the item it was about.
    public static let itemMember = EntryMember.item

    /// A `read` step: a typed value from text, by a model that sees nothing else and can do nothing.
    func perform(_ step: ReadStep, at address: String, in scope: Scope) async throws -> StepResult {
        switch try question(step, at: address, in: scope) {
        case .unsettled(let label): return StepResult(.null, label: label, isProvisional: true)
        case .withoutOptions(let pointer, let label):
            let result = StepResult(
                ["value": .null, "outcome": "not_found", "searched": .string(pointer)], label: label)
            try record(
                .stepFinished, at: address,
                [
                    "result": result.value, "written": .null, "label": label.toJSON(), "usage": TokenUsage().json,
                ])
            return result
        case .asked(let question):
            let started = ContinuousClock.now
            let given: GivenAnswer
            do {
                given = try await answer(to: question)
            } catch let error as PlanningError {
                // What was asked in vain costs too.
                meter.count(tokens: error.usage.budgetTokens)
                services.report(.usage(error.usage))
                throw error
            }
            times.add(.planning, since: started)
            let usage = given.usage
            try checkLength(of: usage, at: address)
            meter.count(tokens: usage.budgetTokens)
            services.report(.usage(usage))
            return try finish(question, with: given, at: address)
        }
    }

    /// An answer may not be longer than what the budget has left. Looked at in the step's turn and no part of the
    /// question, so that what is asked doesn't hang on when.
    private func checkLength(of usage: TokenUsage, at address: String) throws(PlanningError) {
        let count = usage.forced + usage.sampled
        guard count > meter.tokensLeft else { return }
        throw PlanningError(
            .answerTooLong,
            "Can't take the answer of step `\(address)`: it has \(count) tokens and the budget has \(meter.tokensLeft) left."
        )
    }

    /// What a reading asks. Hangs on the scope and the workflow, and changes nothing.
    func question(_ step: ReadStep, at address: String, in scope: Scope) throws -> ReadQuestion.Matter {
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
            var examples: (list: JSONValue, label: Label)?
            if let source = choice.examples {
                let found = try scope.evaluate(source.list)
                isProvisional = isProvisional || found.isProvisional
                examples = (found.value, found.label)
            }
            choices += try ResolvedChoice.resolve(
                choice, list: list.value, label: list.label, examples: examples, address: address)
        }
        let label = Label.joining(data.map(\.label))
        guard !isProvisional else { return .unsettled(label) }
        let model = try model(for: address)
        if !step.choices.isEmpty, choices.isEmpty || choices.contains(where: \.isEmpty) {
            // Nothing to choose from and nothing else to say: the typed answer is "not found", without asking a model.
            return .withoutOptions(choices.first(where: \.isEmpty)?.pointer ?? "/*", label)
        }
        let schema = try ResolvedChoice.schema(step.schema, with: choices, address: address)
        let blank = try blankItems(step.data, in: scope)
        let instruction = floor.redact(try step.instruction.evaluate { try scope.lookUp($0).value })
        let fields = Self.weighedFields(of: step, in: schema)
        func request(_ calibration: Calibration?) -> ReadRequest {
            ReadRequest(
                address: address, instruction: instruction, options: choices.map(\.item), context: context, data: data,
                schema: schema, answerTokenLimit: step.maxTokens ?? Self.defaultAnswerLimit, sampling: sampling,
                ranking: choices.lazy.compactMap { $0.ranking(blank: blank) }.first,
                choices: fields.map { field in
                    ClosedChoice(
                        pointer: field.pointer, options: field.options,
                        adjustment: calibration?.adjustment(
                            of: field.pointer, at: address, options: field.options) ?? .identity,
                        examples: choices.first { $0.pointer == field.pointer }?.examples(for: field.options))
                },
                copiesData: !step.quotes.isEmpty, hasFixedInstruction: step.instruction.references.isEmpty,
                boundary: boundary)
        }
        var question = ReadQuestion(
            request: request(configuration.calibration),
            grammar: try grammar(for: schema, dialect: model.dialect, address: address), step: step, choices: choices,
            segment: try segment(step.data.first, in: scope), item: scope.itemIdentifier)
        if step.firstBelow != nil, let first = services.first {
            question.first = ReadQuestion.First(
                model: first.name, request: request(configuration.firstCalibration),
                grammar: try grammar(for: schema, dialect: first.dialect, address: address))
        }
        return .asked(question)
    }

    /// The fields whose options are weighed: only where somebody wants to know or examples are counted, since it costs an
    /// evaluation each.
    private static func weighedFields(of step: ReadStep, in schema: JSONSchema) -> [ClosedField] {
        var fields: [ClosedField] = []
        let taught = step.choices.filter { $0.examples != nil }.map(\.pointer)
        for pointer in (step.minConfidence + step.minMargin + (step.firstBelow ?? [])).map(\.pointer) + taught {
            for field in ClosedField.fields(at: pointer, in: schema)
            where !fields.contains(where: { $0.pointer == field.pointer }) {
                fields.append(field)
            }
        }
        return fields
    }

    /// What an answer comes to: the step's result, and what the model wrote, with everything replaced in it.
    func result(
        of question: ReadQuestion, _ answer: ReadAnswer
    ) -> (step: StepResult, written: JSONValue, tally: RedactionTally) {
        let (written, tally) = redacted(answer.value)
        let (value, confidence) = ResolvedChoice.restore(written, answer.confidence, question.choices)
        // Not a conditional expression: in one, `nil` would be JSON's null.
        var shares: JSONValue?
        var modelShares: JSONValue?
        if question.step.showsShares {
            shares = answer.optionShares(question.choices)
            modelShares = answer.optionShares(question.choices, of: \.probabilities)
        }
        let outcome = ReadOutcome(
            value: value, confidence: confidence, thresholds: question.step.minConfidence,
            margins: answer.margins(question.choices), minMargins: question.step.minMargin,
            quotes: question.step.quotes, sources: question.request.data.map(\.text), segment: question.segment,
            shares: shares, modelShares: modelShares)
        return (StepResult(outcome.json, label: answer.label), written, tally)
    }

    /// The model, which has to be there for step `address`.
    func model(for address: String) throws(Halt) -> ModelDescription {
        guard let model = services.model else {
            throw Halt(.unavailable, "Can't take step `\(address)`: it needs a model and none is loaded.")
        }
        return model
    }

    /// Records an answer and what it comes to.
    private func finish(
        _ question: ReadQuestion, with given: GivenAnswer, at address: String
    ) throws -> StepResult {
        let answer = given.answer
        let (result, written, tally) = result(of: question, answer)
        let shown: [JSONValue] = answer.prompts.map { prompt in
            .array(
                prompt.segments.map { segment in
                    [
                        "kind": .string(segment.kind.rawValue), "text": .string(segment.text),
                        "integrity": .string("\(segment.label.integrity)"),
                    ]
                })
        }
        var body: JSONObject = [
            "result": result.value, "written": written, "label": answer.label.toJSON(), "usage": answer.usage.json,
        ]
        // What whoever wrote the text could make of the answer at most, field by field.
        body["capacity"] = SchemaCapacity(of: question.request.schema).json
        for (name, value) in Self.weighed(answer) { body[name] = value }
        // Which item it was about, so that what is known of the item can be held against it.
        if !answer.fieldShares.isEmpty, let item = question.item { body[Self.itemMember] = item }
        if let answerer = answer.answerer {
            body[Answerer.member] = answerer.json
        } else if let model = given.model {
            body[Answerer.member] = ["model": .string(model)]
        }
        if let outdone = given.outdone { body[OutdoneAnswer.member] = outdone.json }
        for (name, count) in Self.counts(tally) { body[name] = count }
        var built: JSONObject = ["prompts": .array(shown)]
        // Where a long text is cut hangs on the weights' tokenizer.
        if !answer.chunks.isEmpty { built["chunks"] = .array(answer.chunks.map { .string($0) }) }
        try record([
            JournalEntryDraft(.promptBuilt, step: address, body: .object(built)),
            JournalEntryDraft(.stepFinished, step: address, body: .object(body)),
        ])
        return result
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
        let key = GrammarKey(schema: schema, suffix: dialect.callSuffix)
        if let known = grammars[key] { return known }
        do {
            let grammar = try ReadPlanner.grammar(for: schema, dialect: dialect)
            grammars[key] = grammar
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
