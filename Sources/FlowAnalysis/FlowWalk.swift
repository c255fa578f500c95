import JSONSchemas
import PolicyEngine
import Provenance
import WorkflowFormat

/// Follows untrusted data through the steps, without running any.
///
/// What a step gives to a later one, to the next item of its loop, or into a table only ever grows; the steps are gone
/// through again until nothing is new.
struct FlowWalk {
    /// An argument that lands somewhere, and the untrusted data in it.
    struct Arrival: Hashable {
        let sink: FlowSink
        let label: FlowLabel
        let isClosedChoice: Bool
    }

    private let workflow: Workflow
    private let tools: [String: ToolDefinition]
    private let tableUse: (ToolCall) -> RunTableUse?
    private(set) var arrivals: [Arrival] = []
    private var tables: [String: FlowLabel] = [:]
    /// The labels of a row of each loop, for the items that look back.
    private var rows: [String: FlowMap] = [:]
    /// What a planner has seen by the end of each agent step.
    private var seen: [String: FlowLabel] = [:]

    /// `tableUse`: what a call does with the run's tables; its arguments may lack those that are no literals.
    init(_ workflow: Workflow, tools: [ToolDefinition], tableUse: @escaping (ToolCall) -> RunTableUse?) {
        self.workflow = workflow
        self.tools = Dictionary(tools.map { ($0.name, $0) }) { first, _ in first }
        self.tableUse = tableUse
        var before: Memory
        repeat {
            before = memory
            arrivals = []
            var scope = FlowScope(workflow)
            walk(workflow.steps, &scope)
        } while memory != before
    }

    private struct Memory: Equatable {
        let tables: [String: FlowLabel]
        let rows: [String: FlowMap]
        let seen: [String: FlowLabel]
    }

    private var memory: Memory { Memory(tables: tables, rows: rows, seen: seen) }

    private mutating func walk(_ steps: [StepDefinition], _ scope: inout FlowScope) {
        for step in steps {
            let address = scope.address(of: step.id)
            scope.set(
                step: step.id,
                step.forEach.map { loop(step, $0, at: address, scope) } ?? once(step, at: address, scope))
        }
    }

    private mutating func loop(
        _ step: StepDefinition, _ loop: ForEach, at address: String, _ scope: FlowScope
    ) -> FlowMap {
        let item: FlowMap
        let source: FlowLabel
        switch loop.source {
        case .list(let template):
            let list = scope.evaluate(template)
            source = list.label
            item = list.member(FlowMap.anyMember).merged(with: elements(of: template, scope))
        case .segments(_, let template):
            source = scope.evaluate(template).label
            item = FlowMap(source)
        }
        let itemAddress = address + "[]"
        var inner = scope.nested(at: itemAddress)
        inner.set(variable: loop.variable, item)
        if let name = loop.soFar {
            let row = rows[address] ?? .trusted
            inner.set(
                variable: name,
                FlowMap(row.label.joined(with: source), members: [("items", list(source, of: row)), ("last", row)]))
        }
        var parts: [(name: String, labels: FlowMap)] = [("index", FlowMap(source)), ("item", item)]
        if case .group(let steps) = step.kind {
            walk(steps, &inner)
            parts += steps.map { ($0.id, inner.labels(ofStep: $0.id) ?? .trusted) }
        } else {
            parts.append(("result", once(step, at: itemAddress, inner)))
        }
        let row = FlowMap.composed(parts)
        rows[address] = rows[address].map { $0.merged(with: row) } ?? row
        return FlowMap(
            row.label.joined(with: source), members: [("items", list(source, of: row)), ("count", FlowMap(source))])
    }

    private func list(_ length: FlowLabel, of elements: FlowMap) -> FlowMap {
        FlowMap(length, elements: elements)
    }

    /// The elements of a list that the workflow itself writes down, each of which has an index of its own.
    private func elements(of template: ValueTemplate, _ scope: FlowScope) -> FlowMap {
        guard case .array(let elements) = template else { return .trusted }
        return elements.reduce(FlowMap.trusted) { $0.merged(with: scope.evaluate($1)) }
    }

