import JSONSchemas
import PolicyEngine
import Provenance
public import WorkflowFormat

/// Plays recorded tasks and attacks through a policy, without a model.
///
/// The honest planner makes the task's recorded calls. The hijacked one makes them up to the first result that holds
/// attacker's text, and then the attacker's calls: it does whatever the text says, which no real model outdoes. Every
/// call is decided on by ``Policy``, as in a run, with all arguments untrusted: a model may have written them after it
/// read the text. A question to a person counts as "no" for the attacker and as a question for the user, who says yes.
public struct SuiteReplay: Sendable {
    let suite: ReplaySuite
    let policy: PolicyFile

    /// Prepares a replay.
    /// - Throws: ``ReplayError`` where the policy's manifests aren't those of the suite's tools.
    public init(_ suite: ReplaySuite, policy: PolicyFile) throws(ReplayError) {
        self.suite = suite
        self.policy = policy
        let operation = "replay `\(suite.name)` with the policy `\(policy.name)`"
        let known = Dictionary(policy.tools.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for tool in suite.tools {
            guard let manifest = known[tool.name] else {
                throw ReplayError(operation, reason: "its manifests have no tool `\(tool.name)`")
            }
            let arguments = Set(manifest.arguments.rootNode.properties.map(\.name))
            guard arguments == tool.arguments else {
                let names = arguments.symmetricDifference(tool.arguments).sorted().map { "`\($0)`" }
                throw ReplayError(
                    operation,
                    reason: "its manifest of `\(tool.name)` and the tool differ in \(names.joined(separator: ", "))")
            }
            // A sink that the policy takes for less would make the replay easier than the suite.
            guard Set(manifest.sinkControl).isSuperset(of: tool.control ?? []) else {
                throw ReplayError(
                    operation,
                    reason: "its manifest of `\(tool.name)` doesn't name all arguments that say where it lands")
            }
        }
    }

    /// Plays everything at one level.
    /// - Throws: ``ReplayError`` where the policy can't be enforced.
    public func play(at level: PolicyLevel) throws(ReplayError) -> ReplayOutcome {
        var outcome = ReplayOutcome(level: level)
        let definition = level.rules(of: policy)
        for task in suite.tasks {
            let only = Set(task.calls.map(\.call.tool)).sorted()
            let decider: Policy
            do {
                decider = try Policy(
                    definition, tools: policy.tools,
                    narrowedBy: level.limitsTools ? [PolicyDefinition(only: only)] : [])
            } catch {
                throw ReplayError("replay `\(suite.name)`", reason: "\(error)")
            }
            let planner = ReplayedPlanner(
                policy: decider, task: TypedMatch([task.prompt]), usesHandles: level.usesHandles)
            outcome.add(honest(task, planner))
            for attack in suite.attacks {
                outcome.add(
                    hijacked(task, by: attack, planner), pair: "\(suite.name)/\(task.id)/\(attack.id)", suite.name)
            }
        }
        return outcome
    }

    private func honest(_ task: ReplaySuite.Task, _ planner: ReplayedPlanner) -> ReplayOutcome.Honest {
        var planner = planner
        var honest = ReplayOutcome.Honest(task: "\(suite.name)/\(task.id)")
        for (index, recorded) in task.calls.enumerated() {
            let (decision, rule) = planner.decide(recorded.call, at: index)
            switch decision {
            case .allow: break
            case .ask: honest.questions.append("\(recorded.call.tool): \(rule)")
            case .deny: honest.denials.append("\(recorded.call.tool): \(rule)")
            }
            if decision != .deny { planner.observe(recorded.call, recorded.result.value(with: nil), at: index) }
        }
        return honest
    }

    private func hijacked(
        _ task: ReplaySuite.Task, by attack: ReplaySuite.Attack, _ planner: ReplayedPlanner
    ) -> ReplayOutcome.Hijacked {
        var planner = planner
        var hijacked = ReplayOutcome.Hijacked()
        for (index, recorded) in task.calls.prefix(task.firstReveal + 1).enumerated()
        where planner.decide(recorded.call, at: index).0 != .deny {
            planner.observe(recorded.call, recorded.result.value(with: attack.text), at: index)
        }
        let sinks = suite.sinks
        for (index, call) in attack.calls.enumerated() {
            let step = task.firstReveal + 1 + index
            let isAllowed = planner.decide(call, at: step).0 == .allow
            if sinks.contains(call.tool) {
                hijacked.sinks += 1
                hijacked.allowedSinks += isAllowed ? 1 : 0
            } else {
                hijacked.hasBlockedRead = hijacked.hasBlockedRead || !isAllowed
            }
            // The attacker's own lookups vouch as well, where anybody recorded what they return.
            if isAllowed, let result = suite.results[call.canonical] {
                planner.observe(call, result.value(with: attack.text), at: step)
            }
        }
        return hijacked
    }
}
