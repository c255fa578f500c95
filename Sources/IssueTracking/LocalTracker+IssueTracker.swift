public import Databases

/// The local tracker has every project, and needs no patience: an effect and its marker are one transaction.
extension LocalTracker: IssueTracker {
    /// `local`.
    public var identity: TrackerIdentity { TrackerIdentity(name: "local", kind: "local") }

    /// Reads it.
    public func check() async throws(TrackerError) {
        _ = try reading { () throws(DatabaseToolError) in try list(limit: 1) }
    }

    /// The issues that fit the words of `query` best.
    public func search(_ query: String, in project: String, limit: Int) async throws(TrackerError) -> [Issue] {
        try reading { () throws(DatabaseToolError) in try find(query: query, project: project, limit: limit) }.map(
            Issue.init)
    }

    /// Open issues, newest first.
    public func openIssues(in project: String, limit: Int) async throws(TrackerError) -> [Issue] {
        try reading { () throws(DatabaseToolError) in try open(project: project, limit: limit) }.map(Issue.init)
    }

    /// One issue.
    public func issue(_ id: Int, in project: String) async throws(TrackerError) -> Issue {
        try found(try reading { () throws(DatabaseToolError) in try issue(id: id, project: project) })
    }

    /// Files `draft`, unless the effect has filed it already.
    public func file(_ draft: IssueDraft, as marker: EffectMarker) async throws(TrackerError) -> Issue {
        Issue(try reading { () throws(DatabaseToolError) in try create(draft, marker: marker.effect) })
    }

    /// The issue that the effect filed.
    public func issue(filedAs marker: EffectMarker, in project: String) async throws(TrackerError) -> Issue? {
        try reading { () throws(DatabaseToolError) in try issue(marker: marker.effect) }.map(Issue.init)
    }

    /// Adds a comment, unless the effect has added it already.
    public func comment(
        _ body: String, on id: Int, in project: String, as marker: EffectMarker
    ) async throws(TrackerError) -> Int {
        _ = try await issue(id, in: project)
        return try reading { () throws(DatabaseToolError) in try comment(body, issue: id, marker: marker.effect) }
    }

    /// The comment that the effect added.
    public func comment(
        filedAs marker: EffectMarker, on id: Int, in project: String
    ) async throws(TrackerError) -> Int? {
        try reading { () throws(DatabaseToolError) in try comment(marker: marker.effect) }
    }

    /// Adds labels; those it has stay.
    public func addLabels(_ labels: [String], to id: Int, in project: String) async throws(TrackerError) -> Issue {
        try found(
            try reading { () throws(DatabaseToolError) in
                try change(issue: id, project: project, addingLabels: labels, closing: false)
            })
    }

    /// None: it takes any label.
    public func unknownLabels(among labels: [String], in project: String) async throws(TrackerError) -> [String] { [] }

    /// Closes an issue, with a comment that says of which it is a duplicate.
    public func close(
        _ id: Int, in project: String, asDuplicateOf other: Int?, note: String, as marker: EffectMarker
    ) async throws(TrackerError) -> Issue {
        if let other {
            try await requireDuplicated(other) { () async throws(TrackerError) in
                try await issue(other, in: project)
            }
            _ = try await comment(note, on: id, in: project, as: marker)
        }
        return try found(
            try reading { () throws(DatabaseToolError) in
                try change(issue: id, project: project, addingLabels: [], closing: true)
            })
    }

    private func found(_ issue: TrackedIssue?) throws(TrackerError) -> Issue {
        guard let issue else {
            throw TrackerError(.notFound, identity.name, "find what was asked for at tracker", "it isn't there")
        }
        return Issue(issue)
    }

    private func reading<R>(_ body: () throws(DatabaseToolError) -> R) throws(TrackerError) -> R {
        do {
            return try body()
        } catch {
            throw TrackerError(.storage, identity.name, "use tracker", String("\(error)".dropLast()))
        }
    }
}

extension Issue {
    fileprivate init(_ issue: TrackedIssue) {
        self.init(
            id: issue.id, project: issue.project, title: issue.title, body: issue.body, labels: issue.labels,
            isOpen: issue.state == "open", created: issue.created)
    }
}