    private mutating func once(_ step: StepDefinition, at address: String, _ scope: FlowScope) -> FlowMap {
        switch step.kind {
        case .call(let call): return self.call(call, at: address, scope)
        case .read(let read): return self.read(read, at: address, scope)
        case .agent(let agent): return self.agent(agent, at: address, scope)
        // What a person answers is the person's, whatever was shown.
        case .approve: return .trusted
        case .render(let render):
            let data = scope.evaluate(.object(render.data)).label.through(FlowHop(address))
            return FlowMap(.trusted, members: [("text", FlowMap(data))])
        case .group(let steps):
            var inner = scope.nested(at: address)
            walk(steps, &inner)
            return .composed(steps.map { ($0.id, inner.labels(ofStep: $0.id) ?? .trusted) })
        }
    }

    // MARK: - Calls

    private mutating func call(_ call: CallStep, at address: String, _ scope: FlowScope) -> FlowMap {
        guard let tool = tools[call.tool] else { return FlowMap(.from(FlowOrigin(tool: call.tool, step: address))) }
        var labels: [String: FlowLabel] = [:]
        for (name, template) in call.arguments {
            let label = scope.evaluate(template).label
            labels[name] = label
            arrive(tool, name, label, at: address, isClosedChoice: isClosedChoice(template))
        }
        let hop = FlowHop(address)
        return withTables(result(of: tool, labels, hop: hop), tool.name, call.arguments, labels, hop: hop)
    }

    private mutating func arrive(
        _ tool: ToolDefinition, _ argument: String, _ label: FlowLabel, at address: String, isPlanned: Bool = false,
        isClosedChoice: Bool = false
    ) {
        guard !label.isTrusted else { return }
        let role: FlowSink.Role
        if tool.sinkControl.contains(argument) {
            role = .control
        } else if tool.sinkContent.contains(argument) {
            role = .content
        } else {
            return
        }
        arrivals.append(
            Arrival(
                sink: FlowSink(
                    step: address, isPlanned: isPlanned, tool: tool.name, argument: argument, role: role),
                label: label, isClosedChoice: isClosedChoice))
    }

    /// The labels of a result: each field's own and those of the arguments it depends on.
    private func result(of tool: ToolDefinition, _ arguments: [String: FlowLabel], hop: FlowHop) -> FlowMap {
        tool.resultLabels(trails: []) { field in
            let others = arguments.filter { field?.apartFrom.contains($0.key) != true }.values
            let given = FlowLabel.joining(others).through(hop)
            let integrity = field.flatMap { Integrity(name: $0.integrity) } ?? .untrusted
            guard integrity == .untrusted, tool.origin == .outside || given.isTrusted else { return given }
            return given.joined(with: .from(FlowOrigin(tool: tool.name, step: hop.step)))
        }
    }

    /// Through the tables of the run: a row that is read may hold whatever was written to the tables it may come from.
    private mutating func withTables(
        _ result: FlowMap, _ tool: String, _ arguments: [(name: String, value: ValueTemplate)],
        _ labels: [String: FlowLabel], hop: FlowHop
    ) -> FlowMap {
        var known = JSONObject()
        var all = JSONObject()
        for (name, template) in arguments {
            if let literal = template.literalValue { known[name] = literal }
            all[name] = template.literalValue ?? .null
        }
        guard
            let use = tableUse(ToolCall(tool: tool, arguments: known)) ?? tableUse(ToolCall(tool: tool, arguments: all))
        else { return result }
        switch use {
        case .writes(let table):
            let given = FlowLabel.joining(labels.values).through(hop)
            tables[table] = (tables[table] ?? FlowLabel.trusted).joined(with: given)
            return result
        case .reads(let names):
            // A table whose name isn't written down may be any.
            let read = names.map { $0 + [""] } ?? Array(tables.keys)
            let held = FlowLabel.joining(read.compactMap { tables[$0] }).through(hop)
            guard !held.isTrusted, tools[tool]?.origin == .arguments else { return result.joined(with: held) }
            // What the tables hold accounts for what is read; the tool adds nothing of its own.
            let own = FlowOrigin(tool: tool, step: hop.step)
            return result.map { $0.without(own).joined(with: held) }
        }
    }

