import ConstrainedDecoding
import Planning
import ToolExecution
import WorkflowFormat

extension WorkflowCheck {
    /// Compiles what each agent with `plan: locked` may plan, and returns how many there are.
    static func compilePlans(
        of steps: [StepDefinition], of workflow: Workflow, registry: ToolRegistry
    ) throws -> Int {
        var count = 0
        for step in steps {
            switch step.kind {
            case .agent(let agent) where agent.plan == .locked && !agent.tools.isEmpty:
                count += 1
                let toolset: AgentToolset
                do {
                    toolset = try AgentToolset(agent, registry: registry, policy: workflow.policy, address: step.id)
                } catch let halt as Halt {
                    throw RunStartError("\(step.position): \(halt.reason)")
                }
                do {
                    let request = PlanRequest(
                        address: step.id, goal: "", tools: toolset.plannable, timesLimit: max(1, agent.maxTurns - 1))
                    _ = try Grammar(schema: request.schema())
                } catch {
                    throw RunStartError("\(step.position): Can't plan in step `\(step.id)`: \(error)")
                }
            case .group(let parts): count += try compilePlans(of: parts, of: workflow, registry: registry)
            default: break
            }
        }
        return count
    }
}
