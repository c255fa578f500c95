import Databases
import Foundation
import HTTPTransfer
import JSONSchemas
import WebAddresses
import WorkflowFormat

/// A Roundup server, through its REST interface.
///
/// A text is a message with the effect's marker as its `messageid`, which the server looks up exactly. An issue is
/// filed in two requests, the message first. The second goes through a "post once exactly" address, which the server
/// accepts once; it is kept with the message, so that a later life of the run uses the same one and a request that was
/// held up on the way can't file a second issue.
struct RoundupTracker: IssueTracker {
    let identity: TrackerIdentity
    let client: TrackerClient
    let user: String
    let labelField: String
    let closedStatus: String
    let createsLabels: Bool

    private static let usualClosedStatuses: Set<String> = ["resolved", "done-cbb", "closed"]
    /// Where the statuses are that an issue may have.
    static let statuses = "/rest/data/status"

    func check() async throws(TrackerError) {
        var waiting = try client.begin()
        let status = try await client.ask(
            "GET", Self.statuses, query: [("name:", closedStatus)], within: &waiting)
        guard try rows(status).count == 1 else {
            throw TrackerError(
                .configuration, identity.name, "use tracker", "it has no status `\(closedStatus)`; set `fields.closed`")
        }
        _ = try await client.ask("GET", "/rest/data/\(labelField)", query: [("@page_size", "1")], within: &waiting)
        _ = try await client.ask("GET", "/rest/data/issue", query: [("@page_size", "1")], within: &waiting)
    }

