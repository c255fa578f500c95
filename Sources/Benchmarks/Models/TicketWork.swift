import ConstrainedDecoding
import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import Provenance

/// Short texts to be classified, all different: the same work for every measurement.
struct TicketWork: Sendable {
    private static let label = Label.trusted(.workflow())
    private static let schema: JSONValue = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "component": ["enum": ["login", "billing", "export", "search", "other"]],
            "severity": ["enum": ["low", "medium", "high"]],
            "is_bug": ["type": "boolean"], "summary": ["type": "string", "maxLength": 60],
        ],
        "required": ["component", "severity", "is_bug", "summary"],
    ]
    private static let subjects = [
        "The login page", "An invoice of last month", "The CSV export", "Full-text search", "The mobile app",
        "A password reset", "The nightly report",
    ]
    private static let faults = [
        "shows an empty screen", "takes forty seconds", "names the wrong customer", "ends with error 500",
        "works, but I would like it in German", "lost my last change",
    ]

    let grammar: Grammar
    private let form: JSONValue

    init() throws {
        let schema = try JSONSchema(Self.schema)
        grammar = try Grammar(schema: schema)
        form = schema.source
    }

    func answer(_ number: Int, _ generator: ConstrainedGenerator, dialect: ChatDialect) async throws -> Generation {
        let text =
            Self.subjects[number % Self.subjects.count] + " " + Self.faults[number / 7 % Self.faults.count]
            + ", ticket \(number). It happened after step \(number * 7 % 23) of the guide."
        let prompt = Prompt([
            PromptSegment(.template, dialect.systemPrefix, label: Self.label),
            PromptSegment(
                .instruction,
                "You sort support tickets. Answer with one JSON object: component, severity, is_bug and a summary of at most sixty characters. "
                    + "High severity is loss of data or money, low is a wish, everything else is medium.",
                label: Self.label),
            PromptSegment(.template, dialect.turnEnd + dialect.userPrefix, label: Self.label),
            PromptSegment(.data, text, label: Self.label),
            PromptSegment(.template, dialect.turnEnd + dialect.assistantPrefix, label: Self.label),
        ])
        return try await generator.generate(
            prompt, grammar: grammar, form: form, request: RequestID(address: "ticket[\(number)]"), tokenLimit: 120)
    }
}
