import Databases
import Foundation
import HTTPTransfer
import JSONSchemas
import WebAddresses
import WorkflowFormat

/// GitHub, or a server that speaks its REST interface.
///
/// The effect's marker is a comment at the end of the text, which readers don't see. It is looked for in the list of
/// issues, since GitHub's search learns of an issue only some time after it was filed.
struct GitHubTracker: IssueTracker {
    let identity: TrackerIdentity
    let client: TrackerClient
    let repository: String
    let createsLabels: Bool

    private static let pageSize = 100
    /// Pages that are looked through.
    private static let pageLimit = 20
    /// Pages of issues that are looked through for a marker whatever the dates on them: the clock that says when the run
    /// began may have been ahead of the server's.
    private static let datelessPageCount = 3
    /// Pages of comments that are looked through for a marker: more than GitHub takes at one issue, which are 2,500.
    private static let commentPageLimit = 30
    /// Beyond those pages the clocks of the server and of this machine may differ by so much.
    private static let clockTolerance: TimeInterval = 3600

    /// Where a repository is.
    static func path(of repository: String) -> String { "/repos/\(repository)" }

    private var path: String { Self.path(of: repository) }

    func check() async throws(TrackerError) {
        var waiting = try client.begin()
        let answer = try await client.ask("GET", path, within: &waiting)
        guard answer.json["full_name"]?.stringValue?.lowercased() == repository.lowercased() else { throw strange }
    }

    func search(_ query: String, in project: String, limit: Int) async throws(TrackerError) -> [Issue] {
        try identity.check(project: project)
        var waiting = try client.begin()
        let words = SearchWords.longest(in: query, limit: 6)
        guard !words.isEmpty else { return [] }
        let text = words.joined(separator: " OR ") + " repo:\(repository) is:issue"
        let answer = try await client.ask(
            "GET", "/search/issues", query: [("q", text), ("per_page", String(limit))], within: &waiting)
        guard let items = answer.json["items"]?.arrayValue else { throw strange }
        return items.compactMap(issue).prefix(limit).map { $0 }
    }

    func openIssues(in project: String, limit: Int) async throws(TrackerError) -> [Issue] {
        try identity.check(project: project)
        var waiting = try client.begin()
        var found: [Issue] = []
        for page in 1...Self.pageLimit {
            let rows = try await rows(
                path + "/issues", [("state", "open"), ("sort", "created"), ("direction", "desc")], page,
                within: &waiting)
            found += rows.compactMap(issue)
            if found.count >= limit || rows.count < Self.pageSize { break }
        }
        return Array(found.prefix(limit))
    }

    func issue(_ id: Int, in project: String) async throws(TrackerError) -> Issue {
        try identity.check(project: project)
        var waiting = try client.begin()
        return try await issue(id, within: &waiting)
    }

    /// One issue. GitHub numbers pull requests with the issues and takes them for such; here they are none.
    private func issue(_ id: Int, within waiting: inout TrackerClient.Waiting) async throws(TrackerError) -> Issue {
        let answer = try await client.ask("GET", path + "/issues/\(id)", within: &waiting)
        guard answer.json["pull_request"] == nil else {
            throw TrackerError(
                .notFound, identity.name, "find what was asked for at tracker", "#\(id) is a pull request and no issue")
        }
        guard let issue = issue(answer.json) else { throw client.odd("#\(id)") }
        return issue
    }

    func file(_ draft: IssueDraft, as marker: EffectMarker) async throws(TrackerError) -> Issue {
        try identity.check(project: draft.project)
        var waiting = try client.begin()
        try await checkLabels(draft.labels, within: &waiting)
        let json = try await once(
            path + "/issues",
            [
                "title": .string(draft.title), "body": .string(Self.marked(draft.body, marker)),
                "labels": .array(draft.labels.map { .string($0) }),
            ], within: &waiting
        ) { waiting async throws(TrackerError) in
            try await issue(marker, within: &waiting)
        }
        guard let issue = issue(json) else { throw unclear }
        return issue
    }

