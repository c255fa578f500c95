import JSONSchemas

extension WorkflowReader {
    mutating func readCall(_ fields: Fields) -> (step: CallStep?, shape: ResultShape) {
        guard let tool = reader.string(fields, "call"), let node = fields["call"] else {
            return (nil, .anything)
        }
        let definition = listedTool(tool, at: node.position)
        let arguments = readArguments(fields, of: definition, areAllNeeded: true)
        let shape = definition.map { ResultShape.value(of: $0.result).adding(["state", "reason"]) }
        return (CallStep(tool: tool, arguments: arguments), shape ?? .anything)
    }

    /// The arguments under `with`, checked against the tool's schema as far as they are known.
    private mutating func readArguments(
        _ fields: Fields, of tool: ToolDefinition?, areAllNeeded: Bool
    ) -> [(name: String, value: ValueTemplate)] {
        let members = fields["with"].flatMap { reader.mapping($0, "`with`") } ?? []
        var arguments: [(name: String, value: ValueTemplate)] = []
        for member in members {
            let isKnown = tool.map { checkArgument(member.name, of: $0, at: member.namePosition) } ?? true
            guard let value = template(member.value) else { continue }
            arguments.append((member.name, value))
            if isKnown, let tool { check(value, fits: member.name, of: tool, at: member.value.position) }
        }
        if areAllNeeded, let tool {
            let root = tool.arguments.rootNode
            for property in root.properties
            where root.isRequired(property.name) && !members.contains(where: { $0.name == property.name }) {
                reader.report(
                    fields.has("with") ? fields.position(of: "with") : fields.position(of: "call"),
                    "the call of `\(tool.name)` lacks the argument `\(property.name)`",
                    fix: "Add it under `with`.")
            }
        }
        return arguments
    }

    private mutating func check(
        _ value: ValueTemplate, fits argument: String, of tool: ToolDefinition, at position: SourcePosition
    ) {
        guard let property = tool.arguments.rootNode.properties.first(where: { $0.name == argument }) else {
            return
        }
        let node = tool.arguments[property.node]
        // An empty optional argument is left out of the call, so `null` fits.
        if let literal = value.literalValue, !(literal.isNull && !tool.arguments.rootNode.isRequired(argument)) {
            for issue in tool.arguments.validate(literal, against: property.node) {
                let place = issue.pointer.tokens.isEmpty ? "" : " at `\(issue.pointer)`"
                reader.report(
                    position, "the argument `\(argument)` of `\(tool.name)`\(place) \(issue.message)")
            }
        } else if node.anyOf.isEmpty, node.values == nil {
            let isPossible =
                switch value {
                case .text: node.types.contains(.string)
                case .array: node.types.contains(.array)
                case .object: node.types.contains(.object)
                case .literal, .reference: true
                }
            if !isPossible {
                reader.report(
                    position,
                    "the argument `\(argument)` of `\(tool.name)` must be of type \(node.types.names.map { "`\($0)`" }.joined(separator: " or "))"
                )
            }
        }
    }

    mutating func readRead(_ fields: Fields) -> (step: ReadStep?, shape: ResultShape) {
        if fields.has("first") { asksFirstModel = true }
        let data = fields["read"].map { templates($0) } ?? []
        if let node = fields["read"], case .sequence(let elements) = node.kind, elements.isEmpty {
            reader.report(node.position, "`read` is empty")
        }
        let instruction = instruction(fields, "instruction")
        guard let node = fields["schema"] else {
            reader.report(
                fields.position, "the step has no `schema`", fix: "Say what is to be read as a JSON Schema.")
            return (nil, .anything)
        }
        let schema = reader.schema(node, "`schema`")
        var members: [(String, ResultShape)] = [
            ("value", hasOpenFields(fields) ? .anything : schema.map(ResultShape.value) ?? .anything),
            ("confidence", .anything),
            ("escalated", .list(.scalar("a string"))), ("quotes", .list(.anything)),
            ("dropped", .scalar("a number")),
            ("outcome", .scalar("a string")),
        ]
        if fields.has("min_margin") { members.append(("margin", .anything)) }
        let showsShares = readShares(fields, schema)
        if showsShares { members += [("shares", .anything), ("model_shares", .anything)] }
        guard let schema else { return (nil, .object(members)) }
        let step = ReadStep(
            data: data, instruction: instruction, schema: schema,
            schemaPosition: fields.position(of: "schema"),
            quotes: readQuotes(fields, schema), minConfidence: readMinConfidence(fields, schema),
            choices: readChoices(fields, schema, canScore: true),
            maxTokens: reader.integer(fields, "max_tokens", atLeast: 1, atMost: ReadStep.mostTokens),
            context: fields["context"].flatMap { template($0) }, minMargin: readMinMargin(fields, schema),
            firstBelow: readFirst(fields, schema), showsShares: showsShares)
        return (step, .object(members))
    }

