public import WorkflowFormat

/// Which untrusted inputs and tools can reach which arguments of a workflow's calls, and what stands between.
///
/// Nothing is run. What is said is an upper bound: a run's labels never name an untrusted origin that isn't said here.
public struct WorkflowFlows: Hashable, Sendable {
    /// Every flow, in the order of the steps; for one argument the shortest way from each origin.
    public let flows: [Flow]

    /// Follows the untrusted data of `workflow`.
    ///
    /// - Parameters:
    ///   - workflow: a workflow that was checked.
    ///   - tools: the manifests of the tools.
    ///   - tableUse: what a call does with the tables of the run. The call may lack arguments that are known only when
    ///     the run is there, or have null in their place.
    public init(
        of workflow: Workflow, tools: [ToolDefinition], tableUse: @escaping (ToolCall) -> RunTableUse?
    ) {
        let walk = FlowWalk(workflow, tools: tools, tableUse: tableUse)
        let definitions = Dictionary(tools.map { ($0.name, $0) }) { first, _ in first }
        flows = walk.arrivals.flatMap { arrival -> [Flow] in
            guard let tool = definitions[arrival.sink.tool] else { return [] }
            let barrier = FlowBarrier(
                workflow.policy, tool: tool, argument: arrival.sink.argument, isClosedChoice: arrival.isClosedChoice)
            return arrival.label.paths.sorted { $0.key < $1.key }.map { origin, path in
                Flow(sink: arrival.sink, origin: origin, path: path, barrier: barrier)
            }
        }
    }
}
