import Databases
import JSONSchemas
import PolicyEngine
import TestSupport
import Testing
import ToolExecution
import WebAddresses
import WorkflowFormat

@Suite(.timeLimit(.minutes(10))) struct IssueToolTests {
    @Test func `an issue is filed, listed, commented and labelled, each effect once`() async throws {
        let bench = try Workbench()
        let draft: JSONObject = ["project": "demo", "title": "Crash", "body": "b", "labels": ["bug"]]
        let id = try #require(try await bench.value("issue.create", draft)["id"])
        for isResumed in [false, true] {
            let comment = try await bench.value(
                "issue.comment", ["project": "demo", "id": id, "body": "Me too."], effect: "c", isResumed: isResumed)
            #expect(comment["comment"] == 1)
        }
        #expect(try bench.tracker.comments(issue: 1).count == 1)
        #expect(try bench.tracker.comments(issue: 1).first?.contains("drafted by nobody in run run-1") == true)
        for isResumed in [false, true] {
            let labelled = try await bench.value(
                "issue.label", ["project": "demo", "id": id, "labels": ["slow"]], effect: "l", isResumed: isResumed)
            #expect(labelled["labels"] == ["bug", "slow"])
        }
        let listed = try await bench.value("issue.list", ["project": "demo"])
        #expect(listed["rows"]?.arrayValue?.first?["title"] == "Crash")
        let failure = try await bench.failure("issue.label", ["project": "other", "id": id, "labels": ["x"]])
        #expect(failure.code == "not_found")
    }

    @Test func `what an earlier life of the run began and never did is done`() async throws {
        let bench = try Workbench()
        let id = try #require(
            try await bench.value("issue.create", ["project": "demo", "title": "t", "body": "b"])["id"])
        let labelled = try await bench.value(
            "issue.label", ["project": "demo", "id": id, "labels": ["slow"]], effect: "l", isResumed: true)
        #expect(labelled == ["id": 1, "labels": ["slow"]])
        let comment = try await bench.value(
            "issue.comment", ["project": "demo", "id": id, "body": "b"], effect: "c", isResumed: true)
        #expect(comment["comment"] == 1)
        #expect(try bench.tracker.list().first?.labels == ["slow"])
    }

    @Test func `the local tracker refuses no label`() async throws {
        let bench = try Workbench()
        let checked = try await bench.value("label.check", ["project": "demo", "labels": ["bug", "new"]])
        #expect(checked == ["unknown": []])
    }

    @Test func `no policy can let an issue be closed without a person`() async throws {
        let bench = try Workbench()
        _ = try await bench.value("issue.create", ["project": "demo", "title": "t", "body": "b"])
        await #expect(throws: Workbench.Unexpected.self) {
            try await bench.value("issue.close", ["project": "demo", "id": 1])
        }
        #expect(try bench.tracker.open(project: "demo", limit: 9).count == 1)
    }

    @Test func `closing as a duplicate is done once the note is there, whoever closed the issue`() async throws {
        let bench = try Workbench()
        for number in 1...3 {
            _ = try await bench.value(
                "issue.create", ["project": "demo", "title": "t", "body": "b"], effect: "create-\(number)")
        }
        // Somebody else closed it before the call that was begun got there.
        _ = try bench.tracker.change(issue: 2, project: "demo", addingLabels: [], closing: true)
        for _ in 0..<2 {
            let closed = try await bench.value(
                "issue.close", ["project": "demo", "id": 2, "duplicate_of": 1], effect: "d", isResumed: true,
                isApproved: true)
            #expect(closed == ["id": 2, "state": "closed"])
            let notes = try bench.tracker.comments(issue: 2)
            #expect(notes.count == 1 && notes.first?.hasPrefix("Duplicate of #1.") == true, "\(notes)")
        }
        // The control arm: where nothing is said to be repeated, closed is all there is to it.
        _ = try bench.tracker.change(issue: 3, project: "demo", addingLabels: [], closing: true)
        let closed = try await bench.value(
            "issue.close", ["project": "demo", "id": 3], effect: "e", isResumed: true, isApproved: true)
        #expect(closed == ["id": 3, "state": "closed"])
        #expect(try bench.tracker.comments(issue: 3).isEmpty)
    }

    @Test func `a page is read from a named host, and from no other`() async throws {
        let bench = try Workbench()
        let server = try LoopbackServer { request in
            switch request.target {
            case "/away": .init(status: 302, headers: ["Location": "http://127.0.0.2/"])
            case "/binary": .init(body: [0xFF, 0xFE])
            case "/big": .init(body: Array(repeating: 65, count: 2 << 20))
            default: .init(headers: ["Content-Type": "text/plain; charset=utf-8"], body: Array("hello".utf8))
            }
        }
        let rule = ArgumentRule(
            argument: "url", predicates: [.hostIn([try HostEntry("127.0.0.1:\(server.port)")])])
        func get(_ path: String) async throws -> Observation {
            try await bench.observe("http.get", ["url": .string(server.url + path)], rules: [rule])
        }
        #expect(
            try await get("/").value == ["status": 200, "media_type": "text/plain", "text": "hello"])
        #expect(server.requests.first?.headers["authorization"] == nil)
        for (path, code) in [("/away", "refused"), ("/binary", "bad_data"), ("/big", "limit")] {
            guard case .failed(let failure) = try await get(path).outcome else {
                Issue.record("\(path) succeeded")
                continue
            }
            #expect(failure.code == code, "\(failure.message)")
        }
        await #expect(throws: Workbench.Unexpected.self) {
            try await bench.value("http.get", ["url": .string(server.url)])
        }
    }
}
