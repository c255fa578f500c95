import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

/// When an answer counts, and that it counts once.
@Suite struct ApprovalUseTests {
    private static let hour: Int64 = 3600 * 1_000_000_000

    private static func policy(_ lifetime: Duration? = nil, operators: Duration? = nil) throws -> Policy {
        try Policy(
            PolicyDefinition(
                tools: [
                    Samples.rule("issue.create", .ask, ["title": [.allowUntrusted, .maxLength(20)]]),
                    Samples.rule("file.read", .ask, ["path": [.under(.literal("/docs"))]]),
                ], approvalLifetime: lifetime),
            tools: Samples.tools(), narrowedBy: operators.map { [PolicyDefinition(approvalLifetime: $0)] } ?? [])
    }

    private static func request(
        _ policy: Policy, _ call: Labelled<ToolCall> = Samples.call(["project": "demo", "title": "Crash"]),
        _ context: PolicyContext = Samples.context()
    ) throws -> ApprovalRequest {
        let decision = policy.decide(call, in: context)
        guard case .ask(let request) = consume decision else { throw NotAsked() }
        return request
    }

    private struct NotAsked: Error {}

    private static func yes(_ request: ApprovalRequest, edited: JSONObject? = nil) -> Approval {
        Approval(
            digest: request.digest, decision: .approved, person: "kim", editedArguments: edited, at: "2026-01-02")
    }

