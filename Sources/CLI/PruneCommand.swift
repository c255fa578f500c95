import ArgumentParser
import Foundation
import JSONSchemas
import Orchestration
import RunJournal
import WorkflowFormat

/// `warrant prune`.
struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove old prompts and outputs from the journal; the record itself stays.",
        discussion: """
            What a model was shown and wrote, and what came back from tools, is kept for 30 days, or for what \
            `retention` in $XDG_CONFIG_HOME/warrant/journal.yaml or --older-than says; after that only its hash and \
            length are left. Decisions, intents, answers, starts and ends are never removed, and `warrant verify` still \
            holds. Who removed what is recorded.

            So the arguments of calls stay, and with them whatever a run passed on to a call, such as a text it had read \
            or a model had written; files that it wrote, issues that it filed and tables of `record.add` stay where they \
            are too.

            What files were before a run changed them, for `warrant undo`, and the tables it worked on go with what came \
            back from tools; remembered answers of models that were not used for as long go with prompts.

            Runs that are under way or parked keep everything, and so do runs under a legal hold. A run whose bodies are \
            gone can't be resumed or replayed whole.
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("Remove what is older than this: `30d`, `12h`, `90m`.", valueName: "AGE"))
    var olderThan: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Put a run under a legal hold instead of removing anything.", valueName: "RUN"))
    var hold: String?

    @Option(name: .long, help: ArgumentHelp("Lift the hold of a run.", valueName: "RUN"))
    var release: String?

    @Option(name: .long, help: ArgumentHelp("Why, for the record; with --hold and --release.", valueName: "TEXT"))
    var why = ""

    @Flag(name: .long, help: "Only say what would be removed.")
    var dryRun = false

    @Flag(name: .long, help: "One JSON value.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            guard [hold != nil, release != nil, olderThan != nil || dryRun].filter(\.self).count <= 1 else {
                throw CommandFailure(
                    .usage, "Can't hold, release and remove at once: write one of --hold, --release, --older-than.")
            }
            let surroundings = try Surroundings()
            if let text = hold ?? release {
                let journal = try surroundings.journal(redactor: surroundings.redactor())
                let run = try journal.run(matching: text)
                try journal.setHold(hold != nil, on: run.id, by: Person.name, reason: why)
                let state = hold != nil ? "held" : "released"
                Output.result(json ? #"{"run":"\#(run.id)","state":"\#(state)"}"# : "\(state) \(run.id)")
                return
            }
            let periods = try olderThan.map(Self.periods) ?? surroundings.journalSettings().retention
            let journal = try surroundings.journal(redactor: surroundings.redactor())
            let undos = try PreimagePruning.prune(
                journal, stateDirectory: surroundings.home, period: periods.outputs, by: Person.name, isDryRun: dryRun)
            let folders = try RunFolderPruning.prune(
                journal, stateDirectory: surroundings.home, period: periods.outputs, isDryRun: dryRun)
            let report = try journal.prune(periods, by: Person.name, isDryRun: dryRun)
            let answerCount = try answers(in: surroundings, unusedSince: journal.limit(periods.prompts))
            show(report, undoCount: undos.count, folderCount: folders.count, answerCount: answerCount)
        }
    }

    /// Removes answers that are older, and says how many.
    private func answers(in surroundings: Surroundings, unusedSince limit: Int64) throws -> Int {
        guard FileManager.default.fileExists(atPath: surroundings.answersPath) else { return 0 }
        let store = try AnswerStore(path: surroundings.answersPath)
        return try dryRun ? store.count(unusedSince: limit) : store.remove(unusedSince: limit)
    }

    private static func periods(_ text: String) throws -> RetentionPeriods {
        let age: Duration? =
            if text.hasSuffix("d"), let days = Int(text.dropLast()), (0...36_500).contains(days) {
                .seconds(days * 86_400)
            } else {
                DurationParser.parse(text)
            }
        guard let age else {
            throw CommandFailure(
                .usage, "Can't read `--older-than \(text)`: it is no age.", fix: "Write `30d`, `12h` or `90m`.")
        }
        return RetentionPeriods(outputs: age, prompts: age)
    }

    private func show(_ report: PruneReport, undoCount: Int, folderCount: Int, answerCount: Int) {
        let classes = BodyClass.allCases.compactMap { one in report.erased[one].map { (one, $0) } }
        guard !json else {
            Output.result([
                "dry_run": .bool(report.isDryRun),
                "removed": .object(JSONObject(classes.map { ($0.0.rawValue, Self.json($0.1)) })),
                "held": Self.json(report.held), "needed": Self.json(report.needed),
                "stray_files": .integer(report.strayFileCount), "old_entries": .integer(report.oldEntryCount),
                "undo_folders": .integer(undoCount), "run_folders": .integer(folderCount),
                "answers": .integer(answerCount),
            ])
            return
        }
        let verb = report.isDryRun ? "would be removed" : "removed"
        for (one, amount) in classes {
            Output.result("\(one.rawValue): \(Self.text(amount)) \(verb)")
        }
        if undoCount > 0 {
            Output.result("what files were before \(undoCount) run\(undoCount == 1 ? "" : "s"): \(verb)")
        }
        if folderCount > 0 {
            Output.result("the tables of \(folderCount) run\(folderCount == 1 ? "" : "s"): \(verb)")
        }
        if answerCount > 0 {
            Output.result("\(answerCount) remembered answer\(answerCount == 1 ? "" : "s") of models: \(verb)")
        }
        if classes.isEmpty, undoCount + folderCount + answerCount == 0 {
            Output.result("nothing is old enough to be removed")
        }
        if report.held.count > 0 { Output.result("\(Self.text(report.held)) kept: legal hold") }
        if report.needed.count > 0 { Output.result("\(Self.text(report.needed)) kept: the run may still go on") }
        if report.strayFileCount > 0 {
            Output.result("\(report.strayFileCount) files without an entry \(verb)")
        }
        if report.oldEntryCount > 0 {
            let count = report.oldEntryCount
            Output.result("\(count) entries are older than the record is wanted for; entries are never removed")
        }
    }

    private static func json(_ amount: PruneReport.Amount) -> JSONValue {
        ["bodies": .integer(amount.count), "bytes": .integer(amount.byteCount)]
    }

    private static func text(_ amount: PruneReport.Amount) -> String {
        "\(amount.count) \(amount.count == 1 ? "body" : "bodies"), \(amount.byteCount) bytes"
    }
}
