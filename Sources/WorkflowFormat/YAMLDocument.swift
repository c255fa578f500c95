import JSONSchemas
import Yams

/// Reads one YAML document into nodes with positions.
struct YAMLDocument {
    static let nodeLimit = 100_000
    static let depthLimit = 100

    let root: YAMLNode

    init(text: String, file: String, subject: String) throws(WorkflowErrors) {
        let converter = YAMLConverter(file: file, subject: subject)
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw WorkflowError(
                    position: SourcePosition(file: file), subject: subject, problem: "the file is empty")
            }
            var counted = converter
            root = try counted.convert(node, depth: 0)
        } catch let error as WorkflowError {
            throw WorkflowErrors([error])
        } catch let error as YamlError {
            throw WorkflowErrors([converter.error(for: error)])
        } catch {
            throw WorkflowErrors([
                WorkflowError(
                    position: SourcePosition(file: file), subject: subject, problem: "it isn't YAML")
            ])
        }
    }
}

private struct YAMLConverter {
    let file: String
    let subject: String
    /// Aliases make small files large; what they stand for is counted each time.
    private var nodeCount = 0

    init(file: String, subject: String) {
        self.file = file
        self.subject = subject
    }

    mutating func convert(_ node: Node, depth: Int) throws(WorkflowError) -> YAMLNode {
        let position = position(node.mark)
        nodeCount += 1
        guard nodeCount <= YAMLDocument.nodeLimit else {
            throw failure(position, "it has more than \(YAMLDocument.nodeLimit) values")
        }
        guard depth <= YAMLDocument.depthLimit else {
            throw failure(position, "it is nested deeper than \(YAMLDocument.depthLimit)")
        }
        switch node {
        case .scalar(let scalar):
            return YAMLNode(kind: try convert(scalar, at: position), position: position)
        case .sequence(let sequence):
            try refuse(sequence.tag, at: position)
            var elements: [YAMLNode] = []
            for element in sequence {
                elements.append(try convert(element, depth: depth + 1))
            }
            return YAMLNode(kind: .sequence(elements), position: position)
        case .mapping(let mapping):
            try refuse(mapping.tag, at: position)
            var members: [YAMLMember] = []
            for (key, value) in mapping {
                let keyPosition = self.position(key.mark)
                guard case .scalar(let name) = key else { throw failure(keyPosition, "a key isn't a string") }
                members.append(
                    YAMLMember(
                        name: name.string, namePosition: keyPosition,
                        value: try convert(value, depth: depth + 1)))
            }
            return YAMLNode(kind: .mapping(members), position: position)
        case .alias:
            throw failure(position, "an alias stands for nothing")
        }
    }

    private func convert(
        _ scalar: Node.Scalar, at position: SourcePosition
    ) throws(WorkflowError) -> YAMLNode.Kind {
        let text = scalar.string
        // The parser gives quoted and block scalars the tag of a string.
        if scalar.style != .plain || scalar.tag.rawValue == Tag.Name.str.rawValue {
            return .scalar(text: text, value: .string(text))
        }
        try refuse(scalar.tag, at: position)
        return .scalar(text: text, value: YAMLScalar.value(ofPlain: text))
    }

    private func refuse(_ tag: Tag, at position: SourcePosition) throws(WorkflowError) {
        guard tag.rawValue.isEmpty else {
            throw failure(position, "the tag `\(tag.rawValue)` is not supported")
        }
    }

    private func position(_ mark: Mark?) -> SourcePosition {
        SourcePosition(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private func failure(_ position: SourcePosition, _ problem: String) -> WorkflowError {
        WorkflowError(position: position, subject: subject, problem: problem)
    }

    func error(for error: YamlError) -> WorkflowError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let reason = [context.map { "\($0.text) at line \($0.mark.line)" }, problem].compactMap(\.self)
            return failure(position(mark), "it isn't YAML: " + reason.joined(separator: ", "))
        case .duplicatedKeysInMapping(let keys, let context):
            return WorkflowError(
                position: position(context.mark), subject: subject,
                problem:
                    "the key \(keys.map { "`\($0)`" }.joined(separator: ", ")) occurs twice in one mapping",
                fix: "Keep one of them.")
        case .reader(let problem, _, _, _):
            return failure(position(nil), "it isn't YAML: \(problem)")
        default:
            return failure(position(nil), "it isn't YAML")
        }
    }
}