    /// Whether a choice stands for fields that are known only when the run is there.
    private func hasOpenFields(_ fields: Fields) -> Bool {
        guard let node = fields["choices"], case .mapping(let members) = node.kind else { return false }
        return members.contains { $0.name == Self.everyField }
    }

    private mutating func readQuotes(_ fields: Fields, _ schema: JSONSchema) -> [String] {
        guard let node = fields["quotes"], let elements = reader.sequence(node, "`quotes`") else { return [] }
        var quotes: [String] = []
        for element in elements {
            guard let pointer = reader.string(element, "a quote's pointer"),
                let nodes = checkField(pointer, of: schema, at: element.position)
            else { continue }
            if !nodes.contains(where: { $0.types.contains(.string) }) {
                reader.report(element.position, "`quotes` names `\(pointer)`, which is never a string")
            }
            quotes.append(pointer)
        }
        return quotes
    }

    /// `by`: a likelihood is one of a whole answer, so the field must be all there is.
    private mutating func readMethod(
        _ choice: Fields, of member: YAMLMember, _ schema: JSONSchema?, canScore: Bool
    ) -> ChoiceSource.Method {
        guard let node = choice["by"], let text = reader.string(choice, "by") else { return .letter }
        guard let method = ChoiceSource.Method(rawValue: text) else {
            let known = ChoiceSource.Method.allCases.map(\.rawValue)
            reader.report(
                node.position, "`by` is `\(text)`, which is no way to choose",
                fix: Spelling.fix(for: text, among: known, called: "ways"))
            return .letter
        }
        guard method == .likelihood else { return method }
        let pointer = try? JSONPointer(parsing: member.name)
        if !canScore {
            reader.report(node.position, "`by: likelihood` belongs to a `read` step")
        } else if pointer?.tokens.count != 1 || (schema.map { SchemaPath.fields(of: $0).count } ?? 1) != 1 {
            reader.report(node.position, "`by: likelihood` needs a schema whose only field is `\(member.name)`")
        } else if choice["none"] != nil {
            reader.report(node.position, "`by: likelihood` has no `none`", fix: "Let the model write a letter instead.")
        }
        return method
    }

    /// The pointer of a choice that stands for as many fields as its list names.
    static let everyField = "/*"

    private static let choiceKeys = ["from", "id", "show", "none", "by", "field", "examples", "example_weight"]

    private mutating func readChoices(
        _ fields: Fields, _ schema: JSONSchema?, canScore: Bool = false
    ) -> [ChoiceSource] {
        guard let node = fields["choices"], let members = reader.mapping(node, "`choices`") else { return [] }
        var choices: [ChoiceSource] = []
        for member in members {
            guard
                let choice = reader.fields(member.value, of: "a choice", known: Self.choiceKeys)
            else { continue }
            let names = reader.string(choice, "field")
            if (names != nil) != (member.name == Self.everyField) || (names != nil && !canScore) {
                reader.report(
                    choice.position, "`field` belongs to a choice of a `read` step for every field",
                    fix: "Write the choice under `/*`, and `field` with the member that names the field.")
            }
            if let schema, names == nil { _ = checkField(member.name, of: schema, at: member.namePosition) }
            guard let from = choice["from"] else {
                reader.report(choice.position, "a choice has no `from`")
                continue
            }
            guard let list = template(from) else { continue }
            if shape(of: list).element == nil {
                reader.report(from.position, "`from` needs a list, which this isn't")
            }
            let method = readMethod(choice, of: member, schema, canScore: canScore)
            let examples = readExamples(choice, method, canScore: canScore, at: member.name, among: list)
            choices.append(
                ChoiceSource(
                    pointer: member.name, from: list, id: reader.string(choice, "id") ?? "id",
                    show: reader.string(choice, "show") ?? "text",
                    none: reader.boolean(choice, "none") ?? false, method: method, field: names,
                    examples: examples))
        }
        return choices
    }

