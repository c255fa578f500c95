import JSONSchemas

extension WorkflowReader {
    static let commonStepKeys = ["id", "when", "for_each", "as", "parallel", "limit", "so_far"]
    static let kindKeys: [(kind: String, others: [String])] = [
        ("call", ["with"]),
        (
            "read",
            [
                "context", "instruction", "schema", "quotes", "min_confidence", "min_margin", "shares", "first",
                "choices", "max_tokens",
            ]
        ),
        ("agent", []), ("approve", []), ("render", []), ("steps", []),
    ]

    /// Notes where every step of the file stands, so that a reference to a later or an inner one can say so.
    mutating func indexSteps(_ node: YAMLNode, parents: [String], isRepeated: Bool, isInLoop: Bool) {
        guard case .sequence(let elements) = node.kind else { return }
        for element in elements {
            guard case .mapping(let members) = element.kind else { continue }
            let id = members.first { $0.name == "id" }?.value
            var inner = parents
            if let id, case .scalar(let name, .string) = id.kind {
                if let other = scope.allSteps[name] {
                    reader.report(
                        id.position, "the step id `\(name)` is taken (line \(other.position.line))",
                        fix: "Give each step of the file an id of its own.")
                } else {
                    scope.allSteps[name] = ReferenceScope.StepPlace(
                        position: id.position, parents: parents, isRepeated: isRepeated, isInLoop: isInLoop)
                }
                inner.append(name)
            }
            if let steps = members.first(where: { $0.name == "steps" })?.value {
                let repeats = members.contains { $0.name == "for_each" }
                indexSteps(
                    steps, parents: inner, isRepeated: parents.isEmpty ? repeats : isRepeated,
                    isInLoop: isInLoop || repeats)
            }
        }
    }

    /// Reads steps one after the other; each can name those before it.
    mutating func readSteps(_ node: YAMLNode) -> [StepDefinition] {
        guard let elements = reader.sequence(node, "`steps`") else { return [] }
        if elements.isEmpty { reader.report(node.position, "`steps` is empty") }
        return elements.compactMap { readStep($0) }
    }

    private mutating func readStep(_ node: YAMLNode) -> StepDefinition? {
        guard let members = reader.mapping(node, "a step") else { return nil }
        let kinds = Self.kindKeys.filter { kind in members.contains { $0.name == kind.kind } }
        guard kinds.count == 1, let kind = kinds.first else {
            reportKinds(kinds.map(\.kind), of: members, at: node.position)
            // Steps after this one may name it; that isn't another fault.
            if let id = members.first(where: { $0.name == "id" })?.value.json.stringValue {
                scope.add(step: id, shape: .anything)
            }
            return nil
        }
        let known = Self.commonStepKeys + [kind.kind] + kind.others
        reportForeignKeys(members, of: kind.kind, known: known)
        guard let fields = reader.fields(ownMembers(node, members, known), of: "the step", known: known)
        else { return nil }
        let id = readID(fields)
        let outer = scope
        var loop: ForEach?
        if fields.has("for_each") {
            loop = readLoop(fields)
        } else {
            for key in ["as", "parallel", "limit", "so_far"] where fields.has(key) {
                reader.report(fields.position(of: key), "`\(key)` needs `for_each`")
            }
        }
        let condition = fields["when"].flatMap { readCondition($0) }
        let (parsed, shape, isTrusted) = readKind(kind.kind, fields)
        scope = outer
        guard let id else { return nil }
        let isLoop = fields.has("for_each")
        scope.add(
            step: id, shape: isLoop ? Self.loopShape(parsed, shape) : shape, isTrusted: !isLoop && isTrusted)
        guard let parsed else { return nil }
        return StepDefinition(id: id, kind: parsed, forEach: loop, when: condition, position: node.position)
    }

