import JSONSchemas
import Provenance
import ToolExecution
import WorkflowFormat

/// Where handles come from: results of tools whose manifests say which fields name a record.
extension Run {
    /// The handles in what an agent's own call gave.
    func addHandles(
        from observation: Labelled<Observation>, of tool: String, to handles: inout HandleTable
    ) -> [HandleTable.Handle] {
        guard let value = observation.value.value, let definition = configuration.registry.definition(tool) else {
            return []
        }
        return handles.add(from: value, handlePatterns(of: definition)) { observation.fields.at($0.tokens).label }
    }

    /// The handles in an agent's data: what of it is the result of a tool, or an item of one.
    func addHandles(
        from data: [ValueTemplate], of address: String, to handles: inout HandleTable, in scope: Scope
    ) throws -> [HandleTable.Handle] {
        var added: [HandleTable.Handle] = []
        for reference in data.flatMap(\.references) {
            guard let (definition, path) = toolResult(reference, at: address) else { continue }
            let patterns = handlePatterns(of: definition).compactMap { pattern -> (tokens: [String], kind: String)? in
                guard pattern.tokens.count >= path.count,
                    zip(pattern.tokens, path).allSatisfy({ $0 == $1 || $0 == "*" && ($1 == "*" || Int($1) != nil) })
                else { return nil }
                return (Array(pattern.tokens.dropFirst(path.count)), pattern.kind)
            }
            guard !patterns.isEmpty else { continue }
            added += try handles.add(from: scope.lookUp(reference).value, patterns) { pointer in
                try scope.lookUp(reference.appending(pointer)).label
            }
        }
        return added
    }

    /// Where a tool's result names records: what its manifest says, and what it or the policy vouches for.
    private func handlePatterns(of tool: ToolDefinition) -> [(tokens: [String], kind: String)] {
        let stated = tool.handles.compactMap { handle in
            (try? JSONPointer(parsing: handle.pointer)).map { (tokens: $0.tokens, kind: handle.kind) }
        }
        let rules = configuration.workflow.policy.tools.filter { $0.tool == tool.name }
        let vouched = (tool.vouches + rules.flatMap(\.vouches)).flatMap { rule in
            // A list of records, or the one record.
            [["*"], []].map { (tokens: rule.records.tokens + $0 + rule.handle.tokens, kind: rule.kind) }
        }
        return stated + vouched
    }

    /// The tool whose result, or part of it, a reference names, and the way into that result with `*` for an element
    /// that a loop is at.
    private func toolResult(_ reference: Reference, at address: String) -> (ToolDefinition, path: [String])? {
        switch reference.root {
        case .step(let id):
            guard let step = configuration.workflow.step(id), step.forEach == nil, case .call(let call) = step.kind,
                let definition = configuration.registry.definition(call.tool)
            else { return nil }
            return (definition, reference.pointer.tokens)
        case .variable(let name):
            // The innermost loop that encloses the agent and has this variable.
            let id = Self.stepID(of: address)
            let loops = configuration.workflow.path(to: id).compactMap(\.forEach).filter { $0.variable == name }
            guard case .list(.reference(let list))? = loops.last?.source,
                let (definition, path) = toolResult(list, at: address)
            else { return nil }
            return (definition, path + ["*"] + reference.pointer.tokens)
        case .input, .run: return nil
        }
    }

    /// The id of the step at `address`, without the steps around it and the item it is at.
    static func stepID(of address: String) -> String {
        let last = address.split(separator: "/").last ?? ""
        return String(last.prefix { $0 != "[" && $0 != "#" })
    }

    /// Whether a template is exactly a closed choice or a boolean that a `read` made, or a list of such.
    func isClosedChoice(_ template: ValueTemplate) -> Bool {
        switch template {
        case .reference(let reference):
            guard case .step(let id) = reference.root, let step = configuration.workflow.step(id),
                step.forEach == nil, case .read(let read) = step.kind
            else { return false }
            let tokens = reference.pointer.tokens
            return tokens.first == "value" && read.isClosedChoice(Array(tokens.dropFirst()))
        case .array(let elements):
            return !elements.isEmpty && elements.contains { isClosedChoice($0) }
                && elements.allSatisfy { $0.literalValue != nil || isClosedChoice($0) }
        case .literal, .text, .object: return false
        }
    }
}

extension Reference {
    /// The reference to a part of what this one names.
    fileprivate func appending(_ pointer: JSONPointer) -> Reference {
        Reference(
            root: root,
            path: path + pointer.tokens.map { token in Int(token).map { .index($0) } ?? .key(token) },
            position: position, text: text + pointer.description)
    }
}
