import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WebAddresses
import WorkflowFormat

/// What holds for every policy, tried with random ones of a fixed seed.
@Suite struct PolicyPropertyTests {
    private static let sources: [Source] = [
        .workflow(), .input("project"), Source(step: "plan"),
        Source(step: "find", tool: "issue.find", pointer: "/rows/0"),
        Source(step: "load", tool: "file.read"),
    ]

    private static func rank(_ decision: PolicyDecision) -> Int { decision == .deny ? 2 : decision == .ask ? 1 : 0 }

    private static func predicates() throws -> [ArgumentPredicate] {
        [
            .oneOf(["ann", "eve"]), .oneOfInput("people"), .maxLength(5), .pattern("^[a-z]+$"), .max(3),
            .allowUntrusted,
            .hostIn([try HostEntry("example.com")]), .under(.literal("/data")), .commands(.literal("x")),
            .strip(["links"]), .defang(["mentions"]), .form(.id), .form(.exact), .handle("file"), .handle("event"),
            .links(LinkRule()), .links(LinkRule(allowsTask: true)),
        ] + ArgumentPredicate.allSources.map { .from([$0]) }
            + [
                .from(["task", "endorsed"]), .from(["workflow", "inputs", "plan"]), .from(ArgumentPredicate.allSources),
            ]
    }

    private static func randomLabel(_ generator: inout SplitMix) -> Label {
        Label(
            integrity: Integrity.allCases.randomElement(using: &generator) ?? .untrusted,
            sources: Set(sources.filter { _ in Bool.random(using: &generator) }))
    }

    private static func randomRule(
        _ tool: String, _ arguments: [String], _ predicates: [ArgumentPredicate], _ generator: inout SplitMix
    ) -> ToolRule {
        ToolRule(
            tool: tool, decision: PolicyDecision.allCases.randomElement(using: &generator) ?? .deny,
            max: Bool.random(using: &generator) ? Int.random(in: 0...2, using: &generator) : nil,
            otherwise: Bool.random(using: &generator) ? .ask : .deny,
            arguments: arguments.filter { _ in Bool.random(using: &generator) }.map { argument in
                ArgumentRule(
                    argument: argument,
                    predicates: (0..<Int.random(in: 1...3, using: &generator)).compactMap { _ in
                        predicates.randomElement(using: &generator)
                    })
            }, isTrustedWhenUnaddressed: Bool.random(using: &generator))
    }

    private static func randomForbid(_ index: Int, _ generator: inout SplitMix) throws -> ForbidRule {
        let conditions: [ForbidRule.Condition] = [
            .oneOf(["eve"]), .pattern("x"), .hostIn([try HostEntry("example.com")]), .untrusted, .secret,
        ]
        return ForbidRule(
            id: "f\(index)", tools: Bool.random(using: &generator) ? ["mail.send"] : [],
            clauses: [
                .init(
                    argument: Bool.random(using: &generator) ? "to" : "body",
                    conditions: conditions.filter { _ in Bool.random(using: &generator) } + [conditions[3]])
            ], sink: Bool.random(using: &generator) ? .egress : nil,
            decision: Bool.random(using: &generator) ? .ask : .deny)
    }

    private static let values: [JSONValue] = [
        "ann", "eve", "13", "see https://example.com/", "https://example.com/x", "", "ann works on it",
    ]

    private static func randomCall(_ generator: inout SplitMix) -> JSONObject {
        var call = JSONObject()
        if Bool.random(using: &generator) {
            call["to"] = .array(values.filter { _ in Bool.random(using: &generator) })
        }
        for argument in ["subject", "body", "when"] where Bool.random(using: &generator) {
            call[argument] = values.randomElement(using: &generator) ?? ""
        }
        return call
    }

