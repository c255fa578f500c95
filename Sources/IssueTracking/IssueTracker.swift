public import Databases
public import Foundation
public import JSONSchemas

/// An issue tracker. What a tracker returns is data from outside, whoever runs it.
///
/// Each effect carries a marker and is looked up by it before it is sent, so that the same effect happens once however
/// often it is tried. Where that can't be told, `unavailable` is thrown, and the effect may be tried again later.
public protocol IssueTracker: Sendable {
    /// Which tracker it is.
    var identity: TrackerIdentity { get }

    /// Whether it can be reached, accepts the credentials and has the project.
    func check() async throws(TrackerError)
    /// The issues that fit the words of `query` best.
    func search(_ query: String, in project: String, limit: Int) async throws(TrackerError) -> [Issue]
    /// Open issues, newest first.
    func openIssues(in project: String, limit: Int) async throws(TrackerError) -> [Issue]
    /// One issue.
    func issue(_ id: Int, in project: String) async throws(TrackerError) -> Issue
    /// Files `draft`, unless the effect has filed it already.
    func file(_ draft: IssueDraft, as marker: EffectMarker) async throws(TrackerError) -> Issue
    /// The issue that the effect filed; `nil` when it surely hasn't.
    func issue(filedAs marker: EffectMarker, in project: String) async throws(TrackerError) -> Issue?
    /// Adds a comment, unless the effect has added it already, and returns the comment's number.
    func comment(
        _ body: String, on id: Int, in project: String, as marker: EffectMarker
    ) async throws(TrackerError) -> Int
    /// The comment that the effect added; `nil` when it surely hasn't.
    func comment(filedAs marker: EffectMarker, on id: Int, in project: String) async throws(TrackerError) -> Int?
    /// Adds labels; those it has stay.
    func addLabels(_ labels: [String], to id: Int, in project: String) async throws(TrackerError) -> Issue
    /// Those of `labels` that the tracker doesn't have and won't make, so that it will refuse them.
    func unknownLabels(among labels: [String], in project: String) async throws(TrackerError) -> [String]
    /// Closes an issue, as a duplicate of another where one is given. That one has to be there, and the closed issue
    /// says which it is: in a field that the tracker has for it, else in the comment `note`, which is added once.
    func close(
        _ id: Int, in project: String, asDuplicateOf other: Int?, note: String, as marker: EffectMarker
    ) async throws(TrackerError) -> Issue
}

extension IssueTracker {
    /// Refuses to close an issue as a duplicate of one that isn't there.
    ///
    /// - Parameters:
    ///   - other: the issue that is said to be repeated.
    ///   - lookUp: asks the tracker for it.
    /// - Throws: `notFound` with its number, or why the tracker couldn't be asked.
    func requireDuplicated(
        _ other: Int, _ lookUp: () async throws(TrackerError) -> Issue
    ) async throws(TrackerError) {
        do {
            _ = try await lookUp()
        } catch {
            guard error.code == .notFound else { throw error }
            throw TrackerError(
                .notFound, identity.name, "close an issue as a duplicate at tracker",
                "#\(other), which it is said to repeat, isn't there")
        }
    }
}

/// Which tracker a run works with; recorded with the run.
public struct TrackerIdentity: Hashable, Sendable {
    /// The name after `--tracker`.
    public let name: String
    /// `local`, `roundup` or `github`.
    public let kind: String
    /// Where it is; `nil` for a local one.
    public let url: String?
    /// The one project it has; `nil` for any.
    public let project: String?

    /// An identity.
    public init(name: String, kind: String, url: String? = nil, project: String? = nil) {
        self.name = name
        self.kind = kind
        self.url = url
        self.project = project
    }

    /// The form in the journal.
    public var json: JSONValue {
        [
            "name": .string(name), "kind": .string(kind), "url": url.map { .string($0) } ?? .null,
            "project": project.map { .string($0) } ?? .null,
        ]
    }

    /// Refuses a call about another project than the tracker's.
    func check(project asked: String) throws(TrackerError) {
        guard let project, project != asked else { return }
        throw TrackerError(
            .badArgument, name, "use tracker", "its project is `\(project)` and the call names another one")
    }
}

/// What makes one effect recognizable at a tracker.
public struct EffectMarker: Hashable, Sendable {
    /// The effect's identifier: hexadecimal digits, unguessable before the effect happened.
    public let effect: String
    /// The effect can't have happened earlier by this machine's clock. It may have been ahead of the tracker's, so that
    /// this alone must not end a look-up.
    public let notBefore: Date

    /// A marker.
    public init(effect: String, notBefore: Date = .distantPast) {
        self.effect = effect
        self.notBefore = notBefore
    }
}
