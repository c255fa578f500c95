import JSONSchemas

/// The figures of one suite over time, a mark an evaluation, colored by model.
struct EvaluationTrend {
    /// Marks that are drawn: the newest.
    private static let limit = 60
    private static let start = 60
    private static let step = 22

    /// Oldest first.
    private let evaluations: [EvaluationsView.Evaluation]
    private let models: [String]

    /// `evaluations`: newest first.
    init(_ evaluations: [EvaluationsView.Evaluation], models: [String]) {
        self.evaluations = evaluations.prefix(Self.limit).reversed()
        self.models = models
    }

    /// The color of the model at this place among the models.
    static func className(_ index: Int) -> String { "fill-\(index % 5 + 1)" }

    /// The drawing of one figure.
    func drawing(_ figure: String) -> JSONValue {
        var marks: [JSONValue] = []
        var words: [String] = []
        for (index, evaluation) in evaluations.enumerated() {
            guard let score = evaluation.scores.first(where: { $0.name == figure }) else { continue }
            let title =
                "\(ShownText.percent(score.value)) % by \(Pages.name(evaluation.model)), \(ShownText.time(evaluation.at))"
            words.append(title)
            marks.append([
                "x": .integer(Self.start + index * Self.step), "y": .string(Self.height(score.value)),
                "low": .string(Self.height(score.low)), "high": .string(Self.height(score.high)),
                "class": .string(Self.className(models.firstIndex(of: evaluation.model) ?? 0)), "title": .string(title),
            ])
        }
        return [
            "name": .string(Pages.name(figure)), "marks": .array(marks),
            "words": .string("\(Pages.name(figure)): \(words.joined(separator: "; "))"),
            "width": .integer(max(300, Self.start + evaluations.count * Self.step + 20)),
        ]
    }

    /// From 86 for 0 up to 30 for 1.
    private static func height(_ share: Double) -> String {
        ShownText.decimal(86 - 56 * (share.isFinite ? min(1, max(0, share)) : 0))
    }
}