    /// `examples`: a likelihood among texts is weighed otherwise, and an agent's choices aren't weighed at all.
    private mutating func readExamples(
        _ choice: Fields, _ method: ChoiceSource.Method, canScore: Bool, at pointer: String,
        among options: ValueTemplate
    ) -> ChoiceExamples? {
        guard let node = choice["examples"] else {
            if choice.has("example_weight") {
                reader.report(choice.position(of: "example_weight"), "`example_weight` needs `examples`")
            }
            return nil
        }
        if !canScore {
            reader.report(node.position, "`examples` belong to a choice of a `read` step")
        } else if method == .likelihood {
            reader.report(
                node.position, "`by: likelihood` has no `examples`", fix: "Let the model write a letter or a name.")
        }
        if pointer.hasSuffix("/*") ? pointer != Self.everyField : pointer.contains("/*/") {
            reader.report(node.position, "`examples` belong to a field that stands in no list")
        }
        if choice["none"] != nil {
            // Nothing is an example of it, so it would always lose.
            reader.report(node.position, "a choice with `examples` has no `none`")
        }
        guard let list = template(node) else { return nil }
        if list.references.contains(where: { scope.hangsOnItem($0) }) {
            reader.report(
                node.position, "`examples` are the same for all items of a loop",
                fix: "Draw them from a step before the `for_each`.")
        }
        // What options say of themselves is learnt too: others for each item would be another lesson each.
        if options.references.contains(where: { scope.hangsOnItem($0) }) {
            reader.report(
                choice.position(of: "from"),
                "the options of a choice with `examples` are the same for all items of a loop",
                fix: "Draw them from a step before the `for_each`.")
        }
        if shape(of: list).element == nil {
            reader.report(node.position, "`examples` needs a list, which this isn't")
        }
        let weight = choice["example_weight"].flatMap {
            reader.number($0, "`example_weight`", in: ChoiceExamples.weightRange)
        }
        return ChoiceExamples(list: list, weight: weight ?? ChoiceExamples.standardWeight)
    }

    /// The schema's nodes at `pointer`, in which `*` stands for every element; reported when there are none.
    mutating func checkField(
        _ pointer: String, of schema: JSONSchema, at position: SourcePosition
    ) -> [JSONSchema.Node]? {
        guard let parsed = try? JSONPointer(parsing: pointer), !parsed.tokens.isEmpty else {
            reader.report(
                position, "`\(pointer)` isn't a pointer to a field",
                fix: "Write `/field` or `/items/*/field`.")
            return nil
        }
        let nodes = SchemaPath.nodes(parsed.tokens, in: schema)
        guard !nodes.isEmpty else {
            reader.report(
                position, "the schema has no field `\(pointer)`",
                fix: Spelling.fix(for: pointer, among: SchemaPath.fields(of: schema), called: "fields"))
            return nil
        }
        return nodes
    }

    mutating func readAgent(_ step: Fields) -> (step: AgentStep?, shape: ResultShape) {
        let known = [
            "goal", "data", "tools", "result", "max_turns", "plan", "reads", "choices", "require", "decline_below",
        ]
        guard let node = step["agent"], let fields = reader.fields(node, of: "`agent`", known: known) else {
            return (nil, .anything)
        }
        let goal = instruction(fields, "goal")
        let data = fields["data"].map { templates($0) } ?? []
        let tools = readAgentTools(fields)
        let result = fields["result"].flatMap { reader.schema($0, "`result`") }
        if !fields.has("result") {
            reader.report(
                fields.position, "`agent` has no `result`",
                fix: "Say what it must hand back as a JSON Schema.")
        }
        if let result, let node = fields["result"], !result.rootNode.types.contains(.object) {
            reader.report(node.position, "`result` isn't the schema of an object")
        }
        let members: [(String, ResultShape)] = [
            ("outcome", .scalar("a string")),
            ("value", result.map { ResultShape.value(of: $0) } ?? .anything),
            ("turns", .scalar("a number")), ("calls", .list(.anything)), ("note", .scalar("a string")),
            ("left_out", .list(.scalar("a string"))),
        ]
        let agent = AgentStep(
            goal: goal, data: data, tools: tools, result: result ?? .anything,
            maxTurns: reader.integer(fields, "max_turns", atLeast: 1, atMost: 200) ?? 8,
            plan: reader.choice(fields, "plan", as: AgentStep.Plan.self) ?? .free,
            choices: readChoices(fields, result), require: readRequired(fields, tools),
            reads: reader.integer(fields, "reads", atLeast: 0, atMost: 200) ?? AgentStep.standardReads,
            declineBelow: fields["decline_below"].flatMap { reader.number($0, "`decline_below`", in: 0...1) })
        if fields.has("reads"), agent.plan != .locked {
            reader.report(fields.position(of: "reads"), "`reads` needs `plan: locked`")
        }
        if agent.require.count >= agent.maxTurns {
            reader.report(
                fields.position(of: "require"),
                "`require` fills every turn, and the last one is for ending",
                fix: "Write `max_turns: \(agent.require.count + 1)` or more.")
        }
        if fields.has("decline_below") { checkDeclining(fields) }
        return (agent, .object(members))
    }

