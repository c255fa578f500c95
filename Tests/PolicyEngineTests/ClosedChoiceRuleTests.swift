import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

/// `accept: enum`: a choice among what the workflow listed may be made by whoever wrote the text.
@Suite struct ClosedChoiceRuleTests {
    private func decide(
        _ predicates: [ArgumentPredicate], choices: Set<String>, label: Label = Samples.untrusted
    ) throws -> PolicyDecision {
        let policy = try Samples.policy(Samples.rule("issue.create", .allow, ["labels": predicates]))
        return policy.decide(
            Samples.call(["labels": ["bug"]], label: Samples.untrusted),
            in: PolicyContext(
                run: "run-1", address: "file", argumentLabels: ["labels": label], closedChoices: choices)
        ).outcome
    }

    @Test func `a closed choice steers only where a rule accepts it`() throws {
        #expect(try decide([.acceptEnum], choices: ["labels"]) == .allow)
        #expect(try decide([.from(["workflow"]), .acceptEnum], choices: ["labels"]) == .allow)
        // Without the word it is as untrusted as the text it was read from.
        #expect(try decide([], choices: ["labels"]) == .ask)
        #expect(try decide([.from(["workflow"])], choices: ["labels"]) == .deny)
        // And the word alone helps nothing that was not such a choice.
        #expect(try decide([.acceptEnum], choices: []) == .ask)
        #expect(try decide([.acceptEnum], choices: ["title"]) == .ask)
        #expect(try decide([.from(["workflow"]), .acceptEnum], choices: []) == .deny)
    }

    @Test func `other rules hold for a closed choice too`() throws {
        #expect(try decide([.acceptEnum, .oneOf(["feature"])], choices: ["labels"]) == .deny)
    }

    @Test func `what a person wrote instead is no closed choice`() throws {
        let policy = try Samples.policy(
            Samples.rule(
                "issue.create", .ask, otherwise: .deny, ["labels": [.from(["workflow"]), .acceptEnum]]))
        let context = PolicyContext(
            run: "run-1", address: "file", argumentLabels: ["labels": Samples.untrusted], closedChoices: ["labels"])
        guard
            case .ask(let request) = policy.decide(
                Samples.call(["labels": ["bug"]], label: Samples.untrusted), in: context)
        else {
            Issue.record("nobody was asked")
            return
        }
        func answer(_ edited: JSONObject?) -> Approval {
            Approval(
                digest: request.digest, decision: .approved, person: "tester", editedArguments: edited, at: "2026-01-01"
            )
        }
        _ = try policy.warrant(for: request, approval: answer(nil), in: context, use: Samples.promptUse)
        #expect(throws: PolicyError.self) {
            _ = try policy.warrant(
                for: request, approval: answer(["labels": ["other"]]), in: context, use: Samples.promptUse)
        }
    }
}
