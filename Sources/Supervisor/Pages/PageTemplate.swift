import JSONSchemas
import Reports

/// The templates of the pages, which are part of the program.
enum PageTemplate: String, CaseIterable {
    case call, change, entry, evaluations, feedback, figures, graph, groups, journal, notice, page, prompts, question
    case questions, quiet, run, runs, started, step, steps, workflow, workflows

    /// Fills in the template. Each value is escaped where it stands; `parts` are what other templates made, for the places
    /// in three braces.
    func filled(_ values: JSONObject, parts: [String: Markup] = [:]) throws(ReportError) -> Markup {
        var data = values
        for (name, part) in parts { data[name] = .string(part.html) }
        guard let template = Self.parsed[self] else {
            preconditionFailure("Every template of the pages is parsed.")
        }
        return markup(try template.get().render(data, rawNames: Set(parts.keys)))
    }

    private static let parsed: [PageTemplate: Result<ReportTemplate, ReportError>] = Dictionary(
        uniqueKeysWithValues: allCases.map { name in
            let text = String(decoding: name.bytes, as: UTF8.self)
            return (
                name,
                Result { () throws(ReportError) in
                    try ReportTemplate(text: text, name: "\(name.rawValue).html.mustache", format: .html)
                }
            )
        })

    private var bytes: [UInt8] {
        switch self {
        case .call: PackageResources.call_html_mustache
        case .change: PackageResources.change_html_mustache
        case .entry: PackageResources.entry_html_mustache
        case .evaluations: PackageResources.evaluations_html_mustache
        case .feedback: PackageResources.feedback_html_mustache
        case .figures: PackageResources.figures_html_mustache
        case .graph: PackageResources.graph_html_mustache
        case .groups: PackageResources.groups_html_mustache
        case .journal: PackageResources.journal_html_mustache
        case .notice: PackageResources.notice_html_mustache
        case .page: PackageResources.page_html_mustache
        case .prompts: PackageResources.prompts_html_mustache
        case .question: PackageResources.question_html_mustache
        case .questions: PackageResources.questions_html_mustache
        case .quiet: PackageResources.quiet_html_mustache
        case .run: PackageResources.run_html_mustache
        case .runs: PackageResources.runs_html_mustache
        case .started: PackageResources.started_html_mustache
        case .step: PackageResources.step_html_mustache
        case .steps: PackageResources.steps_html_mustache
        case .workflow: PackageResources.workflow_html_mustache
        case .workflows: PackageResources.workflows_html_mustache
        }
    }
}
