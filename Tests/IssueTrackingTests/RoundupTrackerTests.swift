import Databases
import Foundation
import IssueTracking
import TestSupport
import Testing
import WebAddresses
import WorkflowFormat

/// The Roundup tracker against a real server.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RoundupTrackerTests {
    @Test func `issues are filed, found, commented, labelled and closed, each effect once`() async throws {
        let server = try RoundupServer()
        let folder = try TemporaryFolder()
        let tracker = try TrackerOpening.open(
            TrackerDefinition(
                name: "bugs", kind: .roundup, url: try WebAddress(server.url), project: "demo", userVariable: "U",
                passwordVariable: "P", allowPrivate: [try #require(AddressRange("127.0.0.1"))], createLabels: true),
            local: LocalTracker(path: folder.path("tracker.sqlite")),
            environment: ["U": RoundupServer.user, "P": RoundupServer.password])
        try await tracker.check()
        let marker = EffectMarker(effect: String(repeating: "ab", count: 32))
        #expect(try await tracker.issue(filedAs: marker, in: "demo") == nil)
        let draft = IssueDraft(project: "demo", title: "Crash at noon", body: "It crashes.", labels: ["bug"])
        for _ in 0..<2 { #expect(try await tracker.file(draft, as: marker).id == 1) }
        #expect(try server.titles() == ["Crash at noon"])
        let second = EffectMarker(effect: String(repeating: "cd", count: 32))
        #expect(try await tracker.file(IssueDraft(project: "demo", title: "Other", body: "b"), as: second).id == 2)
        #expect(try await tracker.issue(filedAs: marker, in: "demo")?.labels == ["bug"])
        let found = try await tracker.search("why does it (crashes)", in: "demo", limit: 3)
        #expect(found.map(\.id) == [1] && found.first?.body == "It crashes.")
        let third = EffectMarker(effect: String(repeating: "ef", count: 32))
        #expect(try await tracker.comment(filedAs: third, on: 1, in: "demo") == nil)
        let comment = try await tracker.comment("Me too.", on: 1, in: "demo", as: third)
        #expect(try await tracker.comment("Me too.", on: 1, in: "demo", as: third) == comment)
        #expect(try await tracker.comment(filedAs: third, on: 1, in: "demo") == comment)
        #expect(Set(try await tracker.addLabels(["slow"], to: 1, in: "demo").labels) == ["bug", "slow"])
        #expect(try await tracker.openIssues(in: "demo", limit: 5).map(\.id) == [2, 1])
        for _ in 0..<2 {
            #expect(
                try await tracker.close(1, in: "demo", asDuplicateOf: 2, note: "", as: third).isOpen == false)
        }
        await expect(.notFound) {
            _ = try await tracker.close(2, in: "demo", asDuplicateOf: 99, note: "", as: third)
        }
        #expect(try await tracker.unknownLabels(among: ["bug", "nope"], in: "demo") == [])
        #expect(try await tracker.openIssues(in: "demo", limit: 5).map(\.id) == [2])
        await expect(.notFound) { _ = try await tracker.issue(99, in: "demo") }
        await expect(.badArgument) { _ = try await tracker.issue(1, in: "other") }
    }
}
