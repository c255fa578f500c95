import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

@Suite struct WarrantTests {
    /// Spends a warrant the way a tool executor does.
    private func spend(_ warrant: consuming Warrant) -> String { warrant.call.value.tool }

    @Test func `a warrant is spent by whoever takes it`() throws {
        let policy = try Samples.policy(Samples.rule("issue.find"))
        switch policy.decide(Samples.call("issue.find", ["query": "x"]), in: Samples.context()) {
        case .allow(let warrant):
            // A second `spend(warrant)` here does not compile: "'warrant' consumed more than once".
            #expect(spend(warrant) == "issue.find")
        case .ask: Issue.record("The call must be allowed.")
        case .deny: Issue.record("The call must be allowed.")
        }
    }
}
