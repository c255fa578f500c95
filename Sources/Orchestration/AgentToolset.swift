import JSONSchemas
import Planning
import PolicyEngine
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
    let required: [String: Int]
    /// The arguments that may be references, by the tool's name for the model.
    private var referable: [String: [ReferableArgument]] = [:]
    /// What a plan may settle of each tool: where a call lands.
    private var settleable: [String: [String]] = [:]
    /// The tools without any effect.
    private(set) var readers: Set<String> = []

    init(_ step: AgentStep, registry: ToolRegistry, policy: PolicyDefinition, address: String) throws {
        tools = step.tools
        required = step.require.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        let vouchedKinds = Set((registry.definitions.flatMap(\.vouches) + policy.tools.flatMap(\.vouches)).map(\.kind))
        var offers: [OfferedTool] = []
        for tool in step.tools {
            guard let definition = registry.definition(tool.tool) else {
                throw Halt(.badData, "Can't offer `\(tool.tool)` in step `\(address)`: there is no such tool.")
            }
            let schema = try Self.schema(definition.arguments, without: tool.bound.map(\.name), hiding: tool, address)
            let name = tool.name ?? tool.tool
            offers.append(OfferedTool(name: name, summary: definition.summary, arguments: schema))
            let written = schema.rootNode.properties.map(\.name)
            referable[name] = ReferableArgument.all(
                of: definition, written: written, under: policy, vouchedKinds: vouchedKinds)
            settleable[name] = written.filter(definition.sinkControl.contains)
            if definition.effect == .pure { readers.insert(name) }
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

    /// The kinds of record that arguments may refer to; empty where no argument may be a reference.
    var referableKinds: Set<String> { Set(referable.values.flatMap { $0.map(\.kind) }) }

    /// The tools as a plan names them, with the arguments of each that it may settle.
    var plannable: [(tool: OfferedTool, settleable: [String])] {
        offers.map { ($0, settleable[$0.name] ?? []) }
    }

    /// The kind of record that an argument may refer to; nil where it is always a literal.
    func kind(of argument: String, of tool: String) -> String? {
        referable[tool]?.first { $0.name == argument }?.kind
    }

    /// What may be called in this turn. The ways to end open once the required tools were called, and are the only
    /// calls of the last turn, so that the loop always ends in a typed result.
    func offered(
        turn: Int, of limit: Int, called: [String: Int], handles: HandleTable, isTainted: Bool, lock: PlanLock?,
        address: String
    ) throws -> [OfferedTool] {
        if turn >= limit { return endings }
        let permitted = lock.map { lock in offers.filter { lock.openTools.contains($0.name) } } ?? offers
        let open = try permitted.map {
            try $0.with(
                arguments(of: $0, handles: handles, isTainted: isTainted, settled: lock?.settled($0.name)),
                address: address)
        }
        let missing = required.filter { called[$0.key, default: 0] < $0.value }
        if missing.isEmpty { return open + endings }
        // With just enough turns left for what is required, nothing else is on offer.
        let count = missing.reduce(0) { $0 + $1.value - called[$1.key, default: 0] }
        let needed = limit - turn <= count ? open.filter { missing[$0.name] != nil } : open
        if !needed.isEmpty { return needed }
        // Where a plan leaves nothing to call, the work has to end without.
        return open.isEmpty ? endings : open
    }

    /// The schemas that are other ones than the tool's own in this turn: references beside literals, and what the plan
    /// has settled.
    private func arguments(
        of tool: OfferedTool, handles: HandleTable, isTainted: Bool, settled: JSONObject?
    ) -> JSONObject {
        var changed = JSONObject()
        let properties = tool.arguments.source["properties"]?.objectValue ?? JSONObject()
        for argument in referable[tool.name] ?? [] {
            guard let literal = properties[argument.name] else { continue }
            changed[argument.name] = argument.schema(
                literal, handles: handles.handles(of: argument.kind), isTainted: isTainted)
        }
        for (name, value) in settled ?? JSONObject() where properties[name] != nil {
            changed[name] = ["const": value]
        }
        return changed
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

extension OfferedTool {
    /// The same tool with other schemas for some of its arguments.
    fileprivate func with(_ changed: JSONObject, address: String) throws -> OfferedTool {
        guard !changed.isEmpty, var object = arguments.source.objectValue,
            var properties = object["properties"]?.objectValue
        else { return self }
        for (name, schema) in changed { properties[name] = schema }
        object["properties"] = .object(properties)
        do {
            return OfferedTool(name: name, summary: summary, arguments: try JSONSchema(.object(object)))
        } catch {
            throw Halt(.badData, "Can't offer `\(name)` in step `\(address)`: \(error)")
        }
    }
}
