import ArgumentParser
import Databases
import Foundation
import IssueTracking
import JSONSchemas
import WorkflowFormat

/// `warrant tracker`.
struct TrackerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tracker", abstract: "Show and check the issue trackers.",
        discussion: "They are listed in trackers.yaml in $XDG_CONFIG_HOME/warrant (default ~/.config/warrant).",
        subcommands: [List.self, Check.self])

    /// `warrant tracker list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the trackers.")

        @Flag(name: .long, help: "One JSON value a line.")
        var json = false

        func run() async throws {
            try await Output.reporting(json: json) {
                let list = try TrackerList.load(path: Surroundings().trackersPath)
                let all = [TrackerDefinition(name: TrackerChoice.local, kind: .local)] + list.trackers
                for tracker in all {
                    let url = tracker.location
                    if json {
                        Output.result([
                            "tracker": .string(tracker.name), "kind": .string(tracker.kind.rawValue),
                            "url": url.map { .string($0) } ?? .null,
                            "project": tracker.project.map { .string($0) } ?? .null,
                        ])
                    } else {
                        Output.result("\(tracker.name)  (\(tracker.kind.rawValue))  \(url ?? "tracker.sqlite")")
                    }
                }
            }
        }
    }

    /// `warrant tracker check`.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check that a tracker answers, accepts the credentials and has the project.")

        @Argument(help: "The tracker's name.")
        var name: String

        func run() async throws {
            try await Output.reporting {
                let surroundings = try Surroundings()
                try surroundings.prepareHome()
                let tracker = try TrackerChoice.open(name, in: surroundings)
                try await tracker.check()
                let identity = tracker.identity
                Output.result(
                    "ok: `\(name)` (\(identity.kind)) answers\(identity.url.map { " at \($0)" } ?? ""), "
                        + "accepts the credentials and has the project \(identity.project.map { "`\($0)`" } ?? "you name")."
                )
            }
        }
    }
}
