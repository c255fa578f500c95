public import Databases
import Foundation
public import HTTPTransfer
import WebAddresses
public import WorkflowFormat

/// Opens the tracker that the operator's configuration describes.
public enum TrackerOpening {
    /// The tracker of a definition.
    ///
    /// - Parameters:
    ///   - definition: what `trackers.yaml` says.
    ///   - local: the file that local trackers are in.
    ///   - environment: where the secrets are. They go into requests and nowhere else.
    ///   - transfer: what sends requests.
    /// - Returns: the tracker; nothing has been asked yet.
    /// - Throws: `configuration` when a secret is missing.
    public static func open(
        _ definition: TrackerDefinition, local: LocalTracker, environment: [String: String],
        transfer: HTTPTransfer = HTTPTransfer()
    ) throws(TrackerError) -> any IssueTracker {
        func secret(_ variable: String?) throws(TrackerError) -> String {
            guard let variable, let value = environment[variable], !value.isEmpty else {
                throw TrackerError(
                    .configuration, definition.name, "use tracker",
                    "the environment variable `\(variable ?? "")` is not set")
            }
            guard value.utf8.allSatisfy({ $0 > 31 && $0 != 127 }) else {
                throw TrackerError(
                    .configuration, definition.name, "use tracker",
                    "the environment variable `\(variable)` has a line break or another control character")
            }
            return value
        }
        func client(_ base: WebAddress, probe: String, _ headers: [HTTPRequest.Header]) -> TrackerClient {
            TrackerClient(
                definition.name, base: base, probe: probe, headers: headers, namedRanges: definition.allowPrivate,
                timeout: definition.timeout, patience: definition.patience, transfer: transfer)
        }
        guard definition.kind != .local, let base = definition.url else { return local }
        let identity = TrackerIdentity(
            name: definition.name, kind: definition.kind.rawValue, url: base.origin + base.rest,
            project: definition.project ?? definition.name)
        if definition.kind == .roundup {
            let user = try secret(definition.userVariable)
            let password = try secret(definition.passwordVariable)
            let credentials = Data("\(user):\(password)".utf8).base64EncodedString()
            return RoundupTracker(
                identity: identity,
                client: client(
                    base, probe: RoundupTracker.statuses,
                    [
                        .init("Authorization", "Basic \(credentials)"), .init("Accept", "application/json"),
                        // Without these Roundup takes a request for one that a foreign web page makes.
                        .init("X-Requested-With", "rest"), .init("Origin", base.origin),
                        .init("Referer", base.origin + base.rest + "/"),
                    ]),
                user: user, labelField: definition.fields["label"] ?? "keyword",
                closedStatus: definition.fields["closed"] ?? "resolved", createsLabels: definition.createLabels)
        }
        let repository = definition.repository ?? ""
        return GitHubTracker(
            identity: identity,
            client: client(
                base, probe: GitHubTracker.path(of: repository),
                [
                    .init("Authorization", "Bearer \(try secret(definition.tokenVariable))"),
                    .init("Accept", "application/vnd.github+json"), .init("X-GitHub-Api-Version", "2022-11-28"),
                ]),
            repository: repository, createsLabels: definition.createLabels)
    }
}
