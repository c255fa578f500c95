import Databases
import Foundation
import IssueTracking
import Synchronization
import TestSupport
import Testing
import WebAddresses
import WorkflowFormat

/// What the Roundup tracker says of an effect that may have happened when the server refuses what comes after it. The
/// server here is a stub that says what a test needs.
@Suite(.timeLimit(.minutes(5))) struct RoundupDoubtTests {
    /// A server with a text that waits to be filed and with an issue, which loses each answer to a change.
    private final class Server: Sendable {
        private let hasActed = Mutex(false)

        /// Whether it was asked to change something.
        var isAsked: Bool { hasActed.withLock { $0 } }

        /// `refuses`: whether it refuses everything, from when on.
        func answer(_ request: LoopbackServer.Request, refusesAtOnce: Bool, effect: String) -> LoopbackServer.Answer {
            if request.target.hasPrefix("/rest/data/status") { return Self.json(#"{"data": {"collection": []}}"#) }
            if refusesAtOnce || isAsked {
                return LoopbackServer.Answer(status: 403, body: Array(#"{"error": {"msg": "no"}}"#.utf8))
            }
            guard request.method == "GET" else {
                hasActed.withLock { $0 = true }
                return LoopbackServer.Answer(status: 502)
            }
            if request.target.hasPrefix("/rest/data/msg") {
                return Self.json(
                    #"{"data": {"collection": [{"id": "7", "messageid": "<\#(effect)@warrant.invalid>", "#
                        + #""inreplyto": "<abc@poe.warrant.invalid>"}]}}"#)
            }
            if request.target.hasPrefix("/rest/data/issue/") {
                var answer = Self.json(#"{"data": {"attributes": {"messages": []}}}"#)
                answer.headers["ETag"] = "\"1\""
                return answer
            }
            return Self.json(#"{"data": {"collection": []}}"#)
        }

        private static func json(_ text: String) -> LoopbackServer.Answer {
            LoopbackServer.Answer(body: Array(text.utf8))
        }
    }

    @Test(arguments: [false, true])
    func `a refusal after an answer was lost leaves the effect unknown, and one at first is a refusal`(
        refusesAtOnce: Bool
    ) async throws {
        let marker = EffectMarker(effect: String(repeating: "ab", count: 32))
        for isFiling in [true, false] {
            let state = Server()
            let server = try LoopbackServer {
                state.answer($0, refusesAtOnce: refusesAtOnce, effect: marker.effect)
            }
            let folder = try TemporaryFolder()
            let tracker = try TrackerOpening.open(
                TrackerDefinition(
                    name: "bugs", kind: .roundup, url: try WebAddress(server.url), project: "demo",
                    userVariable: "U", passwordVariable: "P",
                    allowPrivate: [try #require(AddressRange("127.0.0.1"))]),
                local: LocalTracker(path: folder.path("tracker.sqlite")), environment: ["U": "u", "P": "p"])
            let error = await expect(refusesAtOnce ? .refused : .unavailable) {
                if isFiling {
                    _ = try await tracker.file(
                        IssueDraft(project: "demo", title: "t", body: "b", labels: []), as: marker)
                } else {
                    _ = try await tracker.comment("b", on: 1, in: "demo", as: marker)
                }
            }
            #expect(state.isAsked == !refusesAtOnce)
            #expect(
                error?.reason.contains("is unknown until the run is resumed") == !refusesAtOnce,
                "\(error?.description ?? "")")
        }
    }
}
