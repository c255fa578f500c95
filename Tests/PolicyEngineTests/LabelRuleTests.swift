import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

@Suite struct LabelRuleTests {
    private func decide(
        _ predicates: [ArgumentPredicate], label: Label, _ decision: PolicyDecision = .allow
    ) throws -> Said {
        let policy = try Samples.policy(Samples.rule("issue.create", decision, ["project": predicates]))
        return Said(
            policy.decide(
                Samples.call(["project": "demo"], label: Samples.untrusted),
                in: Samples.context(labels: ["project": label])))
    }

    static let planned = Label.trusted(Source(step: "file#1"))
    static let handle = Label.endorsed(Source(step: "similar", tool: "issue.find", pointer: "/items/0/id"))

    @Test(
        arguments: [
            (["workflow"], Samples.trusted, true), (["workflow"], .trusted(.input("project")), false),
            (["inputs"], .trusted(.input("project")), true),
            (["inputs"], .untrusted(.input("project")), false),
            (["workflow", "inputs"], .trusted(.input("project"), .workflow()), true),
            (["workflow", "inputs"], Samples.untrusted, false), (["workflow", "inputs"], handle, false),
            (["workflow"], planned, false), (["plan"], planned, true), (["plan"], handle, false),
            (["endorsed"], handle, true), (["endorsed"], Samples.trusted, true),
            (["endorsed"], Samples.untrusted, false),
            (["workflow", "endorsed"], handle.joined(with: Samples.trusted), true),
            (["workflow", "endorsed"], handle.joined(with: Samples.untrusted), false),
        ] as [([String], Label, Bool)])
    func `from wants every source to be one of the named ones`(names: [String], label: Label, isFine: Bool)
        throws
    {
        let said = try decide([.from(names)], label: label)
        #expect(said.outcome == (isFine ? .allow : .deny))
        if !isFine { #expect(said.rule == "issue.create.project.from") }
    }

    @Test func `an argument without a label of its own has the call's`() throws {
        let policy = try Samples.policy(Samples.rule(["project": [.from(["workflow"])]]))
        for (label, outcome) in [(Samples.trusted, .allow), (Samples.untrusted, .deny)]
            as [(Label, PolicyDecision)]
        {
            let call = Samples.call(["project": "demo"], label: label)
            #expect(Said(policy.decide(call, in: Samples.context())).outcome == outcome)
        }
    }

    @Test func `an untrusted value at a sink that no rule speaks about needs a person`() throws {
        #expect(try decide([], label: Samples.trusted).outcome == .allow)
        #expect(try decide([], label: Self.handle).outcome == .allow)
        let said = try decide([], label: Samples.untrusted)
        #expect(said.outcome == .ask)
        #expect(said.rule == "issue.create.project.untrusted")
        #expect(try decide([], label: Samples.untrusted, .deny).outcome == .deny)
        // A closed list, a stated origin or an explicit word settles it.
        #expect(try decide([.oneOf(["demo"])], label: Samples.untrusted).outcome == .allow)
        #expect(try decide([.allowUntrusted], label: Samples.untrusted).outcome == .allow)
        #expect(try decide([.maxLength(9)], label: Samples.untrusted).outcome == .ask)
    }

    @Test func `an argument that is no sink may be untrusted`() throws {
        let policy = try Samples.policy(Samples.rule("issue.find"))
        let call = Samples.call("issue.find", ["query": "x"], label: Samples.untrusted)
        #expect(Said(policy.decide(call, in: Samples.context())).outcome == .allow)
    }

    /// The oracle of this suite: whatever the rules and labels, a source more or a trust less never helps.
    @Test func `adding a source to a label, or lowering it, never loosens the decision`() throws {
        let sources: [Source] = [
            .workflow(), .input("project"), Source(step: "file#1"), Self.handle.sources.first ?? .workflow(),
            Samples.ticket,
        ]
        let predicates: [[ArgumentPredicate]] = [
            [], [.allowUntrusted], [.oneOf(["demo"])], [.from(["workflow"])], [.from(["inputs"])],
            [.from(["plan"])],
            [.from(["endorsed"])], [.from(["workflow", "inputs", "endorsed", "plan"])],
            [.from(["inputs", "endorsed"]), .allowUntrusted],
        ]
        let labels = Integrity.allCases.flatMap { integrity in
            (0..<(1 << sources.count)).map { bits in
                Label(
                    integrity: integrity,
                    sources: Set(sources.indices.filter { bits & (1 << $0) != 0 }.map { sources[$0] }))
            }
        }
        func rank(_ decision: PolicyDecision) -> Int { decision == .deny ? 2 : decision == .ask ? 1 : 0 }
        var comparisonCount = 0
        for predicate in predicates {
            for otherwise in [PolicyDecision.deny, .ask] {
                for decision in PolicyDecision.allCases {
                    let policy = try Samples.policy(
                        Samples.rule("issue.create", decision, otherwise: otherwise, ["project": predicate]))
                    func ask(_ label: Label) -> Int {
                        rank(
                            policy.decide(
                                Samples.call(["project": "demo"], label: label), in: Samples.context()
                            ).outcome)
                    }
                    for label in labels {
                        let before = ask(label)
                        for source in sources {
                            #expect(ask(label.adding(source)) >= before)
                            #expect(ask(label.joined(with: .untrusted(source))) >= before)
                            #expect(ask(label.joined(with: .endorsed(source))) >= before)
                            comparisonCount += 3
                        }
                    }
                }
            }
        }
        #expect(comparisonCount > 50_000)
    }
}
