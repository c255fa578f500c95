import JSONSchemas
public import Reports
import RunJournal

extension Pages {
    /// The page of runs.
    public static func runs(_ view: RunsView, in frame: PageFrame) throws(ReportError) -> String {
        let query = view.query
        let states = RunState.allCases.map { state -> JSONValue in
            ["name": .string(state.rawValue), "selected": .bool(query.state == state)]
        }
        // A workflow that is asked for and has no new run is still one of the choices.
        let names = view.workflows + (query.workflow.map { view.workflows.contains($0) ? [] : [$0] } ?? [])
        let workflows = names.map { name -> JSONValue in
            ["name": .string(name), "selected": .bool(query.workflow == name)]
        }
        let isFiltered =
            query.state != nil || query.workflow != nil || query.isWaiting || !query.text.isEmpty
        let content = try PageTemplate.runs.filled([
            "has_waiting": .bool(view.waitingCount > 0), "waiting_words": .string(waitingWords(view.waitingCount)),
            "q": .string(query.text), "states": .array(states), "workflows": .array(workflows),
            "only_waiting": .bool(query.isWaiting), "is_filtered": .bool(isFiltered),
            "runs": .array(view.runs.map(row)), "has_runs": .bool(!view.runs.isEmpty),
            "has_more": .bool(view.hasMore && query.limit < mostRuns),
            "more_href": .string(PagePath.runs(query, limit: min(mostRuns, query.limit * 2))),
        ])
        return try page("Runs", content, in: frame, name: "runs")
    }

    /// Runs that one page can show.
    private static let mostRuns = 500

    /// `3 questions wait`
    static func waitingWords(_ count: Int) -> String {
        count == 1 ? "1 question waits" : "\(ShownText.count(count)) questions wait"
    }

    private static func row(_ run: RunRow) -> JSONValue {
        [
            "id": .string(run.id.description), "href": .string(PagePath.run(run.id)), "tags": TagList.tags(of: run),
            "workflow": .string(name(run.workflow)),
            "started_at": .string(run.started), "started": .string(ShownText.time(run.started)),
            "age": .string(ShownText.age(seconds: run.ageSeconds)), "has_questions": .bool(run.waitingCount > 0),
            "questions": .string(ShownText.count(run.waitingCount)),
            "entries": .string(ShownText.count(run.entryCount)),
            "tokens": .string(run.cost.map { ShownText.count($0.tokenCount) } ?? "not counted"),
            "worked": .string(run.cost.map { ShownText.duration(milliseconds: $0.milliseconds) } ?? "not counted"),
            "model": .string(run.model), "model_name": .string(modelName(run.model)),
        ]
    }

    /// A model without the folders that its file lies in.
    private static func modelName(_ model: String) -> String {
        let parts = model.split(separator: "/")
        guard parts.count > 1, let last = parts.last else { return model }
        return (model.hasPrefix("scripted:") ? "scripted:" : "") + last
    }

    /// A name that somebody chose, so that there is always something to see and to click on.
    static func name(_ text: String) -> String {
        let line = ShownText.line(text, limit: 300)
        return line.isEmpty ? "(no name)" : line
    }
}
