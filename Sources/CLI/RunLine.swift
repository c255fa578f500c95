import JSONSchemas
import RunJournal

/// A run in the JSON output of commands: `Schemas/runs.schema.json`.
enum RunLine {
    static func json(_ run: RunSummary) -> JSONObject {
        [
            "type": "run", "run": .string(run.id.description), "workflow": .string(run.workflow),
            "state": .string(run.state.rawValue), "exit": run.exitCode.map { .integer($0) } ?? .null,
            "started": .string(JournalEntry.timestamp(nanoseconds: run.startedNanoseconds)),
            "updated": .string(JournalEntry.timestamp(nanoseconds: run.updatedNanoseconds)),
            "waiting": .integer(run.waitingCount), "entries": .integer(run.entryCount),
            "output": .string(run.directory),
        ]
    }
}
