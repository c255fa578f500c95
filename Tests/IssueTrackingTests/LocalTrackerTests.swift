import Databases
import IssueTracking
import TestSupport
import Testing

/// The local tracker behind the trackers' protocol.
@Suite struct LocalTrackerTests {
    private let tracker: LocalTracker
    private let folder: TemporaryFolder
    private let marker = EffectMarker(effect: "ab")

    init() throws {
        folder = try TemporaryFolder()
        tracker = try LocalTracker(path: folder.path("tracker.sqlite"))
        for name in ["m1", "m2"] {
            _ = try tracker.create(IssueDraft(project: "demo", title: name, body: "b", labels: ["bug"]), marker: name)
        }
    }

    @Test func `an issue that is closed as a duplicate says of which, once, and gets no label for it`() async throws {
        for _ in 0..<2 {
            let closed = try await tracker.close(
                2, in: "demo", asDuplicateOf: 1, note: "Duplicate of #1.", as: marker)
            #expect(!closed.isOpen && closed.labels == ["bug"])
        }
        #expect(try tracker.comments(issue: 2) == ["Duplicate of #1."])
    }

    @Test func `an issue is not closed as a duplicate of one that isn't there`() async throws {
        await expect(.notFound) {
            _ = try await tracker.close(2, in: "demo", asDuplicateOf: 9, note: "Duplicate of #9.", as: marker)
        }
        #expect(try tracker.comments(issue: 2).isEmpty)
        #expect(try tracker.open(project: "demo", limit: 9).count == 2)
    }

    @Test func `no label is unknown to it`() async throws {
        #expect(try await tracker.unknownLabels(among: ["bug", "new"], in: "demo") == [])
    }
}
