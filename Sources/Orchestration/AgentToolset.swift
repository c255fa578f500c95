import JSONSchemas
import Planning
import ToolExecution
import WorkflowFormat

/// What an agent step offers its planner: the step's tools without their bound arguments, and the two ways to end.
struct AgentToolset {
    /// How an agent step ends.
    enum Ending: Equatable {
        case finished(JSONValue)
        case gaveUp(reason: String, note: String)
        case stuck

        /// The ending a proposal stands for, if it is one.
        init?(_ proposal: Proposal) {
            switch proposal.tool {
            case AgentToolset.finish: self = .finished(.object(proposal.arguments))
            case AgentToolset.giveUp:
                self = .gaveUp(
                    reason: proposal.arguments["reason"]?.stringValue ?? "needs_person",
                    note: proposal.arguments["note"]?.stringValue ?? "")
            default: return nil
            }
        }

        /// The step's typed outcome.
        var outcome: String {
            switch self {
            case .finished: "done"
            case .gaveUp(let reason, _): reason
            case .stuck: "stuck"
            }
        }

        /// The step's value: null where there is no result.
        var value: JSONValue {
            if case .finished(let value) = self { value } else { .null }
        }
    }

    static let finish = "finish"
    static let giveUp = "give_up"

    private let tools: [AgentTool]
    private let offers: [OfferedTool]
    private let endings: [OfferedTool]
    /// How often each tool must be called.
    private let required: [String: Int]

    init(_ step: AgentStep, registry: ToolRegistry, address: String) throws {
        tools = step.tools
        required = step.require.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        var offers: [OfferedTool] = []
        for tool in step.tools {
            guard let definition = registry.definition(tool.tool) else {
                throw Halt(.badData, "Can't offer `\(tool.tool)` in step `\(address)`: there is no such tool.")
            }
            let schema = try Self.schema(definition.arguments, without: tool.bound.map(\.name), hiding: tool, address)
            offers.append(OfferedTool(name: tool.name ?? tool.tool, summary: definition.summary, arguments: schema))
        }
        self.offers = offers
        do {
            endings = [
                OfferedTool(
                    name: Self.finish, summary: "End the work and give the result.", arguments: step.result),
                OfferedTool(
                    name: Self.giveUp, summary: "End the work when the result can't be found.",
                    arguments: try JSONSchema([
                        "type": "object",
                        "properties": [
                            "reason": ["enum": ["not_found", "needs_person"]],
                            "note": ["type": "string", "maxLength": 200],
                        ],
                        "required": ["reason", "note"], "additionalProperties": false,
                    ])),
            ]
        } catch {
            throw Halt(.badData, "Can't offer the result of step `\(address)`: \(error)")
        }
    }

    /// Everything that is ever on offer: what the prompt lists, the same in all turns.
    var all: [OfferedTool] { offers + endings }

    /// What may be called in this turn. The ways to end open once the required tools were called, and are the only
    /// calls of the last turn, so that the loop always ends in a typed result.
    func offered(turn: Int, of limit: Int, called: [String: Int]) -> [OfferedTool] {
        if turn >= limit { return endings }
        let missing = required.filter { called[$0.key, default: 0] < $0.value }
        if missing.isEmpty { return offers + endings }
        // With just enough turns left for what is required, nothing else is on offer.
        let count = missing.reduce(0) { $0 + $1.value - called[$1.key, default: 0] }
        return limit - turn <= count ? offers.filter { missing[$0.name] != nil } : offers
    }

    func tool(named name: String) -> AgentTool? {
        tools.first { ($0.name ?? $0.tool) == name }
    }

    /// The schema of the arguments the model writes: the bound ones are left out, and so are optional control
    /// arguments such as another folder or table, which only a workflow may choose.
    private static func schema(
        _ schema: JSONSchema, without bound: [String], hiding tool: AgentTool, _ address: String
    ) throws -> JSONSchema {
        guard var object = schema.source.objectValue, var properties = object["properties"]?.objectValue else {
            return schema
        }
        let needed = (object["required"]?.arrayValue ?? []).compactMap(\.stringValue).filter { !bound.contains($0) }
        for name in properties.keys where !needed.contains(name) { properties.removeValue(forKey: name) }
        object["properties"] = .object(properties)
        object["required"] = .array(needed.map { .string($0) })
        do {
            return try JSONSchema(.object(object))
        } catch {
            throw Halt(.badData, "Can't offer `\(tool.tool)` in step `\(address)`: \(error)")
        }
    }
}
