import JSONSchemas
public import Reports

/// An evaluation as one HTML page that needs nothing but itself.
public struct EvaluationPage: Sendable {
    /// Failures shown for a figure; the count of the others is said.
    private static let failureLimit = 50

    private let results: [EvaluationResult]
    private let comparisons: [FigureComparison]

    /// A page on one evaluation, or on two that have items in common.
    public init(_ results: [EvaluationResult], comparisons: [FigureComparison] = []) {
        self.results = results
        self.comparisons = comparisons
    }

    /// The page's text.
    ///
    /// - Throws: `ReportError`, which would be a bug.
    public func html() throws(ReportError) -> String {
        let template = try ReportTemplate(text: Self.template, name: "evaluation.html")
        return try template.render([
            "suite": .string(results.first?.suite ?? ""),
            "results": .array(results.map { Self.value($0) }),
            "comparisons": .array(
                comparisons.map { figure in
                    [
                        "name": .string(figure.name), "difference": Self.percent(figure.comparison.difference),
                        "first_better": .integer(figure.comparison.firstBetter),
                        "second_better": .integer(figure.comparison.secondBetter),
                        "p": .number((figure.comparison.p * 10_000).rounded() / 10_000),
                        "count": .integer(figure.count), "left_out": .integer(figure.leftOut),
                    ]
                }),
        ])
    }

    private static func value(_ result: EvaluationResult) -> JSONValue {
        let subject = result.subject.objectValue ?? JSONObject()
        return [
            "model": .string(subject["model"]?.stringValue ?? ""),
            "each": result.successes > 0 ? result.cost.json(successes: result.successes) : .null,
            "subject": .array(
                subject.filter { $0.key != "model" }.map {
                    ["name": .string($0.key), "value": .string($0.value.stringValue ?? "\($0.value)")]
                }),
            "origin": result.origin.map { .string($0) } ?? .null,
            "contradicted": .string(result.contradicted.joined(separator: ", ")),
            "count": .integer(result.count), "successes": .integer(result.successes),
            "tokens": .integer(result.cost.tokens), "seconds": .integer(Int(result.cost.seconds.rounded())),
            "questions": .integer(result.cost.questions), "runs": .integer(result.cost.runs),
            "failed_runs": .array(
                result.failedRuns.map { ["run": .string($0.run), "exit": .integer($0.exit)] }),
            "refused_runs": .array(
                result.refusedRuns.map { ["run": .string($0.run), "reason": .string($0.reason ?? "")] }),
            "scores": .array(result.scores.map { value($0) }),
        ]
    }

    private static func value(_ score: Score) -> JSONValue {
        [
            "name": .string(score.name), "count": .integer(score.count), "value": percent(score.value),
            "low": percent(score.interval.low), "high": percent(score.interval.high),
            "width": percent(score.interval.high - score.interval.low),
            "details": .string(
                score.details.sorted { $0.key < $1.key }
                    .map { "\($0.key) \(percent($0.value).serialized())" }.joined(separator: ", ")),
            "failures": .array(
                score.failures.prefix(failureLimit).map { item in
                    [
                        "id": .string(item.id), "run": .string(item.run ?? "no run"),
                        "answer": .string(item.answer.map { $0.serialized(.compact) } ?? "no answer"),
                        "gold": .string(item.gold.serialized(.compact)),
                    ]
                }),
            "more": score.failures.count > failureLimit ? .integer(score.failures.count - failureLimit) : .null,
        ]
    }

    /// A share in percent with one digit.
    private static func percent(_ share: Double) -> JSONValue { .number((share * 1_000).rounded() / 10) }

    private static let template = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>Evaluation of {{suite}}</title>
        <style>
        :root { color-scheme: light dark; --bar: #3b6ea8; --line: #b45309; --soft: #8884; }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
        th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--soft); vertical-align: top; }
        td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        svg { width: 14rem; height: 1.1rem; display: block; }
        code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
        </style>
        </head>
        <body>
        <h1>Evaluation of {{suite}}</h1>
        {{#results}}
        <h2>{{model}}</h2>
        <p>{{#subject}}{{name}} <code>{{value}}</code>{{^last()}}, {{/last()}}{{/subject}}</p>
        <p>{{count}} items, {{successes}} wholly right. {{runs}} runs, {{seconds}} s, {{tokens}} tokens, {{questions}} questions left for a person.{{#each}} One wholly right item: {{seconds_per_success}} s, {{tokens_per_success}} tokens, {{questions_per_success}} questions.{{/each}}</p>
        {{#origin}}<p>{{origin}}</p>
        {{/origin}}
        {{#contradicted}}<p>Answered in two ways, which counts as not answered: {{contradicted}}.</p>
        {{/contradicted}}
        {{#failed_runs}}<p>Run <code>{{run}}</code> ended with exit code {{exit}}; its items count as wrong.</p>
        {{/failed_runs}}
        {{#refused_runs}}<p>In run <code>{{run}}</code> calls were refused; its answers count. {{reason}}</p>
        {{/refused_runs}}
        <table>
        <thead><tr><th>figure</th><th>value, %</th><th>95 % interval</th><th>n</th><th></th><th></th></tr></thead>
        <tbody>
        {{#scores}}
        <tr><td>{{name}}</td><td class="n">{{value}}</td><td class="n">{{low}} to {{high}}</td><td class="n">{{count}}</td>
        <td><svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{{value}} percent, between {{low}} and {{high}}">
        <rect width="100" height="8" fill="var(--soft)"/><rect width="{{value}}" height="8" fill="var(--bar)"/>
        <rect x="{{low}}" y="3" width="{{width}}" height="2" fill="var(--line)"/></svg></td><td>{{details}}</td></tr>
        {{/scores}}
        </tbody>
        </table>
        {{#scores}}
        {{^empty(failures)}}
        <details><summary>{{name}}: what was not right</summary>
        <table>
        <thead><tr><th>item</th><th>answer</th><th>right</th><th>run</th></tr></thead>
        <tbody>
        {{#failures}}
        <tr><td>{{id}}</td><td><code>{{answer}}</code></td><td><code>{{gold}}</code></td><td><code>{{run}}</code></td></tr>
        {{/failures}}
        </tbody>
        </table>
        {{#more}}<p>and {{more}} more</p>{{/more}}
        </details>
        {{/empty(failures)}}
        {{/scores}}
        {{/results}}
        {{^empty(comparisons)}}
        <h2>Second against first</h2>
        <table>
        <thead><tr><th>figure</th><th>difference, %</th><th>first better</th><th>second better</th><th>p</th><th>items</th><th>left out</th></tr></thead>
        <tbody>
        {{#comparisons}}
        <tr><td>{{name}}</td><td class="n">{{difference}}</td><td class="n">{{first_better}}</td><td class="n">{{second_better}}</td><td class="n">{{p}}</td><td class="n">{{count}}</td><td class="n">{{left_out}}</td></tr>
        {{/comparisons}}
        </tbody>
        </table>
        <p>Compared are the items that both have; the others are left out. p is how probable a difference at least as large is when both are equally good: the exact McNemar test for shares of right items, else a randomization test that swaps both versions' answers item by item.</p>
        {{/empty(comparisons)}}
        </body>
        </html>

        """
}