    func issue(filedAs marker: EffectMarker, in project: String) async throws(TrackerError) -> Issue? {
        var waiting = try client.begin()
        return try await issue(marker, within: &waiting).flatMap(issue)
    }

    func comment(
        _ body: String, on id: Int, in project: String, as marker: EffectMarker
    ) async throws(TrackerError) -> Int {
        try identity.check(project: project)
        var waiting = try client.begin()
        let json = try await once(
            path + "/issues/\(id)/comments", ["body": .string(Self.marked(body, marker))], within: &waiting
        ) { waiting async throws(TrackerError) in
            try await comment(marker, on: id, within: &waiting)
        }
        guard let id = json["id"]?.intValue else { throw unclear }
        return id
    }

    func comment(filedAs marker: EffectMarker, on id: Int, in project: String) async throws(TrackerError) -> Int? {
        var waiting = try client.begin()
        return try await comment(marker, on: id, within: &waiting)?["id"]?.intValue
    }

    func addLabels(_ labels: [String], to id: Int, in project: String) async throws(TrackerError) -> Issue {
        try identity.check(project: project)
        var waiting = try client.begin()
        try await checkLabels(labels, within: &waiting)
        // Looked at before anything is done to it: what is no issue gets no labels.
        _ = try await issue(id, within: &waiting)
        _ = try await client.ask(
            "POST", path + "/issues/\(id)/labels", body: ["labels": .array(labels.map { .string($0) })],
            within: &waiting)
        do {
            return try await issue(id, within: &waiting)
        } catch {
            throw error.code == .refused ? unclear : error
        }
    }

    func close(
        _ id: Int, in project: String, asDuplicateOf other: Int?, note: String, as marker: EffectMarker
    ) async throws(TrackerError) -> Issue {
        try identity.check(project: project)
        var waiting = try client.begin()
        _ = try await issue(id, within: &waiting)
        if let other {
            try await requireDuplicated(other) { () async throws(TrackerError) in
                try await issue(other, in: project)
            }
            _ = try await comment(note, on: id, in: project, as: marker)
        }
        let answer = try await client.ask(
            "PATCH", path + "/issues/\(id)",
            body: ["state": "closed", "state_reason": other == nil ? "completed" : "duplicate"], within: &waiting)
        guard let issue = issue(answer.json) else { throw unclear }
        return issue
    }

    func unknownLabels(among labels: [String], in project: String) async throws(TrackerError) -> [String] {
        try identity.check(project: project)
        guard !createsLabels else { return [] }
        var waiting = try client.begin()
        var unknown: [String] = []
        for label in labels {
            let isKnown = try await has(label, within: &waiting)
            if !isKnown { unknown.append(label) }
        }
        return unknown
    }

    /// Sends what must not be done twice, after a look-up and after each doubt.
    private func once(
        _ path: String, _ body: JSONValue, within waiting: inout TrackerClient.Waiting,
        lookUp: (inout TrackerClient.Waiting) async throws(TrackerError) -> JSONValue?
    ) async throws(TrackerError) -> JSONValue {
        /// Why it may still be on its way. Then it is looked for until the patience ends, and not sent again.
        var doubt: TrackerClient.Failure?
        /// Whether the server may have begun to do it.
        var isBegun = false
        while true {
            do throws(TrackerError) {
                if let known = try await lookUp(&waiting) { return known }
            } catch {
                throw isBegun ? client.inDoubt(error) : error
            }
            if doubt == nil {
                do throws(TrackerClient.Failure) {
                    return try await client.send("POST", path, body: body).json
                } catch {
                    switch error {
                    case .refused(let status, let reason): throw await client.refusal(status, reason)
                    case .lost(let reason):
                        isBegun = true
                        doubt = .lost("\(reason); whether it did what was asked is unknown until the run is resumed")
                    case .failed:
                        isBegun = true
                        try await client.pause(after: error, within: &waiting)
                    case .unreachable, .busy: try await client.pause(after: error, within: &waiting)
                    }
                }
            }
            if let doubt { try await client.pause(after: doubt, within: &waiting) }
        }
    }