    private static func randomContext(_ labels: [String: Label], _ generator: inout SplitMix) -> PolicyContext {
        var handles = HandleLedger()
        if Bool.random(using: &generator) {
            handles.observe(
                ToolCall(tool: "x", arguments: [:]), result: ["13", "eve"], at: "made",
                rules: [VouchRule(kind: "file", condition: .directory(by: nil))], task: TypedMatch(),
                labels: [:])
            handles.observe(
                ToolCall(tool: "x", arguments: [:]), result: "13", at: "made",
                rules: [VouchRule(kind: "file", condition: .created)], task: TypedMatch())
        }
        return PolicyContext(
            run: "run", address: "step", earlierCalls: ["mail.send": Int.random(in: 0...2, using: &generator)],
            argumentLabels: labels,
            task: Bool.random(using: &generator)
                ? TypedMatch(["Tell ann about id 13 and https://example.com/x."]) : TypedMatch(),
            handles: handles)
    }

    @Test func `a source more or less trust never loosens a decision, whatever the policy`() throws {
        var generator = SplitMix(state: 2024)
        let predicates = try Self.predicates()
        var loosest = 0
        for round in 0..<600 {
            let rule = Self.randomRule("mail.send", ["to", "subject", "body", "when"], predicates, &generator)
            let policy = try SinkRuleTests.policy([rule], forbids: [Self.randomForbid(round, &generator)])
            let call = Self.randomCall(&generator)
            var labels: [String: Label] = [:]
            for argument in ["to", "subject", "body", "when"] where Bool.random(using: &generator) {
                labels[argument] = Self.randomLabel(&generator)
            }
            let label = Self.randomLabel(&generator)
            var copy = generator
            func ask(_ label: Label, _ labels: [String: Label]) -> Int {
                // The same context but for the labels.
                copy = generator
                return Self.rank(
                    Said(
                        policy.decide(
                            Labelled(ToolCall(tool: "mail.send", arguments: call), label: label),
                            in: Self.randomContext(labels, &copy))
                    ).outcome)
            }
            let before = ask(label, labels)
            if before == 0 { loosest += 1 }
            for source in Self.sources {
                for worse in [
                    label.adding(source), label.joined(with: .untrusted(source)), label.joined(with: .endorsed(source)),
                ] {
                    #expect(ask(worse, labels) >= before)
                }
                for argument in labels.keys {
                    guard let old = labels[argument] else { continue }
                    for worse in [old.adding(source), old.joined(with: .untrusted(source))] {
                        var changed = labels
                        changed[argument] = worse
                        #expect(ask(label, changed) >= before)
                    }
                }
            }
            generator = copy
        }
        // Otherwise the test would hold of a policy that denies everything.
        #expect(loosest > 20)
    }

    @Test func `the order of rules, predicates, limits and layers means nothing`() throws {
        var generator = SplitMix(state: 77)
        let predicates = try Self.predicates()
        for round in 0..<400 {
            let mail = Self.randomRule("mail.send", ["to", "subject", "body", "when"], predicates, &generator)
            let other = Self.randomRule("file.delete", ["id", "url"], predicates, &generator)
            let forbids = try (0..<3).map { try Self.randomForbid(round * 3 + $0, &generator) }
            let layers = [
                PolicyDefinition(tools: [Self.randomRule("mail.send", ["to", "body"], predicates, &generator)]),
                PolicyDefinition(forbids: [try Self.randomForbid(9, &generator)], only: ["mail.send", "file.delete"]),
            ]
            func shuffled(_ rule: ToolRule) -> ToolRule {
                rule.replacing(
                    arguments: rule.arguments.map {
                        ArgumentRule(argument: $0.argument, predicates: $0.predicates.shuffled(using: &generator))
                    }.shuffled(using: &generator))
            }
            let first = try SinkRuleTests.policy([mail, other], forbids: forbids, narrowedBy: layers)
            let second = try SinkRuleTests.policy(
                [shuffled(other), shuffled(mail)], forbids: forbids.shuffled(using: &generator),
                narrowedBy: layers.reversed())
            let call = Labelled(
                ToolCall(tool: "mail.send", arguments: Self.randomCall(&generator)), label: Self.randomLabel(&generator)
            )
            let context = Self.randomContext([:], &generator)
            let before = Said(first.decide(call, in: context))
            let after = Said(second.decide(call, in: context))
            #expect(before.outcome == after.outcome && before.rule == after.rule)
        }
    }

