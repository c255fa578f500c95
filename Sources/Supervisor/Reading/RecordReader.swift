import Glibc
import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import WorkflowFormat

/// Builds views from the journal, one after the other on a thread of its own.
actor RecordReader {
    private static let pageLimit = 400
    /// Runs whose timelines are kept, and their steps in all.
    private static let timelineLimit = 64
    private static let stepLimit = 200_000
    /// Entries that one list of runs may have read to count costs; what is left is counted on when the list is asked for
    /// again.
    private static let countedEntryLimit = 5_000
    /// Runs whose costs are kept, more than one list has.
    private static let costLimit = 2_000

    private let executor = QueueExecutor("supervisor.reading")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    let journal: Journal
    /// The tools by their names.
    let tools: [String: ToolDefinition]
    private var timelines: [RunID: (timeline: RunTimeline, use: Int)] = [:]
    private var uses = 0
    private var costs: [RunID: (entryCount: Int, cost: FiguresView)] = [:]
    /// What is counted of long runs so far, up to which entry.
    private var counted: [RunID: (metrics: RunMetrics, last: Int)] = [:]
    /// Questions in short, by their entries, and how many are kept.
    var shortQuestions: [Int: QuestionRow] = [:]
    static let shortQuestionLimit = 10_000

    init(journal: Journal, tools: [ToolDefinition]) {
        self.journal = journal
        self.tools = Dictionary(tools.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Refuses to go on where the journal was moved away.
    func requireInPlace() throws(JournalError) { try journal.requireInPlace() }

    /// The newest entry, and how many questions wait.
    func standing() throws(JournalError) -> (lastSequence: Int, waitingCount: Int) {
        try journal.requireInPlace()
        return (try journal.head().sequence, try journal.waitingCount())
    }

    /// The runs that pass.
    func runs(_ query: RunsView.Query) throws(JournalError) -> RunsView {
        let limit = min(max(1, query.limit), 500)
        let wanted = query.text.lowercased()
        // What a text is looked for in is no column: the newest runs are gone through.
        var filter = RunFilter(
            state: query.state, workflow: query.workflow, isWaiting: query.isWaiting,
            limit: wanted.isEmpty ? limit + 1 : 5000)
        var found = try journal.runs(filter)
        if !wanted.isEmpty {
            found = found.filter { run in
                let model = run.parameters["weights"]?["name"]?.stringValue ?? ""
                return [run.id.description, run.workflow, run.directory, model].contains {
                    $0.lowercased().contains(wanted)
                }
            }
        }
        filter = RunFilter(limit: 200)
        let names = Set(try journal.runs(filter).map(\.workflow))
        let now = journal.nowNanoseconds
        var budget = Self.countedEntryLimit
        let rows = try found.prefix(limit).map { summary throws(JournalError) in
            RunRow(
                summary, holder: holder(of: summary), now: now, cost: try cost(of: summary, budget: &budget))
        }
        return RunsView(
            runs: rows, query: query, hasMore: found.count > limit, waitingCount: try journal.waitingCount(),
            workflows: names.sorted())
    }

    /// A run with some of its steps: those from `offset` on, or the last ones.
    func run(_ id: RunID, from offset: Int?, count: Int) throws(JournalError) -> RunView {
        let summary = try journal.run(id)
        let timeline = try timeline(of: id)
        let start = offset ?? max(0, timeline.steps.count - count)
        let cost = FiguresView(timeline.metrics.total)
        keep(cost, of: summary)
        return RunView(
            run: RunRow(summary, holder: holder(of: summary), now: journal.nowNanoseconds, cost: cost),
            reason: timeline.reason, parameters: summary.parameters,
            stepFigures: timeline.metrics.byWorkflowStep.map { FiguresView($0.figures, address: $0.address) },
            questions: try questionRows(journal.pendingApprovalsInShort(run: id)), outputs: timeline.outputs,
            steps: timeline.rows(from: start, count: count), stepOffset: min(max(0, start), timeline.steps.count),
            stepCount: timeline.steps.count, lastSequence: timeline.lastSequence, problems: timeline.problems)
    }

    /// One entry, as much of its body as `byteLimit` says.
    func entry(_ sequence: Int, byteLimit: Int) throws -> EntryView {
        guard let record = try journal.record(sequence) else {
            throw NoticeView(404, "not_found", "Can't show entry \(sequence): there is none.")
        }
        return EntryView(record, byteLimit: byteLimit)
    }

    /// The timeline of a run, with what was written since it was asked for last.
    func timeline(of id: RunID) throws(JournalError) -> RunTimeline {
        var timeline = timelines[id]?.timeline ?? RunTimeline()
        // Taken out, so that adding to it copies nothing.
        timelines[id] = nil
        while true {
            let records = try journal.records(of: id, after: timeline.lastSequence, limit: Self.pageLimit)
            for record in records { timeline.take(record) }
            if records.count < Self.pageLimit { break }
        }
        uses += 1
        timelines[id] = (timeline, uses)
        dropOldTimelines()
        return timeline
    }

    /// The process that works on a run.
    func holder(of summary: RunSummary) -> Int32? {
        summary.state.isOpen ? holder(of: summary.id) : nil
    }

    /// The same of a run that has not ended. This process holds a run only for as long as it writes an answer.
    func holder(of run: RunID) -> Int32? {
        journal.leaseHolder(of: run).flatMap { $0 == getpid() ? nil : $0 }
    }

    private func dropOldTimelines() {
        var steps = timelines.values.reduce(0) { $0 + $1.timeline.steps.count }
        while timelines.count > 1, timelines.count > Self.timelineLimit || steps > Self.stepLimit {
            guard let oldest = timelines.min(by: { $0.value.use < $1.value.use }) else { return }
            steps -= oldest.value.timeline.steps.count
            timelines[oldest.key] = nil
        }
    }

    private func cost(of summary: RunSummary, budget: inout Int) throws(JournalError) -> FiguresView? {
        if let known = costs[summary.id], known.entryCount == summary.entryCount { return known.cost }
        var (metrics, last) = counted.removeValue(forKey: summary.id) ?? (metrics: RunMetrics(), last: 0)
        var isWhole = false
        while budget > 0, !isWhole {
            let limit = min(Self.pageLimit, budget)
            let records = try journal.records(of: summary.id, after: last, limit: limit)
            for record in records { metrics.take(record.entry) }
            last = records.last?.entry.sequence ?? last
            budget -= max(1, records.count)
            isWhole = records.count < limit
        }
        if summary.entryCount > Self.pageLimit {
            if counted.count >= Self.timelineLimit { counted.removeAll() }
            counted[summary.id] = (metrics, last)
        }
        guard isWhole else { return nil }
        let cost = FiguresView(metrics.total)
        keep(cost, of: summary)
        return cost
    }

    private func keep(_ cost: FiguresView, of summary: RunSummary) {
        if costs.count >= Self.costLimit { costs.removeAll() }
        costs[summary.id] = (summary.entryCount, cost)
    }
}
