import JSONSchemas

/// Reads a `suite.yaml`.
struct SuiteReader {
    static let subject = "suite"
    static let keys = [
        "suite", "description", "workflow", "inputs", "items", "gold", "id", "items_per_run", "output", "scores",
    ]
    static let figureKeys = ["name", "scorer", "answer", "gold", "order", "abstention", "command"]

    private let file: String
    private var reader = FieldReader(subject: subject)

    init(file: String) {
        self.file = file
    }

    mutating func read(_ root: YAMLNode) throws(WorkflowErrors) -> SuiteDefinition {
        let suite = reader.fields(root, of: "the suite", known: Self.keys).flatMap { readSuite($0) }
        guard let suite, reader.problems.isEmpty else {
            throw WorkflowErrors(
                reader.problems.sorted {
                    ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
                })
        }
        return suite
    }

    private mutating func readSuite(_ fields: Fields) -> SuiteDefinition? {
        let name = reader.string(fields, "suite", isRequired: true)
        let workflow = reader.string(fields, "workflow", isRequired: true)
        let gold = reader.string(fields, "gold", isRequired: true)
        let output = reader.string(fields, "output", isRequired: true)
        let items = reader.string(fields, "items")
        let inputs = readInputs(fields, hasItems: items != nil)
        let figures = readFigures(fields)
        let takesMembers = inputs.contains { $0.value.contains(SuiteDefinition.itemMember) }
        let count = reader.integer(fields, "items_per_run", atLeast: 1, atMost: 100_000)
        if let count, count > 1, takesMembers {
            reader.report(
                fields.position(of: "items_per_run"), "an input takes a member of the item, so a run takes one item",
                fix: "Leave `items_per_run` out.")
        }
        if count != nil, items == nil {
            reader.report(
                fields.position(of: "items_per_run"), "`items_per_run` without `items` has nothing to divide",
                fix: "Name the file with the items in `items`.")
        }
        guard let name, let workflow, let gold, let output else { return nil }
        return SuiteDefinition(
            name: name, description: reader.string(fields, "description"), file: file, workflow: workflow,
            inputs: inputs, items: items, gold: gold, identifier: reader.string(fields, "id") ?? "id",
            itemsPerRun: count ?? (takesMembers ? 1 : 20), output: output, figures: figures)
    }

    private mutating func readInputs(_ fields: Fields, hasItems: Bool) -> [(name: String, value: String)] {
        var inputs: [(name: String, value: String)] = []
        if let node = fields["inputs"], let members = reader.mapping(node, "`inputs`") {
            for member in members {
                guard let text = reader.text(member.value, "an input") else { continue }
                inputs.append((member.name, text))
            }
        }
        let usesItems = inputs.contains {
            $0.value.contains("${items}") || $0.value.contains(SuiteDefinition.itemMember)
        }
        if hasItems != usesItems {
            reader.report(
                fields.position(of: hasItems ? "items" : "inputs"),
                hasItems ? "no input takes the items" : "an input takes `${items}` and there are none",
                fix: hasItems
                    ? "Write `${items}` as the input that names the items' file, or `${item.NAME}` for a member of one item."
                    : "Name the file with the items in `items`.")
        }
        return inputs
    }

    private mutating func readFigures(_ fields: Fields) -> [SuiteDefinition.Figure] {
        guard let node = fields["scores"] else {
            reader.report(fields.position, "the suite has no `scores`")
            return []
        }
        guard let elements = reader.sequence(node, "`scores`") else { return [] }
        if elements.isEmpty { reader.report(node.position, "`scores` is empty") }
        var figures: [SuiteDefinition.Figure] = []
        for element in elements {
            guard let parts = reader.fields(element, of: "a score", known: Self.figureKeys),
                let figure = readFigure(parts)
            else { continue }
            if figures.contains(where: { $0.name == figure.name }) {
                reader.report(parts.position(of: "name"), "there are two scores `\(figure.name)`")
            }
            figures.append(figure)
        }
        return figures
    }

    private mutating func readFigure(_ parts: Fields) -> SuiteDefinition.Figure? {
        let name = reader.string(parts, "name", isRequired: true)
        let method = reader.choice(parts, "scorer", as: SuiteDefinition.Figure.Method.self, isRequired: true)
        let order = reader.strings(parts, "order")
        if let method, (method == .oneStepAway) != (order.count > 1) {
            reader.report(
                parts.position(of: parts.has("order") ? "order" : "scorer"),
                method == .oneStepAway
                    ? "`one_step_away` needs the `order` of at least two values"
                    : "`order` is for `one_step_away` only")
        }
        let command = reader.strings(parts, "command")
        if let method, (method == .command) == command.isEmpty {
            reader.report(
                parts.position(of: parts.has("command") ? "command" : "scorer"),
                method == .command
                    ? "the scorer `command` needs a `command`, the program and its arguments"
                    : "`command` is for the scorer `command` only")
        }
        let answer = readPointer(parts, "answer", name)
        let gold = readPointer(parts, "gold", name)
        let abstention = reader.boolean(parts, "abstention") ?? false
        guard let name, let method, let answer, let gold else { return nil }
        return SuiteDefinition.Figure(
            name: name, method: method, answer: answer, gold: gold, order: order, countsAbstention: abstention,
            command: command)
    }

    /// The pointer of a member; `/NAME` where it is left out.
    private mutating func readPointer(_ parts: Fields, _ key: String, _ name: String?) -> JSONPointer? {
        guard let node = parts[key] else { return name.map { JSONPointer([$0]) } }
        guard let text = reader.string(node, "`\(key)`") else { return nil }
        guard let pointer = try? JSONPointer(parsing: text) else {
            reader.report(node.position, "`\(text)` isn't a JSON pointer", fix: "Write `/field`.")
            return nil
        }
        return pointer
    }
}
