import JSONSchemas
import Reports

extension Pages {
    /// Where time and tokens went, as bars and as numbers.
    static func figures(_ view: RunView) throws(ReportError) -> Markup {
        let rows = view.stepFigures.filter {
            $0.milliseconds > 0 || $0.tokenCount + $0.reused > 0 || $0.questionCount > 0
        }
        guard !rows.isEmpty else { return .empty }
        let mostTime = rows.reduce(0) { max($0, $1.milliseconds) }
        let mostTokens = rows.reduce(0) { max($0, $1.tokenCount + $1.reused) }
        return try PageTemplate.figures.filled([
            "has_rows": true, "time_legend": .array(StackedBar.rooms.map(\.legend)),
            "token_legend": .array(StackedBar.tokens.map(\.legend)),
            "rows": .array(rows.map { row($0, mostTime: mostTime, mostTokens: Double(mostTokens)) }),
        ])
    }

    private static func row(_ figures: FiguresView, mostTime: Double, mostTokens: Double) -> JSONValue {
        let times = figures.times.map { (name: $0.room, value: $0.milliseconds) }
        let tokens = [
            ("evaluated", figures.evaluated), ("reused", figures.reused), ("forced", figures.forced),
            ("sampled", figures.sampled),
        ].filter { $0.1 > 0 }.map { (name: $0.0, value: Double($0.1)) }
        return [
            "step": .string(name(figures.address)),
            "time_bars": StackedBar(times.filter { $0.name != "sandbox" }, of: mostTime, StackedBar.rooms)
                .drawing(inside: times.filter { $0.name == "sandbox" }, startingAt: "tools"),
            "time": .string(ShownText.duration(milliseconds: figures.milliseconds)),
            "time_parts": .string(
                times.map { "\($0.name) \(ShownText.duration(milliseconds: $0.value))" }.joined(separator: ", ")),
            "token_bars": StackedBar(tokens, of: mostTokens, StackedBar.tokens).drawing(),
            "tokens": .string(ShownText.count(figures.tokenCount)),
            "token_parts": .string(
                tokens.map { "\($0.name) \(ShownText.count(Int($0.value)))" }.joined(separator: ", ")),
            "questions": .string(ShownText.count(figures.questionCount)),
            "waited": .string(
                figures.questionCount == 0 ? "" : ShownText.duration(milliseconds: figures.waitedMilliseconds)),
        ]
    }
}
