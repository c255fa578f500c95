import Databases
import Foundation
import IssueTracking
import JSONSchemas
import WorkflowFormat

/// The tracker a run works with.
struct TrackerChoice {
    static let local = "local"

    /// The tracker called `name`, ready to be asked.
    ///
    /// A secret that is missing is reported here, before anything runs.
    static func open(_ name: String, in surroundings: Surroundings) throws -> any IssueTracker {
        let file = try LocalTracker(path: surroundings.trackerPath)
        guard name != local else { return file }
        let list = try TrackerList.load(path: surroundings.trackersPath)
        guard let definition = list.tracker(name) else {
            let known = ([local] + list.trackers.map(\.name)).map { "`\($0)`" }.joined(separator: ", ")
            throw CommandFailure(
                .usage, "Can't use tracker `\(name)`: `\(surroundings.trackersPath)` has none of that name.",
                fix: "There are \(known).")
        }
        return try TrackerOpening.open(
            definition, local: file, environment: ProcessInfo.processInfo.environment)
    }

    /// The tracker of a recorded run; only its name was recorded, and where it was, never a secret.
    static func name(in parameters: JSONValue) -> String {
        parameters["tracker"]?["name"]?.stringValue ?? local
    }
}
