import FlowAnalysis
import JSONSchemas
import Orchestration
import Supervisor
import ToolExecution
import WorkflowFormat

/// A workflow as the page draws it: its steps, where each gets its values, and the ways of untrusted data.
struct WorkflowOutline {
    private var steps: [WorkflowView.Step] = []
    private var addresses: [String: String] = [:]

    /// The view of a workflow file; one that can't be used is shown with what is wrong.
    static func view(path: String, registry: ToolRegistry) -> WorkflowView {
        do {
            let workflow = try Workflow.load(path: path, tools: registry.definitions)
            _ = try WorkflowCheck.check(workflow, registry: registry)
            var outline = WorkflowOutline()
            outline.add(workflow.steps, below: "", depth: 0, variables: [:])
            return WorkflowView(
                name: workflow.name, description: workflow.description, path: workflow.file,
                inputs: workflow.inputs.map {
                    WorkflowView.Input(name: $0.name, isUntrusted: $0.trust == .untrusted)
                },
                steps: outline.steps,
                flows: WorkflowCheck.flows(of: workflow, registry: registry).flows.map(Self.flow), problems: [])
        } catch {
            let parts = path.split(separator: "/").filter { $0 != "workflow.yaml" }
            return WorkflowView(
                name: parts.last.map(String.init) ?? path, description: "", path: path, inputs: [], steps: [],
                flows: [],
                problems: CommandFailure(error).description.split(separator: "\n").map { String($0) })
        }
    }

    private static func flow(_ flow: Flow) -> WorkflowView.Flow {
        WorkflowView.Flow(
            origin: flow.origin.description,
            originName: flow.origin.kind == .input ? flow.origin.name : flow.origin.step,
            isFromInput: flow.origin.kind == .input, path: flow.path.map(\.step), step: flow.sink.step,
            tool: flow.sink.tool, argument: flow.sink.argument, role: flow.sink.role.rawValue,
            decision: flow.barrier.decision.rawValue,
            barrier: flow.barrier.description)
    }

    /// `variables`: what each name of an enclosing loop stands for.
    private mutating func add(
        _ definitions: [StepDefinition], below parent: String, depth: Int, variables: [String: [Reference]]
    ) {
        for step in definitions {
            var variables = variables
            var references = step.when.map { [$0.reference] } ?? []
            var conditions = step.when.map { ["when \(Self.text($0))"] } ?? []
            if let loop = step.forEach {
                let source =
                    switch loop.source {
                    case .list(let list): list.references
                    case .segments(_, let text): text.references
                    }
                references += source
                variables[loop.variable] = source
                conditions.append("for each \(source.map(\.description).joined(separator: ", "))")
            }
            let address = parent + step.id + (step.forEach == nil ? "" : "[]")
            addresses[step.id] = address
            let (kind, tools, used) = Self.facts(of: step.kind)
            let roots = Self.roots(references + used, variables)
            steps.append(
                WorkflowView.Step(
                    address: address, kind: kind, tools: tools,
                    sources: Self.unique(
                        roots.compactMap { if case .step(let id) = $0 { addresses[id] } else { nil } }),
                    inputs: Self.unique(roots.compactMap { if case .input(let name) = $0 { name } else { nil } }),
                    depth: depth, condition: conditions.joined(separator: ", ")))
            if case .group(let inner) = step.kind {
                add(inner, below: address + "/", depth: depth + 1, variables: variables)
            }
        }
    }

    /// The inputs and steps that references start from, those of loops followed to where their items come from.
    private static func roots(_ references: [Reference], _ variables: [String: [Reference]]) -> [Reference.Root] {
        references.flatMap { reference -> [Reference.Root] in
            guard case .variable(let name) = reference.root else { return [reference.root] }
            var outer = variables
            outer[name] = nil
            return roots(variables[name] ?? [], outer)
        }
    }

    private static func facts(of kind: StepKind) -> (kind: String, tools: [String], references: [Reference]) {
        switch kind {
        case .call(let call): ("call", [call.tool], call.arguments.flatMap(\.value.references))
        case .read(let read):
            (
                "read", [],
                (read.data + (read.context.map { [$0] } ?? [])).flatMap(\.references) + read.instruction.references
                    + read.choices.flatMap(\.references)
            )
        case .agent(let agent):
            (
                "agent", unique(agent.tools.map(\.tool)),
                agent.data.flatMap(\.references) + agent.goal.references
                    + agent.tools.flatMap { $0.bound.flatMap(\.value.references) }
                    + agent.choices.flatMap(\.from.references)
            )
        case .approve(let gate): ("approve", [], gate.data.flatMap(\.value.references))
        case .render(let render): ("render", [], render.data.flatMap(\.value.references))
        case .group: ("group", [], [])
        }
    }

    private static func text(_ condition: Condition) -> String {
        switch condition.comparison {
        case .equal(let value): "\(condition.reference) == \(value.serialized())"
        case .notEqual(let value): "\(condition.reference) != \(value.serialized())"
        case .isTrue: "\(condition.reference)"
        case .isEmpty: "not \(condition.reference)"
        }
    }

    private static func unique(_ names: [String]) -> [String] {
        var known = Set<String>()
        return names.filter { known.insert($0).inserted }
    }
}
