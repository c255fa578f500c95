import RunJournal

/// What a run took, for people.
enum MetricsText {
    /// Lines for the whole run and for its steps, or for one step. Items of a loop and turns of an agent are added up.
    static func lines(_ metrics: RunMetrics, step: String?) -> [String] {
        if let step {
            guard let figures = metrics.steps.first(where: { $0.address == step })?.figures else { return [] }
            return ["took: " + text(figures)]
        }
        var lines = ["took: " + text(metrics.total)]
        if metrics.total.processPeakBytes > 0 {
            let sandbox =
                metrics.total.sandboxRuns > 0
                ? "; sandboxed commands \(metrics.total.sandboxRuns), at most \(mebibytes(metrics.total.sandboxPeakBytes)) MiB"
                : ""
            lines.append("memory: at most \(mebibytes(metrics.total.processPeakBytes)) MiB\(sandbox)")
        }
        return lines + metrics.byWorkflowStep.map { "  \($0.address)  \(text($0.figures))" }
    }

    private static func text(_ figures: RunMetrics.Figures) -> String {
        var parts: [String] = []
        if figures.evaluated + figures.sampled + figures.forced + figures.reused > 0 {
            parts.append(
                "tokens \(figures.evaluated) evaluated, \(figures.reused) reused, \(figures.sampled) sampled, "
                    + "\(figures.forced) forced")
        }
        if figures.narrowed > 0 {
            parts.append("answers kept narrower than their schema by a limit \(figures.narrowed)")
        }
        if figures.firstAnswers + figures.passedOn > 0 {
            parts.append("smaller model: \(figures.firstAnswers) answered, \(figures.passedOn) passed on")
        }
        let rooms = ["planning", "policy", "tools", "sandbox", "journal"].compactMap { room -> String? in
            guard let count = figures.microseconds[room], count > 0 else { return nil }
            return "\(room) \(milliseconds(count))"
        }
        if !rooms.isEmpty { parts.append("ms: " + rooms.joined(separator: ", ")) }
        if figures.questions > 0 {
            let waited = figures.waitedMicroseconds > 0 ? ", waited \(figures.waitedMicroseconds / 1_000_000) s" : ""
            parts.append("questions \(figures.questions)\(waited)")
        }
        return parts.isEmpty ? "nothing measured" : parts.joined(separator: "; ")
    }

    private static func milliseconds(_ microseconds: Int) -> String {
        let tenths = (microseconds + 50) / 100
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func mebibytes(_ bytes: Int) -> Int { (bytes + (1 << 19)) >> 20 }
}
