import JSONSchemas

/// What a reference can name at one place of the workflow file.
struct ReferenceScope {
    /// One thing that can be named.
    struct Entry {
        let shape: ResultShape
        let isTrusted: Bool
    }

    private(set) var inputs: [(name: String, entry: Entry)] = []
    private(set) var steps: [(name: String, entry: Entry)] = []
    private(set) var variables: [(name: String, entry: Entry)] = []
    /// Why a step of the file can't be named here: it comes later, or it is inside another one.
    var allSteps: [String: StepPlace] = [:]
    /// Whether steps can be named at all; a policy can't name them.
    var canNameSteps = true

    /// Where a step stands in the file.
    struct StepPlace {
        let position: SourcePosition
        /// The ids of the enclosing steps, the outermost first.
        let parents: [String]
        /// Whether the outermost enclosing step is repeated.
        let isRepeated: Bool
        /// Whether any enclosing step is repeated.
        let isInLoop: Bool
    }

    static let runFields = ["id", "directory", "workflow", "model"]

    mutating func add(input definition: InputDefinition) {
        let shape: ResultShape =
            switch definition.type {
            case .string: .scalar("a string")
            case .integer: .scalar("a number")
            case .boolean: .scalar("a boolean")
            case .file: .scalar("a file's path")
            case .folder: .scalar("a folder's path")
            case .command, .list, .lines: .list(.scalar("a string"))
            }
        inputs.append((definition.name, Entry(shape: shape, isTrusted: definition.trust == .trusted)))
    }

    mutating func add(step id: String, shape: ResultShape, isTrusted: Bool = false) {
        steps.append((id, Entry(shape: shape, isTrusted: isTrusted)))
    }

    mutating func add(variable name: String, shape: ResultShape, isTrusted: Bool) {
        variables.append((name, Entry(shape: shape, isTrusted: isTrusted)))
    }

    /// What `reference` names; throws when it names nothing.
    func resolve(_ reference: Reference) throws(TemplateParser.Failure) -> Entry {
        let start: Entry
        switch reference.root {
        case .input(let name):
            guard let entry = inputs.first(where: { $0.name == name })?.entry else {
                throw unknown(reference, "input `\(name)`", name, inputs.map(\.name), "inputs")
            }
            start = entry
        case .step(let id):
            start = try resolveStep(id, reference)
        case .variable(let name):
            guard let entry = variables.first(where: { $0.name == name })?.entry else {
                throw unknownVariable(name, reference)
            }
            start = entry
        case .run(let field):
            guard Self.runFields.contains(field) else {
                throw unknown(reference, "field `\(field)` of `run`", field, Self.runFields, "fields")
            }
            start = Entry(shape: .scalar("a string"), isTrusted: true)
        }
        return Entry(shape: try follow(reference, from: start.shape), isTrusted: start.isTrusted)
    }

    /// Whether `reference`, which names something, names another thing for each item of an enclosing loop.
    func hangsOnItem(_ reference: Reference) -> Bool {
        switch reference.root {
        case .variable: true
        case .step(let id): allSteps[id]?.isInLoop ?? false
        case .input, .run: false
        }
    }

    private func follow(
        _ reference: Reference, from start: ResultShape
    ) throws(TemplateParser.Failure) -> ResultShape {
        var shape = start
        var walked = reference.root.text
        for component in reference.path {
            do {
                shape = try shape.stepped(component)
            } catch {
                switch (error, component) {
                case (.noSuchMember(let known), .key(let key)):
                    throw TemplateParser.Failure(
                        problem: "`${\(reference.text)}` names nothing: `\(walked)` has no `\(key)`",
                        fix: Spelling.fix(for: key, among: known, called: "fields"),
                        position: reference.position)
                case (.notReachable(let reason), _):
                    throw TemplateParser.Failure(
                        problem: "`${\(reference.text)}` names nothing: `\(walked)` \(reason)",
                        position: reference.position)
                case (.noSuchMember, .index):
                    throw TemplateParser.Failure(
                        problem: "`${\(reference.text)}` names nothing: `\(walked)` is no list",
                        position: reference.position)
                }
            }
            switch component {
            case .key(let key): walked += ".\(key)"
            case .index(let index): walked += "[\(index)]"
            }
        }
        return shape
    }

    private func resolveStep(_ id: String, _ reference: Reference) throws(TemplateParser.Failure) -> Entry {
        guard canNameSteps else {
            throw TemplateParser.Failure(
                problem: "`${\(reference.text)}` names a step, which a policy can't",
                fix: "Name an input instead.",
                position: reference.position)
        }
        if let entry = steps.first(where: { $0.name == id })?.entry { return entry }
        guard let place = allSteps[id] else {
            throw unknown(reference, "step `\(id)`", id, steps.map(\.name), "steps")
        }
        if let parent = place.parents.first, let done = steps.first(where: { $0.name == parent }) {
            let fix =
                place.isRepeated
                ? "Write `${steps.\(parent).items}`: each item has a field `\(id)`."
                : "Write `${steps.\((place.parents + [id]).joined(separator: "."))}`."
            throw TemplateParser.Failure(
                problem: "step `\(id)` is inside step `\(done.name)` and can't be named from outside",
                fix: fix,
                position: reference.position)
        }
        throw TemplateParser.Failure(
            problem: "step `\(id)` comes later (line \(place.position.line)) and has no result yet",
            fix: "Move it before this step.", position: reference.position)
    }

    private func unknownVariable(_ name: String, _ reference: Reference) -> TemplateParser.Failure {
        if inputs.contains(where: { $0.name == name }) {
            return TemplateParser.Failure(
                problem: "unknown variable `\(name)`", fix: "Write `${inputs.\(reference.text)}`.",
                position: reference.position)
        }
        if allSteps[name] != nil {
            return TemplateParser.Failure(
                problem: "unknown variable `\(name)`", fix: "Write `${steps.\(reference.text)}`.",
                position: reference.position)
        }
        let names = variables.map(\.name) + ["inputs", "steps", "run"]
        return unknown(reference, "variable `\(name)`", name, names, "names")
    }

    private func unknown(
        _ reference: Reference, _ what: String, _ name: String, _ known: [String], _ plural: String
    ) -> TemplateParser.Failure {
        TemplateParser.Failure(
            problem: "unknown \(what)", fix: Spelling.fix(for: name, among: known, called: plural),
            position: reference.position)
    }
}

extension Reference.Root {
    /// The root as it is written.
    fileprivate var text: String {
        switch self {
        case .input(let name): "inputs.\(name)"
        case .step(let id): "steps.\(id)"
        case .variable(let name): name
        case .run(let field): "run.\(field)"
        }
    }
}
