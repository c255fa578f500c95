public import JSONSchemas

/// An issue as a tracker shows it.
public struct Issue: Hashable, Sendable {
    /// The tracker's number for it.
    public let id: Int
    /// The project.
    public let project: String
    /// One line.
    public let title: String
    /// The text it was filed with; `nil` when the tracker wasn't asked for it.
    public let body: String?
    /// The labels.
    public let labels: [String]
    /// Whether it is open.
    public let isOpen: Bool
    /// Where people find it.
    public let url: String?
    /// When it was filed, as the tracker writes it.
    public let created: String?

    init(
        id: Int, project: String, title: String, body: String? = nil, labels: [String] = [], isOpen: Bool = true,
        url: String? = nil, created: String? = nil
    ) {
        self.id = id
        self.project = project
        self.title = title
        self.body = body
        self.labels = labels
        self.isOpen = isOpen
        self.url = url
        self.created = created
    }

    /// The fields as a tool returns them.
    public var json: JSONObject {
        var object: JSONObject = [
            "id": .integer(id), "project": .string(project), "title": .string(title),
            "labels": .array(labels.map { .string($0) }), "state": .string(isOpen ? "open" : "closed"),
        ]
        if let body { object["body"] = .string(body) }
        if let url { object["url"] = .string(url) }
        if let created { object["created"] = .string(created) }
        return object
    }
}