    private static func code(
        _ policy: Policy, _ request: ApprovalRequest, _ approval: Approval,
        _ context: PolicyContext,
        _ use: ApprovalUse
    ) -> PolicyError.Code? {
        do throws(PolicyError) {
            let warrant = try policy.warrant(for: request, approval: approval, in: context, use: use)
            _ = consume warrant
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        arguments: [
            (nil, nil, 24), (8, nil, 8), (nil, 2, 2), (8, 2, 2), (2, 8, 2), (48, nil, 48), (nil, 48, 24),
        ] as [(Int?, Int?, Int)])
    func `an answer counts as long as the strictest policy says`(own: Int?, operators: Int?, hours: Int) throws {
        let policy = try Self.policy(
            own.map { .seconds($0 * 3600) }, operators: operators.map { .seconds($0 * 3600) })
        let request = try Self.request(policy)
        #expect(request.lifetimeSeconds == hours * 3600)
        func code(after age: Int64) -> PolicyError.Code? {
            Self.code(
                policy, request, Self.yes(request), Samples.context(),
                ApprovalUse(answeredNanoseconds: Self.hour, usedNanoseconds: Self.hour + age))
        }
        #expect(code(after: 0) == nil)
        #expect(code(after: Int64(hours) * Self.hour) == nil)
        #expect(code(after: Int64(hours) * Self.hour + 1) == .expired)
        // Clocks are set back a little, never by an hour.
        #expect(code(after: -1_000_000_000) == nil)
        #expect(code(after: -Self.hour) == .expired)
        #expect(code(after: .max - 2 * Self.hour) == .expired)
        let opposite = ApprovalUse(answeredNanoseconds: .min, usedNanoseconds: .max)
        #expect(Self.code(policy, request, Self.yes(request), Samples.context(), opposite) == .expired)
    }

    @Test func `the sentence of an answer that is too old says what to do`() throws {
        let policy = try Self.policy(.seconds(8 * 3600))
        let request = try Self.request(policy)
        let error = #expect(throws: PolicyError.self) {
            let warrant = try policy.warrant(
                for: request, approval: Self.yes(request), in: Samples.context(),
                use: ApprovalUse(answeredNanoseconds: 0, usedNanoseconds: 9 * Self.hour))
            return warrant.run
        }
        #expect(
            error?.description
                == "Can't use the approval for step `triage[3]/file#2`: it was given more than 8 h ago; answer once more."
        )
    }

    @Test func `an answer is good for one call and for going on with that call`() throws {
        let policy = try Self.policy()
        let request = try Self.request(policy)
        let call = request.call.value
        func code(spentOn spent: String?, edited: JSONObject? = nil) -> PolicyError.Code? {
            Self.code(
                policy, request, Self.yes(request, edited: edited), Samples.context(),
                ApprovalUse(answeredNanoseconds: 0, usedNanoseconds: 1, spentOn: spent))
        }
        #expect(code(spentOn: nil) == nil)
        #expect(code(spentOn: call.digest) == nil)
        let other = ToolCall(tool: call.tool, arguments: ["project": "demo", "title": "Crash!"])
        #expect(code(spentOn: other.digest) == .replayed)
        #expect(code(spentOn: call.digest, edited: other.arguments) == .replayed)
        #expect(code(spentOn: other.digest, edited: other.arguments) == nil)
    }

    @Test func `an answer for one attempt is none for the next`() throws {
        let policy = try Self.policy()
        let call = Samples.call(["project": "demo", "title": "Crash"])
        let second = PolicyContext(run: "run-1", address: "triage[3]/file#2", attempt: 2)
        let request = try Self.request(policy, call)
        let again = try Self.request(policy, call, second)
        #expect(request.digest != again.digest)
        let use = Samples.promptUse
        #expect(Self.code(policy, request, Self.yes(request), Samples.context(), use) == nil)
        #expect(Self.code(policy, request, Self.yes(request), second, use) == .replayed)
        #expect(Self.code(policy, again, Self.yes(request), second, use) == .mismatch)
        #expect(Self.code(policy, again, Self.yes(again), second, use) == nil)
        let read = ApprovalRequest(fromJSON: try JSONValue(parsing: again.toJSON().serialized()))
        #expect(read == again)
    }

    @Test func `an edited path is judged where it leads, not where the old one led`() throws {
        let policy = try Self.policy()
        let call = Samples.call("file.read", ["path": "/docs/a"])
        let context = Samples.context(
            roots: ["file.read.path.under": ["/docs"]], paths: ["path": "/docs/a"])
        let request = try Self.request(policy, call, context)
        func outcome(_ path: String, leadsTo place: String?) -> PolicyError.Code? {
            Self.code(
                policy, request, Self.yes(request, edited: ["path": .string(path)]), context,
                ApprovalUse(
                    answeredNanoseconds: 0, usedNanoseconds: 1, editedPaths: place.map { ["path": $0] } ?? [:]))
        }
        #expect(outcome("/docs/b", leadsTo: "/docs/b") == nil)
        for (path, place) in [("/etc/passwd", "/etc/passwd"), ("/docs/link", "/etc/passwd"), ("/docs/c", nil)] {
            guard case .denied(let denial) = outcome(path, leadsTo: place) else {
                Issue.record("\(path) must be denied")
                continue
            }
            #expect(denial.rule == "file.read.path.under")
        }
    }

    @Test func `what a policy says of approvals is part of its version`() throws {
        let plain = try Self.policy()
        #expect(try Self.policy(.seconds(3600)).version != plain.version)
        #expect(try Self.policy(operators: .seconds(3600)).version != plain.version)
        #expect(try Self.policy().version == plain.version)
    }

    /// Random pairs of questions: the answer to one is never a warrant for the other.
    @Test func `an approval for one call never fits another`() throws {
        var random = Seeded(state: 20_261_126)
        let policies = try [nil, 1, 2].map { try Self.policy($0.map { .seconds($0 * 3600) }) }
        let labels = [
            Samples.trusted, Samples.untrusted, Label.untrusted(Source(step: "other", tool: "issue.find")),
            Label.endorsed(.input("project")), Label(integrity: .untrusted, readers: .only(["kim"])),
        ]
        func pick<Element>(_ elements: [Element]) -> Element {
            elements[Int.random(in: 0..<elements.count, using: &random)]
        }
        func question() throws -> (Policy, ApprovalRequest, PolicyContext) {
            let policy = pick(policies)
            var arguments: JSONObject = [
                "project": .string(pick(["demo", "demo2"])), "title": .string(pick(["Crash", "Crash ", "crash"])),
            ]
            if Bool.random(using: &random) { arguments["body"] = .string(pick(["", "text"])) }
            let context = PolicyContext(
                run: pick(["run-1", "run-2"]), address: pick(["a", "a#1", "a#2", "b[0]/a"]),
                argumentLabels: ["title": pick(labels), "project": pick(labels), "body": pick(labels)],
                isOutcomeUnknown: Bool.random(using: &random), attempt: pick([1, 2, 3]))
            let call = Samples.call(arguments, label: pick(labels))
            return (policy, try Self.request(policy, call, context), context)
        }
        var equal = 0
        for _ in 0..<20_000 {
            let (_, first, _) = try question()
            let (policy, second, context) = try question()
            let isSame =
                first.call == second.call && first.argumentLabels == second.argumentLabels
                && first.policyVersion == second.policyVersion && first.run == second.run
                && first.address == second.address && first.attempt == second.attempt && first.rule == second.rule
            equal += isSame ? 1 : 0
            #expect((first.digest == second.digest) == isSame)
            #expect((Self.code(policy, second, Self.yes(first), context, Samples.promptUse) == nil) == isSame)
            // The control: its own answer fits each time.
            #expect(Self.code(policy, second, Self.yes(second), context, Samples.promptUse) == nil)
        }
        #expect(equal < 20_000)
    }

    /// Whatever a person writes, what comes out is a call that the policy does not deny.
    @Test func `an edited approval never reaches what is denied`() throws {
        var random = Seeded(state: 7)
        let policy = try Samples.policy(
            Samples.rule(
                "issue.create", .ask, max: 3,
                [
                    "project": [.oneOf(["demo", "docs"])], "title": [.maxLength(6), .allowUntrusted],
                    "labels": [.oneOf(["bug"])],
                ]))
        let request = try Self.request(policy, Samples.call(["project": "demo", "title": "Crash", "labels": ["bug"]]))
        var granted = 0
        var refused = 0
        let values: [JSONValue] = [
            "demo", "docs", "evil", "Crash", "a long title", ["bug"], ["bug", "admin"], [], 7, .null, .bool(true),
            "bug",
        ]
        for _ in 0..<20_000 {
            var edited = JSONObject()
            for name in ["project", "title", "labels", "body", "extra"] where Int.random(in: 0..<3, using: &random) > 0
            {
                edited[name] = values[Int.random(in: 0..<values.count, using: &random)]
            }
            let context = Samples.context(earlier: ["issue.create": Int.random(in: 0...4, using: &random)])
            let denied = policy.findings(on: Samples.call(edited, label: .endorsed()), in: context)
                .contains { $0.decision == .deny }
            switch Self.code(policy, request, Self.yes(request, edited: edited), context, Samples.promptUse) {
            case nil:
                granted += 1
                #expect(!denied, "\(JSONValue.object(edited).serialized())")
            case .denied: refused += 1
            case let other: Issue.record("unexpected \(String(describing: other))")
            }
        }
        #expect(granted > 20 && refused > 1000)
    }
}

/// The same numbers in every run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        // SplitMix64, Steele, Lea and Flood 2014.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
