import JSONSchemas
public import Reports

extension Pages {
    /// The page of workflows.
    public static func workflows(_ view: WorkflowsView, in frame: PageFrame) throws(ReportError) -> String {
        let items = view.workflows.map { item -> JSONValue in
            [
                "name": .string(name(item.name)), "href": .string(PagePath.workflow(item.name)),
                "description": .string(item.description), "broken": .bool(item.isBroken),
                "runs_href": .string(PagePath.runs(of: item.name)),
            ]
        }
        let content = try PageTemplate.workflows.filled([
            "has_workflows": .bool(!items.isEmpty), "workflows": .array(items),
        ])
        return try page("Workflows", content, in: frame, name: "workflows")
    }

    /// The page of one workflow.
    public static func workflow(_ view: WorkflowView, in frame: PageFrame) throws(ReportError) -> String {
        let steps = view.steps.map { step -> JSONValue in
            [
                "address": .string(name(step.address)), "kind": .string(step.kind),
                "tools": .string(step.tools.joined(separator: ", ")),
                "uses": .string((step.inputs.map { "input \($0)" } + step.sources).joined(separator: ", ")),
                "condition": .string(step.condition),
            ]
        }
        let flows = flowRows(view.flows)
        let content = try PageTemplate.workflow.filled(
            [
                "name": .string(name(view.name)), "description": .string(view.description),
                "path": .string(view.path), "runs_href": .string(PagePath.runs(of: view.name)),
                "problems": strings(view.problems), "has_steps": .bool(!steps.isEmpty),
                "has_flows": .bool(!flows.isEmpty), "flows": .array(flows), "steps": .array(steps),
            ], parts: ["graph": try WorkflowDrawing(view).markup()])
        return try page(name(view.name), content, in: frame, name: "workflow")
    }

    /// One row an argument, with every way to it.
    private static func flowRows(_ flows: [WorkflowView.Flow]) -> [JSONValue] {
        var order: [String] = []
        var groups: [String: [WorkflowView.Flow]] = [:]
        for flow in flows {
            let key = "\(flow.step)\u{0}\(flow.tool)\u{0}\(flow.argument)"
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(flow)
        }
        return order.compactMap { key in
            guard let group = groups[key], let first = group.first else { return nil }
            return [
                "sink": .string("\(first.step).\(first.argument)"), "tool": .string(first.tool),
                "role": .string(first.role == "control" ? "where a call lands" : "what a call carries"),
                "decision": .string(first.decision), "barrier": .string(first.barrier),
                "ways": strings(group.map { ([$0.origin] + $0.path).joined(separator: " \u{2192} ") }),
            ]
        }
    }
}
