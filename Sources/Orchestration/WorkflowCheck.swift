import ConstrainedDecoding
public import FlowAnalysis
import JSONSchemas
import ModelRuntime
import PolicyEngine
public import ToolExecution
public import WorkflowFormat

/// What `warrant check` does beyond reading the file: every schema is compiled to a grammar, every policy test is run.
public enum WorkflowCheck {
    /// Checks `workflow` and says in one line what was checked.
    /// - Throws: `WorkflowErrors` with the place of each problem.
    public static func check(_ workflow: Workflow, registry: ToolRegistry) throws -> String {
        let tests = try policyTests(workflow, registry: registry)
        var schemas = 0
        for step in workflow.steps { try compile(step, &schemas) }
        schemas += try compilePlans(of: workflow.steps, of: workflow, registry: registry)
        let redacted =
            workflow.redact.isEmpty ? "" : "; redacts \(workflow.redact.map(\.rawValue).joined(separator: ", "))"
        let served = try Self.served(workflow)
        let first = try Self.first(of: workflow)
        let calibrated = try Self.calibrated(workflow)
        return "\(workflow.steps.count) steps, \(schemas) schemas, \(tests) policy tests\(redacted)\(served)\(first)"
            + crowded(workflow) + calibrated
    }

    /// Checks that the smaller model, if the workflow names one, isn't the larger one under another name.
    ///
    /// - Throws: `RunStartError` where it is.
    public static func checkFirstModel(of workflow: Workflow) throws(RunStartError) {
        let catalog = ModelCatalog()
        guard let first = workflow.model.first, let small = try? catalog.entry(named: first),
            let large = try? catalog.entry(named: workflow.model.use), small == large
        else { return }
        throw RunStartError(
            "Can't ask `\(first)` first: `\(workflow.model.use)` is the same model. Name a smaller one under `first`.")
    }

    /// What it means that the workflow names a server for its model; nothing where it names none.
    private static func served(_ workflow: Workflow) throws(RunStartError) -> String {
        guard ServerAddress.names(workflow.model.use) else { return "" }
        do {
            let address = try ServerAddress(workflow.model.use)
            let unsure =
                workflow.hasConfidenceLimits ? ", so fields with min_confidence or min_margin go to a person" : ""
            let unweighed = workflow.weighsCalls ? ", so `decline_below` is left out" : ""
            return "; asks \(address.origin)\(unsure)\(unweighed)"
        } catch {
            throw RunStartError(error.description)
        }
    }

    /// Which untrusted data can reach which arguments of the workflow's calls, and what stands between.
    public static func flows(of workflow: Workflow, registry: ToolRegistry) -> WorkflowFlows {
        WorkflowFlows(of: workflow, tools: registry.definitions, tableUse: RunTableUse.init)
    }

    /// Runs the workflow's policy tests and returns how many there are.
    @discardableResult
    public static func policyTests(_ workflow: Workflow, registry: ToolRegistry) throws -> Int {
        let failures: [PolicyTestFailure]
        do {
            failures = try Policy.runTests(testedPolicy(of: workflow), tools: registry.definitions)
        } catch {
            throw RunStartError("\(error)")
        }
        if !failures.isEmpty {
            throw RunStartError(failures.map { "\($0)" }.joined(separator: "\n"))
        }
        return workflow.policy.tools.reduce(0) { $0 + $1.tests.count }
    }

    /// The policy that a workflow's policy tests are about: with the lists in it that inputs have when nothing is given.
    public static func testedPolicy(of workflow: Workflow) -> PolicyDefinition {
        workflow.policy.withLists(from: listDefaults(workflow))
    }

    /// What inputs of type `list` are when nothing is given: the tests are written against that.
    private static func listDefaults(_ workflow: Workflow) -> [String: JSONValue] {
        var lists: [String: JSONValue] = [:]
        for input in workflow.inputs where input.type == .list {
            lists[input.name] = InputResolution.list(input.defaultValue ?? "")
        }
        return lists
    }

    private static func compile(_ step: StepDefinition, _ count: inout Int) throws {
        switch step.kind {
        case .read(let read):
            // A choice's options are known only when the run is there; its schema is compiled then.
            guard read.choices.isEmpty else { return }
            count += 1
            do {
                _ = try Grammar(schema: read.schema)
            } catch {
                throw RunStartError("\(read.schemaPosition): Can't use the schema of step `\(step.id)`: \(error)")
            }
        case .agent(let agent):
            count += 1
            do {
                _ = try Grammar(schema: agent.result)
            } catch {
                throw RunStartError("\(step.position): Can't use the result schema of step `\(step.id)`: \(error)")
            }
        case .group(let parts):
            for part in parts { try compile(part, &count) }
        case .call, .approve, .render: break
        }
    }
}