    @Test func `adding a layer never loosens a decision, whatever it takes out of a text`() throws {
        var generator = SplitMix(state: 4711)
        let cleaning: [ArgumentPredicate] = ArgumentPredicate.allTextFeatures.flatMap { [.strip([$0]), .defang([$0])] }
        let predicates = try Self.predicates() + cleaning
        var loosest = 0
        var changed = 0
        for round in 0..<600 {
            func layer() throws -> PolicyDefinition {
                let forbid = try Self.randomForbid(round, &generator)
                return PolicyDefinition(
                    tools: [Self.randomRule("mail.send", ["to", "subject", "body", "when"], predicates, &generator)],
                    forbids: Bool.random(using: &generator) ? [forbid] : [],
                    only: Bool.random(using: &generator) ? ["mail.send"] : nil)
            }
            let own = [Self.randomRule("mail.send", ["to", "subject", "body", "when"], predicates, &generator)]
            let first = try layer()
            let second = try layer()
            let call = Labelled(
                ToolCall(tool: "mail.send", arguments: Self.randomCall(&generator)), label: Self.randomLabel(&generator)
            )
            let context = Self.randomContext([:], &generator)
            func ask(_ layers: [PolicyDefinition]) throws -> Int {
                Self.rank(
                    Said(try SinkRuleTests.policy(own, narrowedBy: layers).decide(call, in: context)).outcome)
            }
            let alone = try ask([])
            let one = try ask([first])
            let both = try ask([first, second])
            #expect(alone <= one && one <= both)
            #expect(try both == ask([second, first]))
            if alone == 0 { loosest += 1 }
            if alone < both { changed += 1 }
        }
        // Otherwise the test would hold of layers that say nothing, or of a policy that denies everything.
        #expect(loosest > 10 && changed > 10)
    }

    /// Values that a predicate can't judge: of another type, or without what it needs from the context.
    @Test func `what a rule can't judge is asked about or denied`() throws {
        let strange: [JSONValue] = [
            .null, true, .integer(.max), .number(.nan), .number(.infinity), [], [[]], [.null], [:], ["a": [1]],
            ["http://evil.example/?q=secret": .null], [["a": .null]], ["a": [:]], ["a": []],
            .string(String(repeating: "\u{301}", count: 100)), "\u{0}", "//", "https://", "http://[::1", "a@b",
            "\u{202E}x",
        ]
        let open = ToolDefinition(
            name: "open", summary: "A tool.", arguments: try JSONSchema(["type": "object"]), effect: .opaque,
            sinkControl: ["value"])
        for predicate in try Self.predicates() {
            for value in strange {
                for otherwise in [PolicyDecision.ask, .deny] {
                    let rule = ToolRule(
                        tool: "open", decision: .allow, otherwise: otherwise,
                        arguments: [ArgumentRule(argument: "value", predicates: [predicate])])
                    let policy = try Policy(PolicyDefinition(tools: [rule]), tools: [open])
                    let said = Said(
                        policy.decide(
                            Labelled(ToolCall(tool: "open", arguments: ["value": value]), label: Samples.untrusted),
                            in: PolicyContext(run: "run", address: "step")))
                    guard said.outcome == .allow else { continue }
                    // Allowed only where the rule says that anything is fine, or where there is nothing to judge.
                    let isHarmless: Bool =
                        switch predicate {
                        case .allowUntrusted: true
                        case .from(let names): names.contains("task") && value.holdsNothing
                        default: value.arrayValue?.isEmpty == true || value.holdsNothing
                        }
                    #expect(isHarmless, "\(predicate) allows \(value)")
                }
            }
        }
    }
}

extension JSONValue {
    fileprivate var holdsNothing: Bool {
        switch self {
        case .null: true
        case .array(let elements): elements.allSatisfy(\.holdsNothing)
        // The name of a member is a value that somebody chose.
        case .object(let members): members.isEmpty
        default: false
        }
    }
}
