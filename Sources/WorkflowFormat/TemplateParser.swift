import JSONSchemas

/// Parses `${...}` in the texts of a workflow. `$${` stands for `${` itself.
struct TemplateParser {
    /// What is wrong with a text, and what to write instead.
    struct Failure: Error {
        let problem: String
        var fix: String?
        let position: SourcePosition
    }

    /// The places of a text's characters: those of a file of its own are exact, those of a YAML scalar are the scalar's.
    enum Places {
        case everywhere(SourcePosition)
        case file(String)
    }

    private let places: Places
    private var line = 1
    private var column = 1

    init(places: Places) {
        self.places = places
    }

    /// The template for a value of the workflow file.
    static func template(for node: YAMLNode) throws(Failure) -> ValueTemplate {
        switch node.kind {
        case .scalar(_, .string(let text)):
            return try template(for: text, at: .everywhere(node.position))
        case .scalar(_, let value):
            return .literal(value)
        case .sequence(let elements):
            var templates: [ValueTemplate] = []
            for element in elements { templates.append(try template(for: element)) }
            return simplified(.array(templates))
        case .mapping(let members):
            var templates: [(name: String, value: ValueTemplate)] = []
            for member in members { templates.append((member.name, try template(for: member.value))) }
            return simplified(.object(templates))
        }
    }

    /// A container without references is a literal.
    private static func simplified(_ template: ValueTemplate) -> ValueTemplate {
        template.literalValue.map(ValueTemplate.literal) ?? template
    }

    /// The template for a text.
    static func template(for text: String, at places: Places) throws(Failure) -> ValueTemplate {
        var parser = TemplateParser(places: places)
        let parts = try parser.parts(of: text)
        switch parts.count {
        case 0: return .literal(.string(""))
        case 1:
            switch parts[0] {
            case .literal(let literal): return .literal(.string(literal))
            case .reference(let reference): return .reference(reference)
            }
        default: return .text(parts)
        }
    }

    private mutating func parts(of text: String) throws(Failure) -> [ValueTemplate.TextPart] {
        var parts: [ValueTemplate.TextPart] = []
        var literal = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            if scalar == "$", rest.starts(with: "$${".unicodeScalars) {
                literal += "${"
                advance(&rest, by: 3)
            } else if scalar == "$", rest.starts(with: "${".unicodeScalars) {
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                let position = position
                guard let end = rest.firstIndex(of: "}") else {
                    throw Failure(
                        problem: "`${` isn't closed", fix: "Write `$${` for the characters.",
                        position: position)
                }
                let inside = String(rest[rest.index(rest.startIndex, offsetBy: 2)..<end])
                parts.append(.reference(try Self.reference(inside, at: position)))
                advance(&rest, by: rest.distance(from: rest.startIndex, to: end) + 1)
            } else {
                literal.unicodeScalars.append(scalar)
                advance(&rest, by: 1)
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    private mutating func advance(_ rest: inout Substring.UnicodeScalarView, by count: Int) {
        for _ in 0..<count {
            guard let scalar = rest.popFirst() else { return }
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
    }

    private var position: SourcePosition {
        switch places {
        case .everywhere(let position): position
        case .file(let file): SourcePosition(file: file, line: line, column: column)
        }
    }

    /// Parses what stands between `${` and `}`.
    static func reference(_ text: String, at position: SourcePosition) throws(Failure) -> Reference {
        func failure(_ problem: String) -> Failure {
            Failure(
                problem: "`${\(text)}` \(problem)",
                fix:
                    "A reference names an input, a step or a variable, such as `${inputs.name}` or `${steps.id.rows[0]}`.",
                position: position)
        }
        var rest = text.unicodeScalars[...]
        var path: [Reference.PathComponent] = []
        guard let root = takeName(&rest) else { throw failure("doesn't start with a name") }
        while let scalar = rest.popFirst() {
            switch scalar {
            case ".":
                guard let name = takeName(&rest) else { throw failure("has a `.` without a name after it") }
                path.append(.key(name))
            case "[":
                guard let end = rest.firstIndex(of: "]"), let index = Int(String(rest[..<end])), index >= 0
                else {
                    throw failure("has a `[` without a number and `]` after it")
                }
                path.append(.index(index))
                rest = rest[rest.index(after: end)...]
            default:
                throw failure("is more than a reference: there is no expression language")
            }
        }
        guard ["inputs", "steps", "run"].contains(root) else {
            return Reference(root: .variable(root), path: path, position: position, text: text)
        }
        guard case .key(let name) = path.first else {
            throw failure("doesn't say which of `\(root)` it means")
        }
        path.removeFirst()
        let start: Reference.Root =
            switch root {
            case "inputs": .input(name)
            case "steps": .step(name)
            default: .run(name)
            }
        return Reference(root: start, path: path, position: position, text: text)
    }

    private static func takeName(_ rest: inout Substring.UnicodeScalarView) -> String? {
        let name = rest.prefix(while: isNameScalar)
        guard let first = name.first, first != "-" else { return nil }
        rest = rest.dropFirst(name.count)
        return String(name)
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "-" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }

    /// Whether `text` can name an input, a step or a variable.
    static func isName(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.isASCII && isNameScalar($0) }
            && (text.unicodeScalars.first.map { $0 != "-" && !("0"..."9").contains($0) } ?? false)
    }
}