    func search(_ query: String, in project: String, limit: Int) async throws(TrackerError) -> [Issue] {
        try identity.check(project: project)
        var waiting = try client.begin()
        var hits: [Int: (issue: Issue, words: Int)] = [:]
        // The REST interface has no full-text search: words are looked for in titles and in the first lines of texts.
        for word in SearchWords.longest(in: query, limit: 5) {
            var rows = try await issues([("title", word)], within: &waiting)
            let texts = try await client.ask(
                "GET", "/rest/data/msg", query: [("summary", word), ("@page_size", "50"), ("@sort", "-id")],
                within: &waiting)
            let messages = try self.rows(texts).compactMap(Self.number)
            if !messages.isEmpty {
                rows += try await issues(
                    [("messages", messages.map(String.init).joined(separator: ","))], within: &waiting)
            }
            for issue in Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { $1 }).values {
                hits[issue.id] = (issue, (hits[issue.id]?.words ?? 0) + 1)
            }
        }
        var found: [Issue] = []
        for hit in hits.values.sorted(by: { ($0.words, $0.issue.id) > ($1.words, $1.issue.id) }).prefix(limit) {
            found.append(try await self.issue(hit.issue.id, in: project, within: &waiting))
        }
        return found
    }

    private func issues(
        _ filter: [(String, String)], within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) -> [Issue] {
        let answer = try await client.ask(
            "GET", "/rest/data/issue",
            query: filter + [("@verbose", "2"), fields, ("@page_size", "50"), ("@sort", "-id")], within: &waiting)
        return try rows(answer).compactMap { issue($0) }
    }

    func openIssues(in project: String, limit: Int) async throws(TrackerError) -> [Issue] {
        try identity.check(project: project)
        var waiting = try client.begin()
        let statuses = try await client.ask("GET", Self.statuses, query: [("@verbose", "2")], within: &waiting)
        let open = try rows(statuses).filter { !isClosed($0["name"]?.stringValue) }.compactMap(Self.number)
        let answer = try await client.ask(
            "GET", "/rest/data/issue",
            query: [
                ("status", (["-1"] + open.map(String.init)).joined(separator: ",")), ("@sort", "-id"),
                ("@page_size", String(limit)), ("@verbose", "2"), fields,
            ], within: &waiting)
        return try rows(answer).compactMap { issue($0) }
    }

    func issue(_ id: Int, in project: String) async throws(TrackerError) -> Issue {
        try identity.check(project: project)
        var waiting = try client.begin()
        return try await issue(id, in: project, within: &waiting)
    }

    func issue(
        _ id: Int, in project: String, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) -> Issue {
        let answer = try await client.ask("GET", "/rest/data/issue/\(id)", query: [("@verbose", "2")], within: &waiting)
        guard let attributes = answer.json["data"]?["attributes"] else { throw client.odd("issue \(id)") }
        var body: String?
        if let first = attributes["messages"]?.arrayValue?.compactMap(Self.number).min() {
            let message = try await client.ask(
                "GET", "/rest/data/msg/\(first)", query: [("@verbose", "3")], within: &waiting)
            body = message.json["data"]?["attributes"]?["content"]?.stringValue
        }
        guard let issue = issue(attributes, id: id, body: body) else { throw client.odd("issue \(id)") }
        return issue
    }

    func unknownLabels(among labels: [String], in project: String) async throws(TrackerError) -> [String] {
        try identity.check(project: project)
        guard !createsLabels else { return [] }
        var waiting = try client.begin()
        var unknown: [String] = []
        for label in labels {
            let id = try await labelID(label, within: &waiting)
            if id == nil { unknown.append(label) }
        }
        return unknown
    }

    func addLabels(_ labels: [String], to id: Int, in project: String) async throws(TrackerError) -> Issue {
        try identity.check(project: project)
        var waiting = try client.begin()
        let ids = try await labelIDs(labels, within: &waiting)
        try await change(id, "add", [labelField: .array(ids.map { .string(String($0)) })], within: &waiting)
        return try await changed(id, in: project, within: &waiting)
    }

    /// The issue that is repeated stands in the field `superseder`, so there is no comment.
    func close(
        _ id: Int, in project: String, asDuplicateOf other: Int?, note: String, as marker: EffectMarker
    ) async throws(TrackerError) -> Issue {
        try identity.check(project: project)
        var waiting = try client.begin()
        var changes: JSONObject = ["status": .string(closedStatus)]
        if let other {
            try await requireDuplicated(other) { () async throws(TrackerError) in
                try await issue(other, in: project)
            }
            changes["superseder"] = [.string(String(other))]
        }
        try await change(id, "replace", changes, within: &waiting)
        return try await changed(id, in: project, within: &waiting)
    }

    /// An issue after a change. The change is made; an answer that can't be read says nothing against it.
    func changed(
        _ id: Int, in project: String, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) -> Issue {
        do {
            return try await issue(id, in: project, within: &waiting)
        } catch {
            throw error.code == .refused ? client.unclear("its answer isn't that of a Roundup server") : error
        }
    }

    /// Changes an issue. Both ways of changing give the same when they are done twice.
    func change(
        _ id: Int, _ way: String, _ changes: JSONObject, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) {
        var body = changes
        body["@op"] = .string(way)
        /// Whether the server may have changed it already.
        var isBegun = false
        while true {
            // Roundup wants to know which version of the issue is meant.
            let current: TrackerClient.Answer
            do throws(TrackerError) {
                current = try await client.ask("GET", "/rest/data/issue/\(id)", within: &waiting)
            } catch {
                throw isBegun ? client.inDoubt(error) : error
            }
            guard let version = current.response.header("etag") else {
                throw isBegun ? client.inDoubt(client.odd("issue \(id)")) : client.odd("issue \(id)")
            }
            do throws(TrackerClient.Failure) {
                _ = try await client.send(
                    "PATCH", "/rest/data/issue/\(id)", body: .object(body), headers: [.init("If-Match", version)])
                return
            } catch {
                switch error {
                case .refused(let status, let reason) where status != 412:
                    let refusal = await client.refusal(status, reason)
                    throw isBegun ? client.inDoubt(refusal) : refusal
                case .lost, .failed: isBegun = true
                case .refused, .unreachable, .busy: break
                }
                try await client.pause(after: error, within: &waiting)
            }
        }
    }

    /// The tracker's numbers of labels.
    func labelIDs(_ labels: [String], within waiting: inout TrackerClient.Waiting) async throws(TrackerError) -> [Int] {
        var ids: [Int] = []
        for label in labels {
            var found = try await labelID(label, within: &waiting)
            if found == nil, createsLabels {
                do throws(TrackerClient.Failure) {
                    _ = try await client.send("POST", "/rest/data/\(labelField)", body: ["name": .string(label)])
                } catch {
                    // Labels' names are unique there, so a second try can't make a second one: the look-up decides.
                    try await client.pause(after: error, within: &waiting)
                }
                found = try await labelID(label, within: &waiting)
            }
            guard let found else {
                throw TrackerError(
                    .badArgument, identity.name, "use tracker",
                    "it has no \(labelField) `\(TrackerClient.plain(label))`")
            }
            ids.append(found)
        }
        return ids
    }

    private func labelID(
        _ label: String, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) -> Int? {
        let answer = try await client.ask(
            "GET", "/rest/data/\(labelField)", query: [("name:", label)], within: &waiting)
        return try rows(answer).compactMap(Self.number).first
    }

    var fields: (String, String) { ("@fields", "title,status,creation,\(labelField)") }

    var strange: TrackerError { client.gone("its answer isn't that of a Roundup server") }

    func rows(_ answer: TrackerClient.Answer) throws(TrackerError) -> [JSONValue] {
        guard let rows = answer.json["data"]?["collection"]?.arrayValue else { throw strange }
        return rows
    }

    static func number(_ row: JSONValue) -> Int? { row["id"]?.stringValue.flatMap { Int($0) } }

    func issue(_ row: JSONValue, id known: Int? = nil, body: String? = nil) -> Issue? {
        guard let id = known ?? Self.number(row), let title = row["title"]?.stringValue else { return nil }
        return Issue(
            id: id, project: identity.project ?? identity.name, title: title, body: body,
            labels: row[labelField]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? [],
            isOpen: !isClosed(row["status"]?["name"]?.stringValue),
            url: "\(client.base.origin)\(client.base.rest)/issue\(id)",
            created: row["creation"]?.stringValue)
    }

    private func isClosed(_ status: String?) -> Bool {
        guard let status else { return false }
        return status == closedStatus || Self.usualClosedStatuses.contains(status)
    }
}
