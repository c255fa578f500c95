import Databases
import Foundation
import TestSupport
import Testing

@Suite struct LocalTrackerTests {
    let folder: TemporaryFolder
    let tracker: LocalTracker

    init() throws {
        folder = try TemporaryFolder()
        tracker = try LocalTracker(path: folder.path("tracker.sqlite"))
    }

    @Test func `the same marker files one issue`() throws {
        let first = try tracker.create(
            IssueDraft(project: "demo", title: "Crash on save", body: "It crashes.", labels: ["bug", "ui"]),
            marker: "run-1/file",
            now: Date(timeIntervalSince1970: 1_700_000_000.25))
        #expect(first.id == 1 && first.state == "open" && first.labels == ["bug", "ui"])
        #expect(first.created == "2023-11-14T22:13:20.250Z")
        let again = try tracker.create(
            IssueDraft(project: "demo", title: "Another title", body: "x"), marker: "run-1/file")
        #expect(again == first)
        let other = try tracker.create(
            IssueDraft(project: "demo", title: "Crash on save", body: "x"), marker: "run-2/file")
        #expect(other.id == 2)
        #expect(try tracker.list().map(\.id) == [1, 2])
        #expect(try tracker.issue(marker: "run-1/file") == first)
        #expect(try tracker.issue(marker: "run-3/file") == nil)
    }

    @Test func `a new tracker can be opened by many at once`() async throws {
        for number in 0..<20 {
            let path = folder.path("new\(number).sqlite")
            let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
                for opener in 0..<8 {
                    group.addTask { @concurrent in
                        let draft = IssueDraft(project: "demo", title: "one", body: "x")
                        return try LocalTracker(path: path).create(draft, marker: "run-\(opener)").id
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(numbers == Set(1...8))
        }
    }

    @Test func `filing from two connections at once gives one issue a marker`() async throws {
        let path = folder.path("tracker.sqlite")
        let identifiers = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<4 {
                group.addTask { @concurrent in
                    let tracker = try LocalTracker(path: path)
                    return try (0..<10).map { number in
                        try tracker.create(
                            IssueDraft(project: "p", title: "t\(number)", body: ""), marker: "m\(number)"
                        ).id
                    }
                }
            }
            return try await group.reduce(into: [[Int]]()) { $0.append($1) }
        }
        #expect(Set(identifiers).count == 1)
        #expect(try tracker.list().count == 10)
    }

    @Test func `similar issues are found within one project only`() throws {
        for (project, title, body) in [
            (
                "demo", "Saving fails with a large file",
                "The program crashes when a file above 2 GB is saved."
            ),
            ("demo", "Dark mode colors", "Buttons are hard to read."),
            ("other", "Saving fails", "Same crash on save."),
        ] {
            _ = try tracker.create(
                IssueDraft(project: project, title: title, body: body), marker: project + title)
        }
        let found = try tracker.find(query: "crashed while saving files", project: "demo", limit: 5)
        #expect(found.map(\.title) == ["Saving fails with a large file"])
        #expect(try tracker.find(query: "saving", project: "other", limit: 5).map(\.project) == ["other"])
        #expect(try tracker.find(query: "saving", project: "none", limit: 5).isEmpty)
        #expect(try tracker.find(query: "", project: "demo", limit: 5).isEmpty)
        #expect(try tracker.list(project: "demo").count == 2)
    }

    @Test func `issues outlive the process that filed them`() throws {
        let filed = try tracker.create(IssueDraft(project: "demo", title: "t", body: "b"), marker: "m")
        #expect(try LocalTracker(path: folder.path("tracker.sqlite")).issue(marker: "m") == filed)
    }

    @Test func `an issue without a title is refused`() throws {
        let error = #expect(throws: DatabaseToolError.self) {
            try tracker.create(IssueDraft(project: "demo", title: "", body: "b"), marker: "m")
        }
        #expect(error?.code == .invalid)
        #expect(try tracker.list().isEmpty)
    }

    @Test func `a tracker in a missing folder is one sentence`() throws {
        let error = #expect(throws: DatabaseToolError.self) {
            try LocalTracker(path: folder.path("none/tracker.sqlite"))
        }
        #expect(error?.code == .io)
        #expect(error?.description.hasPrefix("Can't open tracker `tracker.sqlite`: ") == true)
    }
}
