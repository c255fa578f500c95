/// An issue as it is filed: what a person approved.
public struct IssueDraft: Hashable, Sendable {
    /// The project's name.
    public var project: String
    /// One line.
    public var title: String
    /// Markdown.
    public var body: String
    /// Labels, in the order given.
    public var labels: [String]

    /// Makes a draft.
    public init(project: String, title: String, body: String, labels: [String] = []) {
        self.project = project
        self.title = title
        self.body = body
        self.labels = labels
    }
}
