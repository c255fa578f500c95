import JSONSchemas
import TestSupport
import Testing

/// Commands that take a policy.
@Suite struct PolicyCommandTests {
    private let command: Command

    init() throws {
        command = try Command()
    }

    /// A policy of the kind that lies at `path`, with one test, which expects this decision of a call that gets `ask`.
    private func policy(_ path: String, expecting decision: String) -> String {
        let test = "{ call: { project: demo, title: t, body: b }, expect: \(decision) }"
        if path.hasPrefix("filing") {
            return Workflows.filing.replacing("decision: ask, max: 3,", with: "decision: ask, tests: [\(test)],")
        }
        let rules = "tools:\n  issue.create: { decision: ask, tests: [\(test)] }\n"
        return path == "own.yaml" ? "policy: own\n" + rules : rules
    }

    @Test(arguments: [
        ("policy.yaml", "policy.yaml"), ("own.yaml", "own"), ("filing/workflow.yaml", "filing"), ("filing", "filing"),
    ])
    func `the tests of every kind of file with a policy are run`(path: String, name: String) throws {
        let file = path == "filing" ? "filing/workflow.yaml" : path
        try command.folder.write(policy(path, expecting: "ask"), to: file)
        let held = try command.verdict(["policy", "test", command.folder.path(path)], exit: 0)
        #expect(held.verdict?["reason"]?.stringValue == "\(name): 1 of 1 tests hold.")
        // The control: the same test with another expectation fails.
        try command.folder.write(policy(path, expecting: "deny"), to: file)
        let failed = try command.verdict(["policy", "test", command.folder.path(path)], exit: 1)
        #expect(failed.verdict?["reason"]?.stringValue == "\(name): 0 of 1 tests hold.")
        #expect(failed.output.contains(#""expected":"deny""#), "\(failed.output)")
    }

    @Test func `a shipped workflow is named by its name, and its tests see its lists`() throws {
        let held = try command.verdict(["policy", "test", "ticket-triage"], exit: 0)
        let reason = try #require(held.verdict?["reason"]?.stringValue)
        #expect(reason.hasPrefix("ticket-triage: ") && !reason.contains("0 of 0"), "\(reason)")
        let missing = try command.verdict(["policy", "test", "no-such-policy"], exit: 65)
        #expect(missing.errors.contains("no-such-policy"), "\(missing.errors)")
    }

    @Test func `a mistake is named with its place`() throws {
        let path = try command.folder.write(
            "tools:\n  issue.creat: { decision: deny }\n", to: "broken.yaml")
        let refused = try command.verdict(["policy", "test", path], exit: 65)
        #expect(refused.errors.contains("broken.yaml:2:3"), "\(refused.errors)")
    }

    @Test(arguments: [
        ("policy test", "warrant policy test <PATH> [--json]"),
        ("policy replay", "warrant policy replay <DIR> [--policy <DIR>] [--json]"),
        ("replay", "warrant replay <run> [--policy <PATH>] [--workflow <PATH>] [--json]"),
    ])
    func `the help calls a folder a folder and what may be either by another name`(name: String, usage: String) throws {
        let help = try command.run(["help"] + name.split(separator: " ").map(String.init)).output
        #expect(help.contains(usage), "\(help)")
        #expect(help.contains("--policy") == usage.contains("--policy"))
    }
}
