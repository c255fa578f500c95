import JSONSchemas
import Redaction
import WorkflowFormat

/// What a command gave a run, with what must not be recorded replaced, or refused where a place would be another one then.
struct InputRedaction {
    let redactor: Redactor
    private(set) var tally = RedactionTally()

    init(_ redactor: Redactor) {
        self.redactor = redactor
    }

    /// The texts of the command by input, as they are recorded.
    mutating func texts(
        _ given: [String: String], for definitions: [InputDefinition]
    ) throws(RunStartError) -> [String: String] {
        var result = given
        for definition in definitions {
            guard let text = given[definition.name] else { continue }
            if definition.type.isPlace {
                try refuse(text, "input `\(definition.name)`")
            } else {
                result[definition.name] = redactor.redact(text, tally: &tally)
            }
        }
        return result
    }

    /// The values that the inputs have, also those that the workflow or a file gave.
    mutating func values(
        _ inputs: [String: StepResult], for definitions: [InputDefinition]
    ) throws(RunStartError) -> [String: StepResult] {
        var result = inputs
        for definition in definitions {
            guard let input = inputs[definition.name] else { continue }
            if definition.type.isPlace {
                for text in (input.value.arrayValue ?? [input.value]).compactMap(\.stringValue) {
                    try refuse(text, "input `\(definition.name)`")
                }
            } else {
                result[definition.name] = StepResult(
                    redactor.redact(input.value, tally: &tally), labels: input.labels,
                    isProvisional: input.isProvisional)
            }
        }
        return result
    }

    /// Refuses a place that can't be recorded as it is.
    func refuse(_ text: String, _ name: String) throws(RunStartError) {
        let found = redactor.floor.classes(in: text)
        guard !found.isEmpty else { return }
        throw RunStartError(
            "Can't use \(name): it has a value of class \(found.map { "`\($0)`" }.joined(separator: ", ")) in it, which is "
                + "not recorded, and without it the record would name another place. Use a name or a command without it."
        )
    }
}

extension InputDefinition.Kind {
    /// Whether a value says where something is, so that replacing a part of it would say something else.
    fileprivate var isPlace: Bool {
        switch self {
        case .file, .folder, .command: true
        case .string, .integer, .boolean, .list, .lines: false
        }
    }
}