    /// A step whose tools must be called can't make no call, and one without tools has none to weigh.
    private mutating func checkDeclining(_ fields: Fields) {
        if fields.has("require") {
            reader.report(
                fields.position(of: "decline_below"),
                "`decline_below` ends the work without a call, which `require` asks for",
                fix: "Leave one of them out.")
        }
        if !fields.has("tools") {
            reader.report(fields.position(of: "decline_below"), "`decline_below` needs `tools`")
        }
    }

    private mutating func readRequired(_ fields: Fields, _ tools: [AgentTool]) -> [String] {
        guard let node = fields["require"], let elements = reader.sequence(node, "`require`") else {
            return []
        }
        let names = tools.map { $0.name ?? $0.tool }
        var required: [String] = []
        for element in elements {
            guard let name = reader.string(element, "a tool's name") else { continue }
            if !names.contains(name) {
                reader.report(
                    element.position, "`require` names `\(name)`, which isn't a tool of this agent",
                    fix: Spelling.fix(for: name, among: names, called: "tools"))
            }
            required.append(name)
        }
        return required
    }

    private mutating func readAgentTools(_ fields: Fields) -> [AgentTool] {
        guard let node = fields["tools"], let elements = reader.sequence(node, "`tools` of the agent") else {
            return []
        }
        var tools: [AgentTool] = []
        for element in elements {
            guard let tool = readAgentTool(element) else { continue }
            let name = tool.name ?? tool.tool
            if tools.contains(where: { ($0.name ?? $0.tool) == name }) {
                reader.report(
                    element.position, "the agent has two tools called `\(name)`",
                    fix: "Give one of them a `name`.")
            }
            tools.append(tool)
        }
        return tools
    }

    private mutating func readAgentTool(_ node: YAMLNode) -> AgentTool? {
        if case .scalar = node.kind {
            guard let name = reader.string(node, "a tool's name") else { return nil }
            _ = listedTool(name, at: node.position)
            return AgentTool(tool: name)
        }
        guard let fields = reader.fields(node, of: "a tool of the agent", known: ["tool", "name", "with"]),
            let name = reader.string(fields, "tool", isRequired: true)
        else { return nil }
        let definition = listedTool(name, at: fields["tool"]?.position ?? fields.position)
        return AgentTool(
            tool: name, name: reader.string(fields, "name"),
            bound: readArguments(fields, of: definition, areAllNeeded: false))
    }

    mutating func readApprove(_ step: Fields) -> ApproveStep? {
        guard let node = step["approve"],
            let fields = reader.fields(node, of: "`approve`", known: ["summary", "data"])
        else { return nil }
        return ApproveStep(
            summary: mustache(fields, "summary", data: "data"), data: namedTemplates(fields, "data"))
    }

    mutating func readRender(_ step: Fields) -> RenderStep? {
        guard let node = step["render"],
            let fields = reader.fields(node, of: "`render`", known: ["template", "data", "to"])
        else { return nil }
        return RenderStep(
            template: mustache(fields, "template", data: "data"), data: namedTemplates(fields, "data"),
            to: outputPath(fields, isRequired: false))
    }
}
