import Databases
import Foundation
import Orchestration
import RunJournal
import SandboxExecution
import ToolExecution
import WorkflowFormat

/// `CrashDriver FOLDER SHARE [--die-at N] [--settle]`: one life of a run of the workflow in `FOLDER/effects`, begun or
/// resumed, which dies at the n-th place that it passes. The product has no such switch; only this program of the tests
/// sets the places.
///
/// Small bodies become blobs, so that those are written too. It ends with the verdict's exit code.
@main enum DriverProgram {
    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count >= 3 else {
            FileHandle.standardError.write(Data("CrashDriver FOLDER SHARE [--die-at N] [--settle]\n".utf8))
            exit(64)
        }
        let folder = words[1]
        let share = words[2]
        let last = words.firstIndex(of: "--die-at").flatMap { Int(words[$0 + 1]) } ?? 0
        let points = FaultPoints(path: folder + "/places", last: last)

        try FileManager.default.createDirectory(atPath: folder + "/home", withIntermediateDirectories: true)
        let journal = try Journal(
            path: folder + "/home/journal.db",
            options: JournalOptions(inlineBodyByteLimit: 600, preparedLogByteCount: 0, faultPoint: { points.pass($0) }))
        let registry = try ToolRegistry(
            definitions: ToolDefinition.loadAll(directory: share + "/Tools"),
            profiles: SandboxProfileDefinition.loadAll(directory: share + "/Sandbox/profiles"))
        var sandbox = SandboxExecutor()
        sandbox.faultPoint = { points.pass($0) }
        let services = RunServices(
            journal: journal, model: nil,
            inbox: DriverInbox(mark: folder + "/effects/machine/mark", settles: words.contains("--settle")),
            tracker: try LocalTracker(path: folder + "/home/tracker.sqlite"), sandbox: sandbox,
            stateDirectory: folder + "/home", report: { _ in })
        let configuration = RunConfiguration(
            workflow: try Workflow.load(path: folder + "/effects", tools: registry.definitions), inputs: [:],
            outputDirectory: folder + "/out", modelName: "none", isDryRun: false, registry: registry,
            operatorPolicy: nil)

        let run: Run
        if let summary = try journal.runs(limit: 1).first {
            run = try Run.resume(summary, configuration: configuration, services: services)
        } else {
            run = try Run.start(configuration, services: services, currentDirectory: folder)
        }
        let lease = try journal.lease(run.id)
        let verdict = try await run.execute()
        lease.release()
        FileHandle.standardError.write(Data("\(verdict.outcome.rawValue): \(verdict.reason ?? "")\n".utf8))
        exit(verdict.exitCode)
    }
}
