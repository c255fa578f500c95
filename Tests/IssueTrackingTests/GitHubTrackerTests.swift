import Databases
import Foundation
import IssueTracking
import JSONSchemas
import Synchronization
import TestSupport
import Testing
import WebAddresses
import WorkflowFormat

/// The GitHub tracker against a stub; what GitHub itself does is not tested here.
@Suite(.timeLimit(.minutes(10))) struct GitHubTrackerTests {
    private let stub: GitHubStub
    private let folder: TemporaryFolder
    private let marker = EffectMarker(effect: String(repeating: "ab", count: 32))
    private let draft = IssueDraft(project: "owner/name", title: "Crash on start", body: "It crashes.", labels: ["bug"])

    init() throws {
        stub = try GitHubStub()
        folder = try TemporaryFolder()
    }

    private func tracker(
        patience: Duration = .seconds(20), timeout: Duration = .seconds(10), environment: [String: String]? = nil
    ) throws -> any IssueTracker {
        try TrackerOpening.open(
            TrackerDefinition(
                name: "hub", kind: .github, url: try WebAddress(stub.url), project: "owner/name",
                repository: "owner/name", tokenVariable: "TOKEN",
                allowPrivate: [try #require(AddressRange("127.0.0.1"))], timeout: timeout, patience: patience),
            local: LocalTracker(path: folder.path("tracker.sqlite")),
            environment: environment ?? ["TOKEN": GitHubStub.token])
    }

    @Test func `issues are filed, found, commented, labelled and closed, each effect once`() async throws {
        let tracker = try tracker()
        try await tracker.check()
        #expect(try await tracker.issue(filedAs: marker, in: "owner/name") == nil)
        for _ in 0..<2 { #expect(try await tracker.file(draft, as: marker).id == 1) }
        #expect(stub.issues.count == 1)
        #expect(stub.issues[0].body.hasPrefix("It crashes.\n\n<!-- warrant:"))
        #expect(try await tracker.issue(filedAs: marker, in: "owner/name")?.id == 1)
        #expect(try await tracker.search("crash: at repo:evil/x", in: "owner/name", limit: 3).map(\.id) == [1])
        let search = try #require(stub.requests.last { $0.target.hasPrefix("/search") })
        #expect(!search.target.contains("evil%2Fx"))
        for _ in 0..<2 { #expect(try await tracker.comment("Yes.", on: 1, in: "owner/name", as: marker) == 1001) }
        #expect(stub.issues[0].comments.count == 1)
        #expect(try await tracker.addLabels(["bug"], to: 1, in: "owner/name").labels == ["bug"])
        #expect(try await tracker.openIssues(in: "owner/name", limit: 5).count == 1)
        #expect(
            try await tracker.close(1, in: "owner/name", asDuplicateOf: nil, note: "", as: marker).isOpen == false)
        #expect(try await tracker.openIssues(in: "owner/name", limit: 5).isEmpty)
    }

    @Test func `a closed duplicate says of which it is one, once, and that one has to be there`() async throws {
        let tracker = try tracker()
        for effect in ["a1", "a2"] { _ = try await tracker.file(draft, as: EffectMarker(effect: effect)) }
        let missing = await expect(.notFound) {
            _ = try await tracker.close(2, in: "owner/name", asDuplicateOf: 9, note: "Duplicate of #9.", as: marker)
        }
        #expect(missing?.reason.contains("#9") == true)
        #expect(stub.issues[1].isOpen && stub.issues[1].comments.isEmpty)
        for _ in 0..<2 {
            let closed = try await tracker.close(
                2, in: "owner/name", asDuplicateOf: 1, note: "Duplicate of #1.", as: marker)
            #expect(!closed.isOpen)
        }
        #expect(stub.issues[1].comments.count == 1)
        #expect(stub.issues[1].comments.first?.hasPrefix("Duplicate of #1.\n\n<!-- warrant:") == true)
    }

    @Test func `a no to one issue is that call's, and a no to everything is the tracker's`() async throws {
        let tracker = try tracker()
        _ = try await tracker.file(draft, as: marker)
        let locked = LoopbackServer.Answer(
            status: 403, body: Array(#"{"message": "Unable to create comment because issue is locked."}"#.utf8))
        stub.set { $0.method == "POST" && $0.target.hasSuffix("/comments") ? .instead(locked) : nil }
        let error = await expect(.refused) {
            _ = try await tracker.comment("Yes.", on: 1, in: "owner/name", as: marker)
        }
        #expect(error?.reason.contains("issue is locked") == true)
        #expect(try await tracker.openIssues(in: "owner/name", limit: 5).count == 1)
        // The control arm: credentials that nothing accepts.
        stub.set { _ in .instead(locked) }
        let refused = await expect(.unavailable) {
            _ = try await tracker.comment("Yes.", on: 1, in: "owner/name", as: marker)
        }
        #expect(refused?.reason.contains("credentials") == true)
        let asked = stub.requests.count
        stub.set(nil)
        await expect(.unavailable) { _ = try await tracker.openIssues(in: "owner/name", limit: 5) }
        #expect(stub.requests.count == asked)
    }

    /// What GitHub may say of number 1 instead of an issue, and the code of the call that asked.
    private static let strangers: [(body: String, code: TrackerError.Code)] = [
        (#"{"number": 1, "title": "t", "state": "open", "pull_request": {}}"#, .notFound), ("[]", .refused),
    ]

    @Test(arguments: 0..<strangers.count)
    func `what is no issue is left as it is, and others are worked with`(index: Int) async throws {
        let tracker = try tracker()
        var plain = draft
        plain.labels = []
        for effect in ["a1", "a2"] { _ = try await tracker.file(plain, as: EffectMarker(effect: effect)) }
        let (body, code) = Self.strangers[index]
        stub.set { request in
            request.method == "GET" && request.target.hasSuffix("/issues/1")
                ? .instead(.init(body: Array(body.utf8))) : nil
        }
        await expect(code) { _ = try await tracker.addLabels(["bug"], to: 1, in: "owner/name") }
        await expect(code) {
            _ = try await tracker.close(1, in: "owner/name", asDuplicateOf: nil, note: "", as: marker)
        }
        #expect(stub.issues[0].labels.isEmpty && stub.issues[0].isOpen)
        // The control arm: the same with an issue.
        #expect(try await tracker.addLabels(["bug"], to: 2, in: "owner/name").labels == ["bug"])
    }

    @Test func `a text that quotes a marker doesn't carry it`() async throws {
        let tracker = try tracker()
        var quoting = draft
        quoting.body = "<!-- warrant:\(marker.effect) -->"
        _ = try await tracker.file(quoting, as: EffectMarker(effect: "cd"))
        #expect(try await tracker.issue(filedAs: marker, in: "owner/name") == nil)
        #expect(try await tracker.file(draft, as: marker).id == 2)
    }

    @Test func `another project, an unknown label or a missing issue is refused before anything is sent`() async throws
    {
        let tracker = try tracker()
        var other = draft
        other.project = "owner/other"
        await expect(.badArgument) { _ = try await tracker.file(other, as: marker) }
        #expect(stub.requests.isEmpty)
        var labelled = draft
        labelled.labels = ["security"]
        let unknown = await expect(.badArgument) { _ = try await tracker.file(labelled, as: marker) }
        #expect(unknown?.reason == "it has no label `security`")
        #expect(try await tracker.unknownLabels(among: ["bug", "security"], in: "owner/name") == ["security"])
        await expect(.notFound) {
            _ = try await tracker.close(9, in: "owner/name", asDuplicateOf: nil, note: "", as: marker)
        }
        #expect(stub.issues.isEmpty)
        _ = try await tracker.file(draft, as: marker)
        #expect(stub.issues.count == 1)
    }

    /// What comes back, whether the issue was filed all the same, and whether it is sent again in the same call.
    private static let faults: [(name: String, answer: LoopbackServer.Answer, acts: Bool, isSentAgain: Bool)] = [
        ("500", .init(status: 500), true, false), ("500 before", .init(status: 500), false, true),
        ("429", .init(status: 429, headers: ["Retry-After": "1"]), false, true),
        ("403 limit", .init(status: 403, headers: ["X-RateLimit-Remaining": "0"]), false, true),
        ("503", .init(status: 503), false, true), ("garbage", .init(body: [1, 2, 3]), true, false),
        ("502", .init(status: 502), true, false), ("lost", .silent, true, false),
    ]

    @Test(arguments: 0..<faults.count)
    func `one bad answer to a filing leaves one issue`(index: Int) async throws {
        let fault = Self.faults[index]
        let once = Once()
        stub.set { request in
            guard request.method == "POST", once.first() else {
                return nil
            }
            return fault.acts ? .after(fault.answer) : .instead(fault.answer)
        }
        let filed = try await tracker(timeout: .seconds(1)).file(draft, as: marker)
        #expect(filed.id == 1 && stub.issues.count == 1, "\(fault.name)")
        #expect(stub.requests.filter { $0.method == "POST" }.count == (fault.isSentAgain ? 2 : 1), "\(fault.name)")
    }

    @Test(arguments: [LoopbackServer.Answer.silent, .init(status: 502), .init(body: [1])].indices)
    func `what may still be on its way is not sent again, until a later life looks it up`(index: Int) async throws {
        let answers = [LoopbackServer.Answer.silent, .init(status: 502), .init(body: [1])]
        stub.set { $0.method == "POST" ? .instead(answers[index]) : nil }
        let tracker = try tracker(patience: .seconds(2), timeout: .seconds(1))
        let error = await expect(.unavailable) { _ = try await tracker.file(draft, as: marker) }
        #expect(error?.description.contains("unknown") == true, "\(error?.description ?? "")")
        #expect(stub.requests.filter { $0.method == "POST" }.count == 1)
        // The same tracker is not asked again; a later life files it once.
        let asked = stub.requests.count
        await expect(.unavailable) { _ = try await tracker.openIssues(in: "owner/name", limit: 1) }
        #expect(stub.requests.count == asked)
        stub.set(nil)
        _ = try await self.tracker().file(draft, as: marker)
        #expect(stub.issues.count == 1)
    }

    /// The run began under a clock that is far ahead of the server's.
    @Test func `what was filed is found whatever the clock said when the run began`() async throws {
        let ahead = EffectMarker(effect: marker.effect, notBefore: Date().addingTimeInterval(10 * 365 * 86_400))
        _ = try await tracker().file(draft, as: ahead)
        stub.fill(250, created: Date())
        let next = try tracker()
        #expect(try await next.issue(filedAs: ahead, in: "owner/name")?.id == 1)
        #expect(try await next.file(draft, as: ahead).id == 1)
        #expect(try await next.comment("Yes.", on: 1, in: "owner/name", as: ahead) == 1001)
        #expect(try await self.tracker().comment("Yes.", on: 1, in: "owner/name", as: ahead) == 1001)
        #expect(stub.issues.count == 251 && stub.issues[0].comments.count == 1)
    }

    @Test func `a look-up ends where entries are older than the run, and says where it can't end`() async throws {
        stub.fill(2_100, created: Date().addingTimeInterval(-7_200))
        let now = EffectMarker(effect: marker.effect, notBefore: Date())
        #expect(try await tracker().issue(filedAs: now, in: "owner/name") == nil)
        #expect(stub.requests.count == 3)
        // The control arm: nothing tells that the rest is older.
        let error = await expect(.unavailable) {
            _ = try await tracker().issue(filedAs: marker, in: "owner/name")
        }
        #expect(error?.reason.contains("more than 2000 entries") == true)
    }

    @Test(arguments: [500, 502])
    func `a look-up that is refused after the sending leaves the effect unknown`(status: Int) async throws {
        let refusal = LoopbackServer.Answer(
            status: 403, body: Array(#"{"message": "Resource not accessible by personal access token"}"#.utf8))
        let sent = Counted()
        stub.set { request in
            if request.method == "POST" {
                sent.add()
                return .after(.init(status: status))
            }
            return sent.count > 0 && request.target.contains("/issues?") ? .instead(refusal) : nil
        }
        let error = await expect(.unavailable) { _ = try await tracker().file(draft, as: marker) }
        #expect(error?.reason.contains("is unknown until the run is resumed") == true)
        #expect(sent.count == 1 && stub.issues.count == 1)
        stub.set(nil)
        #expect(try await tracker().file(draft, as: marker).id == 1)
        #expect(stub.issues.count == 1)
        // The control arm: before anything is sent it is a refusal.
        stub.set { $0.target.contains("/issues?") ? .instead(refusal) : nil }
        await expect(.refused) { _ = try await tracker().file(draft, as: marker) }
    }

    @Test func `a change that is refused after an answer was lost is no refusal`() async throws {
        _ = try await tracker().file(draft, as: marker)
        let sent = Counted()
        let refusal = LoopbackServer.Answer(status: 422, body: Array(#"{"message": "no"}"#.utf8))
        stub.set { request in
            guard request.method == "POST" else { return nil }
            sent.add()
            return sent.count == 1 ? .after(.init(status: 502)) : .instead(refusal)
        }
        await expect(.unavailable) { _ = try await tracker().addLabels(["bug"], to: 1, in: "owner/name") }
        #expect(sent.count == 2)
        // The control arm: the same refusal at first.
        stub.set { $0.method == "POST" ? .instead(refusal) : nil }
        await expect(.refused) { _ = try await tracker().addLabels(["bug"], to: 1, in: "owner/name") }
    }

    @Test func `a wait that is longer than the patience is not begun`() async throws {
        stub.set { _ in .instead(.init(status: 429, headers: ["Retry-After": "4000000000"])) }
        let tracker = try tracker()
        await expect(.unavailable) { try await tracker.check() }
        #expect(stub.requests.count == 1)
    }

    @Test func `a token that is missing, wrong or has a line break sends nothing useful`() async throws {
        await expect(.configuration) { _ = try tracker(environment: [:]) }
        await expect(.configuration) { _ = try tracker(environment: ["TOKEN": "a\r\nX: y"]) }
        let wrong = try tracker(environment: ["TOKEN": "secret-but-wrong"])
        let error = await expect(.unavailable) { try await wrong.check() }
        #expect(error?.description.contains("secret") == false)
    }

    @Test func `a redirect is not followed and the token stays`() async throws {
        let other = try LoopbackServer { _ in .init(body: Array("{}".utf8)) }
        let target = other.url
        stub.set { _ in .instead(.init(status: 301, headers: ["Location": target])) }
        await expect(.refused) { try await tracker().check() }
        #expect(other.requests.isEmpty)
    }
}

/// Counts.
private final class Counted: Sendable {
    private let number = Mutex(0)
    var count: Int { number.withLock { $0 } }
    func add() { number.withLock { $0 += 1 } }
}

/// True once.
private final class Once: Sendable {
    private let isOver = Mutex(false)

    func first() -> Bool {
        isOver.withLock { isOver in
            defer { isOver = true }
            return !isOver
        }
    }
}

/// Runs `body` and expects it to throw a tracker error with this code.
@discardableResult
func expect(
    _ code: TrackerError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> TrackerError? {
    let error = await #expect(throws: TrackerError.self, sourceLocation: sourceLocation) { try await body() }
    #expect(error?.code == code, "\(error?.description ?? "")", sourceLocation: sourceLocation)
    return error
}