    private static func loopShape(_ kind: StepKind?, _ shape: ResultShape) -> ResultShape {
        var members: [(name: String, shape: ResultShape)] = [
            ("index", .scalar("a number")), ("item", .anything),
        ]
        if case .group = kind, case .object(let inner) = shape {
            members += inner
        } else {
            members.append(("result", shape))
        }
        return .object([("items", .list(.object(members))), ("count", .scalar("a number"))])
    }

    private mutating func reportKinds(
        _ kinds: [String], of members: [YAMLMember], at position: SourcePosition
    ) {
        let names = Self.kindKeys.map(\.kind)
        guard kinds.isEmpty else {
            let list = kinds.map { "`\($0)`" }.joined(separator: " and ")
            reader.report(position, "a step can't be \(list) at once", fix: "Make two steps of it.")
            return
        }
        for member in members {
            guard let kind = Spelling.nearest(to: member.name, among: names),
                !Self.commonStepKeys.contains(member.name)
            else { continue }
            reader.report(
                member.namePosition, "unknown key `\(member.name)` in the step", fix: "Write `\(kind)`.")
            return
        }
        reader.report(
            position, "the step doesn't say what it does",
            fix: "Give it one of \(names.map { "`\($0)`" }.joined(separator: ", ")).")
    }

    /// A key that only another kind of step has gets a better message than an unknown one.
    private mutating func reportForeignKeys(_ members: [YAMLMember], of kind: String, known: [String]) {
        for member in members where !known.contains(member.name) {
            guard let other = Self.kindKeys.first(where: { $0.others.contains(member.name) }) else {
                continue
            }
            reader.report(
                member.namePosition,
                "`\(member.name)` belongs to a `\(other.kind)` step, and this is a `\(kind)` step",
                fix: kind == "agent" ? "Write it under `agent` if it has one." : nil)
        }
    }

    private func ownMembers(_ node: YAMLNode, _ members: [YAMLMember], _ known: [String]) -> YAMLNode {
        let foreign = Self.kindKeys.flatMap(\.others)
        let kept = members.filter { known.contains($0.name) || !foreign.contains($0.name) }
        return YAMLNode(kind: .mapping(kept), position: node.position)
    }

    private mutating func readID(_ fields: Fields) -> String? {
        guard let id = reader.string(fields, "id", isRequired: true) else { return nil }
        if !TemplateParser.isName(id) {
            reader.report(
                fields["id"]?.position ?? fields.position,
                "the step id `\(id)` has characters other than letters, digits, `-` and `_`")
        }
        return id
    }

    private mutating func readLoop(_ fields: Fields) -> ForEach? {
        let variable = reader.string(fields, "as") ?? "item"
        let position = fields["as"]?.position ?? fields.position(of: "for_each")
        if !TemplateParser.isName(variable) || ["inputs", "steps", "run", "not"].contains(variable) {
            reader.report(position, "`as` is `\(variable)`, which can't name a variable")
        }
        if scope.variables.contains(where: { $0.name == variable }) {
            reader.report(
                position, "the variable `\(variable)` is taken by an enclosing `for_each`",
                fix: "Choose another name with `as`.")
        }
        let parallel = reader.integer(fields, "parallel", atLeast: 1, atMost: 64) ?? 1
        let limit = reader.integer(fields, "limit", atLeast: 1)
        guard let node = fields["for_each"], let (source, element, isTrusted) = readLoopSource(node) else {
            scope.add(variable: variable, shape: .anything, isTrusted: true)
            return nil
        }
        scope.add(variable: variable, shape: element, isTrusted: isTrusted)
        return ForEach(
            source: source, variable: variable, parallel: parallel, limit: limit,
            soFar: readSoFar(fields, parallel: parallel))
    }

