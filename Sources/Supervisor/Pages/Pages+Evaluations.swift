import JSONSchemas
public import Reports
import RunJournal

extension Pages {
    /// The page of evaluations.
    public static func evaluations(_ view: EvaluationsView, in frame: PageFrame) throws(ReportError) -> String {
        var names: [String] = []
        for evaluation in view.evaluations where !names.contains(evaluation.suite) { names.append(evaluation.suite) }
        let suites = names.map { name in suite(name, view.evaluations.filter { $0.suite == name }) }
        let content = try PageTemplate.evaluations.filled([
            "remarks": strings(view.remarks), "is_empty": .bool(suites.isEmpty && view.remarks.isEmpty),
            "suites": .array(suites),
        ])
        return try page("Evaluations", content, in: frame, name: "evaluations")
    }

    /// Models beside each other.
    private static let columnLimit = 4

    /// `evaluations`: newest first.
    private static func suite(_ suiteName: String, _ evaluations: [EvaluationsView.Evaluation]) -> JSONValue {
        var models: [String] = []
        var figures: [String] = []
        for evaluation in evaluations {
            if !models.contains(evaluation.model) { models.append(evaluation.model) }
            for score in evaluation.scores where !figures.contains(score.name) { figures.append(score.name) }
        }
        let newest = models.prefix(columnLimit).compactMap { model in evaluations.first { $0.model == model } }
        let trend = EvaluationTrend(evaluations, models: models)
        return [
            "suite": .string(name(suiteName)), "has_models": .bool(!figures.isEmpty),
            "models": .array(newest.map { ["name": .string(name($0.model))] }),
            "figures": .array(
                figures.map { figure in
                    ["name": .string(name(figure)), "cells": .array(newest.map { cell(figure, of: $0) })]
                }), "costs": .array(costs(newest)), "trends": .array(figures.map(trend.drawing)),
            "legend": .array(
                models.enumerated().map { index, model in
                    ["name": .string(name(model)), "class": .string(EvaluationTrend.className(index))]
                }),
            "evaluations": .array(
                evaluations.enumerated().map { index, evaluation in details(evaluation, isNewest: index == 0) }),
        ]
    }

    private static func cell(_ figure: String, of evaluation: EvaluationsView.Evaluation) -> JSONValue {
        let score = evaluation.scores.first { $0.name == figure }
        return [
            "model": .string(name(evaluation.model)), "has_value": .bool(score != nil),
            "value": .string(ShownText.percent(score?.value ?? 0)), "low": .string(ShownText.percent(score?.low ?? 0)),
            "high": .string(ShownText.percent(score?.high ?? 0)),
            "width": .string(ShownText.percent(max(0, (score?.high ?? 0) - (score?.low ?? 0)))),
        ]
    }

    private static func costs(_ evaluations: [EvaluationsView.Evaluation]) -> [JSONValue] {
        var names: [String] = []
        for cost in evaluations.flatMap(\.costs) where !names.contains(cost.name) { names.append(cost.name) }
        return names.map { cost in
            [
                "name": .string(cost),
                "cells": .array(
                    evaluations.map { evaluation in
                        let value = evaluation.costs.first { $0.name == cost }?.value
                        return [
                            "model": .string(name(evaluation.model)),
                            "value": .string(value.map(number) ?? "not known"),
                        ]
                    }),
            ]
        }
    }

    private static func number(_ value: Double) -> String {
        value.rounded() == value && value.magnitude < 1e12 ? ShownText.count(Int(value)) : ShownText.decimal(value)
    }

    private static func details(_ evaluation: EvaluationsView.Evaluation, isNewest: Bool) -> JSONValue {
        [
            "newest": .bool(isNewest), "at": .string(evaluation.at), "when": .string(ShownText.time(evaluation.at)),
            "model": .string(name(evaluation.model)), "right": .string(ShownText.count(evaluation.successCount)),
            "items": .string(ShownText.count(evaluation.itemCount)), "directory": .string(evaluation.directory),
            "scores": .array(
                evaluation.scores.map { score in
                    [
                        "name": .string(name(score.name)), "value": .string(ShownText.percent(score.value)),
                        "low": .string(ShownText.percent(score.low)), "high": .string(ShownText.percent(score.high)),
                        "has_failures": .bool(!score.failures.isEmpty),
                        "failures": .array(score.failures.map(failure)),
                    ]
                }),
        ]
    }

    private static func failure(_ failure: EvaluationsView.Failure) -> JSONValue {
        [
            "item": .string(failure.item), "answer": .string(failure.answer), "gold": .string(failure.gold),
            "run": .string(failure.run ?? "no run"),
            "href": .string(failure.run.flatMap { RunID($0) }.map(PagePath.run) ?? ""),
        ]
    }
}
