public import JSONSchemas
import WorkflowFormat

extension WorkflowFlows {
    /// The flows for people, one group a reached argument: what stands between, and below it each way.
    public var lines: [String] {
        var lines: [String] = []
        var last: FlowSink?
        for flow in flows {
            if flow.sink != last { lines.append("  \(flow.sink): \(flow.barrier.description)") }
            last = flow.sink
            lines.append("    from \(flow.way)")
        }
        return lines
    }
}

extension Flow {
    /// Steps that are named at each end of a long way.
    private static let shownAtEachEnd = 2

    /// `tickets (untrusted) -> load -> triage[]/class (1 of 6)`
    var way: String {
        // A planner's own step is where the sink is.
        let steps = (path.last?.step == sink.step ? path.dropLast() : path[...]).map(\.description)
        guard steps.count > 2 * Self.shownAtEachEnd + 1 else {
            return ([origin.description] + steps).joined(separator: " -> ")
        }
        let left = steps.count - 2 * Self.shownAtEachEnd
        let shown = steps.prefix(Self.shownAtEachEnd) + ["(\(left) steps)"] + steps.suffix(Self.shownAtEachEnd)
        return ([origin.description] + shown).joined(separator: " -> ")
    }

    /// `{"sink": {...}, "origin": {...}, "path": [...], "decision": ..., "rule": ..., "limits": [...]}`
    public var json: JSONObject {
        [
            "sink": [
                "step": .string(sink.step), "tool": .string(sink.tool), "argument": .string(sink.argument),
                "role": .string(sink.role.rawValue), "planned": .bool(sink.isPlanned),
            ],
            "origin": [
                "kind": .string(origin.kind.rawValue), "name": .string(origin.name), "step": .string(origin.step),
            ],
            "path": .array(
                path.map { ["step": .string($0.step), "remainder": $0.remainder.map { .string($0) } ?? .null] }),
            "decision": .string(barrier.decision.rawValue), "rule": .string(barrier.rule),
            "limits": .array(barrier.limits.map { .string($0) }),
        ]
    }
}

extension FlowSink: CustomStringConvertible {
    /// `filing[]/create.title of issue.create`
    public var description: String { "\(step).\(argument) of \(tool)" }
}