    /// The name under which a loop's items see what was done so far.
    private mutating func readSoFar(_ fields: Fields, parallel: Int) -> String? {
        guard let name = reader.string(fields, "so_far") else { return nil }
        let position = fields.position(of: "so_far")
        if !TemplateParser.isName(name) || ["inputs", "steps", "run", "not"].contains(name)
            || scope.variables.contains(where: { $0.name == name })
        {
            reader.report(position, "`so_far` is `\(name)`, which can't name a variable here")
        }
        if parallel > 1 {
            reader.report(position, "`so_far` needs the items one after the other", fix: "Take `parallel` away.")
        }
        // What earlier items came to depends on what was read; it is data, never an instruction.
        scope.add(
            variable: name, shape: .object([("items", .list(.anything)), ("last", .anything)]), isTrusted: false)
        return name
    }

    private mutating func readLoopSource(
        _ node: YAMLNode
    ) -> (source: ForEach.Source, element: ResultShape, isTrusted: Bool)? {
        if case .mapping = node.kind {
            guard let fields = reader.fields(node, of: "`for_each`", known: ["segments", "of"]) else {
                return nil
            }
            let kind = reader.choice(fields, "segments", as: ForEach.SegmentKind.self, isRequired: true)
            guard let text = fields["of"] else {
                reader.report(fields.position, "`for_each` has no `of`")
                return nil
            }
            guard let kind, let template = template(text) else { return nil }
            if case .list = shape(of: template) {
                reader.report(text.position, "`of` is a list, not a text")
            }
            return (.segments(kind: kind, of: template), .segment, isTrusted(template))
        }
        guard let template = template(node) else { return nil }
        guard let element = shape(of: template).element else {
            reader.report(node.position, "`for_each` needs a list, which this isn't")
            return nil
        }
        return (.list(template), element, isTrusted(template))
    }

    private mutating func readCondition(_ node: YAMLNode) -> Condition? {
        guard let text = reader.string(node, "`when`") else { return nil }
        do {
            let condition = try ConditionParser.parse(text, at: node.position)
            let entry = try scope.resolve(condition.reference)
            switch condition.comparison {
            case .equal(let literal), .notEqual(let literal):
                if let known = entry.shape.knownValues, !known.contains(literal) {
                    reader.report(
                        node.position,
                        "`when` compares with `\(literal.stringValue ?? literal.serialized())`, which `${\(condition.reference.text)}` never is",
                        fix: Spelling.fix(
                            for: literal.stringValue ?? "",
                            among: known.map { $0.stringValue ?? $0.serialized() },
                            called: "values"))
                }
            case .isTrue, .isEmpty: break
            }
            return condition
        } catch {
            reader.report(error)
            return nil
        }
    }

    private mutating func readKind(
        _ kind: String, _ fields: Fields
    ) -> (kind: StepKind?, shape: ResultShape, isTrusted: Bool) {
        switch kind {
        case "call":
            let (step, shape) = readCall(fields)
            return (step.map(StepKind.call), shape, false)
        case "read":
            let (step, shape) = readRead(fields)
            return (step.map(StepKind.read), shape, false)
        case "agent":
            let (step, shape) = readAgent(fields)
            return (step.map(StepKind.agent), shape, false)
        case "approve":
            let shape = ResultShape.object([
                ("approved", .scalar("a boolean")), ("person", .scalar("a string")),
                ("reason", .scalar("a string")),
            ])
            return (readApprove(fields).map(StepKind.approve), shape, true)
        case "render":
            let step = readRender(fields)
            let isTrusted = step?.data.allSatisfy { self.isTrusted($0.value) } ?? false
            return (step.map(StepKind.render), .object([("text", .scalar("a string"))]), isTrusted)
        default:
            return readGroup(fields)
        }
    }

    private mutating func readGroup(_ fields: Fields) -> (
        kind: StepKind?, shape: ResultShape, isTrusted: Bool
    ) {
        guard let node = fields["steps"] else { return (nil, .anything, false) }
        let before = scope.steps.count
        let steps = readSteps(node)
        let inner = scope.steps[before...].map { ($0.name, $0.entry.shape) }
        return (.group(steps), .object(Array(inner)), false)
    }
}
