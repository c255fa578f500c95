public import JSONSchemas

/// An issue in the local tracker.
public struct TrackedIssue: Hashable, Sendable {
    /// The tracker's number for it, from 1.
    public let id: Int
    /// The project's name.
    public let project: String
    /// One line.
    public let title: String
    /// Markdown.
    public let body: String
    /// Labels, in the order given.
    public let labels: [String]
    /// `open` or `closed`.
    public let state: String
    /// What makes filing it twice one issue: chosen by whoever files, unique in the tracker.
    public let marker: String
    /// When it was filed: ISO 8601, UTC, milliseconds.
    public let created: String

    /// The fields as a tool returns them.
    public var json: JSONObject {
        JSONObject([
            ("id", .integer(id)), ("project", .string(project)), ("title", .string(title)),
            ("body", .string(body)),
            ("labels", .array(labels.map { .string($0) })), ("state", .string(state)),
            ("marker", .string(marker)),
            ("created", .string(created)),
        ])
    }
}
