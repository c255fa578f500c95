import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

@Suite struct ApprovalTests {
    private let policy: Policy
    private let context = Samples.context(labels: [
        "project": .trusted(.input("project")), "title": Samples.untrusted, "labels": Samples.untrusted,
    ])
    private let request: ApprovalRequest

    init() throws {
        policy = try Samples.policy(
            Samples.rule(
                "issue.create", .ask, max: 2,
                [
                    "project": [.from(["workflow", "inputs"])], "title": [.maxLength(10)],
                    "labels": [.oneOf(["bug", "question"])],
                ]))
        let call = Samples.call(
            ["project": "demo", "title": "Crash", "labels": ["bug"]], label: Samples.untrusted)
        guard case .ask(let asked) = policy.decide(call, in: context) else { throw NotAsked() }
        request = asked
    }

    private struct NotAsked: Error {}

    private func approval(
        _ decision: Approval.Answer = .approved, digest: String? = nil, edited: JSONObject? = nil
    ) -> Approval {
        Approval(
            digest: digest ?? request.digest, decision: decision, person: "kim", editedArguments: edited,
            at: "2026-01-02T03:04:05Z")
    }

    private func warrantCall(_ approval: Approval, _ context: PolicyContext? = nil) throws -> Labelled<
        ToolCall
    > {
        let warrant = try policy.warrant(
            for: request, approval: approval, in: context ?? self.context, use: Samples.promptUse)
        #expect(warrant.approvedBy == approval.person && warrant.sentence.contains("`kim` approved it"))
        return warrant.call
    }

    @Test func `an approval gives a warrant for exactly the call that was asked about`() throws {
        #expect(try warrantCall(approval()) == request.call)
    }

    @Test func `a rejection, another digest, another run or step gives none`() throws {
        func code(_ approval: Approval, _ context: PolicyContext? = nil) -> PolicyError.Code? {
            #expect(throws: PolicyError.self) { try warrantCall(approval, context) }?.code
        }
        #expect(code(approval(.rejected)) == .rejected)
        #expect(code(approval(digest: String(repeating: "0", count: 64))) == .mismatch)
        let otherRun = PolicyContext(run: "run-2", address: request.address)
        let otherStep = PolicyContext(run: request.run, address: "triage[4]/file#2")
        #expect(code(approval(), otherRun) == .mismatch)
        #expect(code(approval(), otherStep) == .mismatch)
    }

    @Test func `an approval does not outlive the policy that asked`() throws {
        let changed = try Samples.policy(Samples.rule("issue.create", .ask))
        let error = #expect(throws: PolicyError.self) {
            let warrant = try changed.warrant(
                for: request, approval: approval(), in: context, use: Samples.promptUse)
            return warrant.run
        }
        #expect(error?.code == .mismatch)
    }

    @Test func `an edit is decided again, and deny stays deny`() throws {
        let edited: JSONObject = ["project": "demo", "title": "Better", "labels": ["question"]]
        let call = try warrantCall(approval(edited: edited))
        #expect(call.value.arguments == edited)
        #expect(call.label.integrity == .untrusted)
        #expect(call.label.sources.contains(Source(step: request.address, pointer: "/approval")))

        let forbidden: [JSONObject] = [
            ["project": "demo", "title": "Much too long a title", "labels": ["bug"]],
            ["project": "demo", "title": "Crash", "labels": ["admin"]],
            ["project": "evil", "title": "Crash", "labels": ["bug"]],
            ["project": "demo", "title": 7, "labels": ["bug"]],
            ["project": "demo", "surprise": "x"],
        ]
        for arguments in forbidden {
            let error = #expect(throws: PolicyError.self) { try warrantCall(approval(edited: arguments)) }
            guard case .denied(let denial) = error?.code else {
                Issue.record("\(arguments) must be denied.")
                continue
            }
            #expect(denial.sentence.hasPrefix("Denied by `issue.create."))
        }
    }

    @Test func `an approval that comes after the last permitted call is denied`() throws {
        let late = Samples.context(earlier: ["issue.create": 2], labels: context.argumentLabels)
        let error = #expect(throws: PolicyError.self) { try warrantCall(approval(), late) }
        guard case .denied(let denial) = error?.code else { throw NotAsked() }
        #expect(denial.rule == "issue.create.max")
    }

    @Test func `labels that the caller changes after the question do not count`() throws {
        // The title was asked about as untrusted and stays so.
        let laundered = Samples.context(labels: ["title": Samples.trusted, "project": Samples.trusted])
        let warrant = try policy.warrant(
            for: request, approval: approval(), in: laundered, use: Samples.promptUse)
        #expect(warrant.argumentLabels == request.argumentLabels)
    }

    @Test func `the digest changes with everything it covers`() throws {
        var digests: Set<String> = [request.digest]
        func add(_ call: Labelled<ToolCall>, _ context: PolicyContext, _ policy: Policy) throws {
            guard case .ask(let asked) = policy.decide(call, in: context) else {
                throw NotAsked()
            }
            #expect(digests.insert(asked.digest).inserted)
        }
        let arguments = request.call.value.arguments
        var title = arguments
        title["title"] = "Crash!"
        try add(Samples.call(title, label: Samples.untrusted), context, policy)
        try add(Samples.call(arguments, label: .trusted(Samples.ticket)), context, policy)
        try add(
            request.call, Samples.context(labels: ["project": .trusted(.workflow())]), policy)
        for (run, address) in [("run-2", request.address), (request.run, "other")] {
            try add(
                request.call,
                PolicyContext(run: run, address: address, argumentLabels: context.argumentLabels), policy)
        }
        let stricter = try Samples.policy(
            Samples.rule("issue.create", .ask, max: 3, ["project": [.from(["workflow", "inputs"])]]))
        try add(request.call, context, stricter)
        #expect(digests.count == 7)
        // The order of arguments means nothing.
        let reordered = JSONObject(arguments.map { ($0.key, $0.value) }.reversed())
        guard
            case .ask(let same) = policy.decide(
                Samples.call(reordered, label: Samples.untrusted), in: context)
        else {
            throw NotAsked()
        }
        #expect(same.digest == request.digest)
    }

    @Test func `requests and approvals survive the journal, and an altered request does not`() throws {
        let written = request.toJSON().serialized()
        let read = try #require(ApprovalRequest(fromJSON: try JSONValue(parsing: written)))
        #expect(read == request)
        let altered = written.replacing("Crash", with: "Trash")
        #expect(altered != written)
        #expect(ApprovalRequest(fromJSON: try JSONValue(parsing: altered)) == nil)

        let answer = approval(edited: ["title": "x"])
        #expect(Approval(fromJSON: try JSONValue(parsing: answer.toJSON().serialized())) == answer)
        #expect(
            Approval(fromJSON: try JSONValue(parsing: approval(.rejected).toJSON().serialized()))
                == approval(.rejected))
        var broken = try #require(answer.toJSON().objectValue)
        broken["edited"] = "not an object"
        #expect(Approval(fromJSON: .object(broken)) == nil)
    }
}