    private func isClosedChoice(_ template: ValueTemplate) -> Bool {
        switch template {
        case .reference(let reference):
            guard case .step(let id) = reference.root, let step = workflow.step(id), step.forEach == nil,
                case .read(let read) = step.kind
            else { return false }
            let tokens = reference.pointer.tokens
            return tokens.first == "value" && read.isClosedChoice(Array(tokens.dropFirst()))
        case .array(let elements):
            return !elements.isEmpty && elements.allSatisfy { $0.literalValue != nil || isClosedChoice($0) }
        case .literal, .text, .object: return false
        }
    }

    // MARK: - Models

    /// A reading gives what its text says, and how little of that fits a closed field.
    private func read(_ read: ReadStep, at address: String, _ scope: FlowScope) -> FlowMap {
        var templates = read.data + [read.context].compactMap { $0 } + read.choices.map(\.from)
        // What was decided before is part of what comes out.
        templates += read.choices.compactMap { $0.examples?.list }
        let given = FlowLabel.joining(templates.map { scope.evaluate($0).label })
        var result = FlowMap(given.through(FlowHop(address)))
        for field in SchemaCapacity(of: read.schema).fields {
            guard let tokens = try? JSONPointer(parsing: field.pointer).tokens else { continue }
            let isChoice = read.choices.contains { $0.pointer == field.pointer || $0.field != nil }
            guard let remainder = isChoice ? "one of a list" : Self.words(forBits: field.bits) else { continue }
            result.set(given.through(FlowHop(address, remainder: remainder)), at: ["value"] + tokens)
        }
        return result
    }

    /// `1 of 6` for the capacity of a closed choice; nil where there is more to it.
    private static func words(forBits bits: Double?) -> String? {
        guard let bits, bits <= 16 else { return nil }
        var count = 1
        while Double(count) < 65_536, Self.log2(count) < bits - 1e-9 { count += 1 }
        return "1 of \(count)"
    }

    /// The binary logarithm of a small whole number, to nine digits.
    private static func log2(_ count: Int) -> Double {
        let value = Double(count)
        var result = Double(value.exponent)
        var rest = value.significand
        var bit = 0.5
        while bit > 1e-12 {
            rest *= rest
            if rest >= 2 {
                rest /= 2
                result += bit
            }
            bit /= 2
        }
        return result
    }

    /// A planner's arguments may hold whatever it has seen: its data, and the results of its own calls.
    private mutating func agent(_ agent: AgentStep, at address: String, _ scope: FlowScope) -> FlowMap {
        let hop = FlowHop(address)
        let data = FlowLabel.joining((agent.data + agent.choices.map(\.from)).map { scope.evaluate($0).label })
        let before = (seen[address] ?? FlowLabel.trusted).joined(with: data)
        var after = before
        for offered in agent.tools {
            guard let tool = tools[offered.tool] else { continue }
            var labels: [String: FlowLabel] = [:]
            for (name, template) in offered.bound {
                let label = scope.evaluate(template).label
                labels[name] = label
                arrive(tool, name, label, at: address, isClosedChoice: isClosedChoice(template))
            }
            // Optional arguments that the workflow doesn't bind are never offered.
            let root = tool.arguments.rootNode
            for property in root.properties
            where root.isRequired(property.name) && labels[property.name] == nil {
                labels[property.name] = before.through(hop)
                arrive(tool, property.name, before.through(hop), at: address, isPlanned: true)
            }
            let result = withTables(
                self.result(of: tool, labels, hop: hop), tool.name, offered.bound, labels, hop: hop)
            after = after.joined(with: result.label)
        }
        seen[address] = after
        return FlowMap(after.through(hop))
    }
}