    private func issue(
        _ marker: EffectMarker, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) -> JSONValue? {
        let query = [("state", "all"), ("sort", "created"), ("direction", "desc")]
        for page in 1...Self.pageLimit {
            let rows = try await rows(path + "/issues", query, page, within: &waiting)
            if let row = Self.row(of: marker, in: rows) { return row }
            if rows.count < Self.pageSize { return nil }
            // The newest come first, by the server's clock.
            if page >= Self.datelessPageCount, Self.isBefore(marker, rows.last) { return nil }
        }
        throw tooMany(Self.pageLimit)
    }

    private func comment(
        _ marker: EffectMarker, on id: Int, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) -> JSONValue? {
        for page in 1...Self.commentPageLimit {
            let rows = try await rows(path + "/issues/\(id)/comments", [], page, within: &waiting)
            if let row = Self.row(of: marker, in: rows) { return row }
            if rows.count < Self.pageSize { return nil }
        }
        throw tooMany(Self.commentPageLimit)
    }

    private static func row(of marker: EffectMarker, in rows: [JSONValue]) -> JSONValue? {
        let mark = mark(marker)
        // At the end only: a text may quote the marker of another.
        return rows.last { trimmed($0["body"]?.stringValue ?? "").hasSuffix(mark) }
    }

    /// Whether the entry was there before the effect can have happened, as far as the clocks agree.
    private static func isBefore(_ marker: EffectMarker, _ row: JSONValue?) -> Bool {
        guard let text = row?["created_at"]?.stringValue, let created = try? Date(text, strategy: .iso8601) else {
            return false
        }
        return created < marker.notBefore.addingTimeInterval(-clockTolerance)
    }

    private func tooMany(_ pageCount: Int) -> TrackerError {
        client.unavailable("more than \(Self.pageSize * pageCount) entries would have to be looked through")
    }

    private func rows(
        _ path: String, _ query: [(String, String)], _ page: Int, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) -> [JSONValue] {
        let answer = try await client.ask(
            "GET", path, query: query + [("per_page", String(Self.pageSize)), ("page", String(page))], within: &waiting)
        guard let rows = answer.json.arrayValue else { throw strange }
        return rows
    }

    /// GitHub makes labels that it doesn't have; whether that is wanted is the operator's to say.
    private func checkLabels(
        _ labels: [String], within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) {
        guard !createsLabels else { return }
        for label in labels {
            guard try await !has(label, within: &waiting) else { continue }
            throw TrackerError(
                .badArgument, identity.name, "use tracker", "it has no label `\(TrackerClient.plain(label))`")
        }
    }

    private func has(
        _ label: String, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) -> Bool {
        do {
            _ = try await client.ask("GET", path + "/labels/\(TrackerClient.escaped(label))", within: &waiting)
            return true
        } catch {
            guard error.code == .notFound else { throw error }
            return false
        }
    }

    private static func mark(_ marker: EffectMarker) -> String { "<!-- warrant:\(marker.effect) -->" }

    private static func marked(_ body: String, _ marker: EffectMarker) -> String {
        body + "\n\n" + mark(marker)
    }

    private static func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private var strange: TrackerError { client.gone("its answer isn't that of GitHub") }

    private var unclear: TrackerError { client.unclear("its answer isn't that of GitHub") }

    private func issue(_ json: JSONValue) -> Issue? {
        guard let id = json["number"]?.intValue, let title = json["title"]?.stringValue, json["pull_request"] == nil
        else {
            return nil
        }
        return Issue(
            id: id, project: identity.project ?? repository, title: title, body: json["body"]?.stringValue,
            labels: json["labels"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? [],
            isOpen: json["state"]?.stringValue != "closed", url: json["html_url"]?.stringValue,
            created: json["created_at"]?.stringValue)
    }
}
