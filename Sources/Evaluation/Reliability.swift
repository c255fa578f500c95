package import JSONSchemas
package import WorkflowFormat

/// Whether answers are as often right as they were sure.
package struct Reliability: Hashable, Sendable {
    /// A limit of confidence, and what answers that reach it are worth.
    package struct Limit: Hashable, Sendable {
        /// The accuracy that was wanted, 0...1.
        package let wanted: Double
        /// The lowest confidence with it; nil where even the surest answers are wrong too often.
        package let confidence: Double?
        /// The share of answers that reach it, 0...1.
        package let coverage: Double
    }

    /// Bins of the expected calibration error, of equal width (Guo et al., 2017, section 2).
    package static let binCount = 15
    /// The share of the surest answers whose accuracy is told apart.
    package static let surestShare = 0.7
    /// The accuracies that limits are told for.
    package static let wantedAccuracies = [0.8, 0.9, 0.95]

    /// How many answers.
    package let count: Int
    /// The share of right ones; 0 without answers.
    package let accuracy: Double
    /// The accuracy of the surest ``surestShare``, rounded down to whole answers, one at least.
    package let surestAccuracy: Double
    /// The mean difference of accuracy and confidence over the bins, each weighed by its answers: 0 is perfect.
    package let calibrationError: Double
    /// One for each of ``wantedAccuracies``.
    package let limits: [Limit]

    /// From how sure each answer was, 0...1, and whether it was right.
    package init(_ answers: [(confidence: Double, isRight: Bool)]) {
        count = answers.count
        accuracy = Self.accuracy(answers[...])
        calibrationError = Self.calibrationError(answers)
        // Of equally sure ones the wrong ones first: no order flatters.
        let sorted = answers.sorted {
            ($0.confidence, $0.isRight ? 0 : 1) > ($1.confidence, $1.isRight ? 0 : 1)
        }
        let surest = max(1, Int(Double(answers.count) * Self.surestShare + 1e-9))
        surestAccuracy = Self.accuracy(sorted.prefix(surest))
        limits = Self.wantedAccuracies.map { Self.limit(for: $0, sorted) }
    }

    /// Of these answers at a temperature.
    package init(_ answers: [KnownAnswer], temperature: Double) {
        self.init(answers.map { ($0.confidence(at: temperature), $0.isRight) })
    }

    /// Of these answers, were their shares put right so.
    package init(_ answers: [KnownAnswer], adjustment: ShareAdjustment) {
        self.init(answers.map { $0.judged(by: adjustment) })
    }

    private static func accuracy(_ answers: ArraySlice<(confidence: Double, isRight: Bool)>) -> Double {
        answers.isEmpty ? 0 : Double(answers.count { $0.isRight }) / Double(answers.count)
    }

    private static func calibrationError(_ answers: [(confidence: Double, isRight: Bool)]) -> Double {
        guard !answers.isEmpty else { return 0 }
        var gaps = [Double](repeating: 0, count: binCount)
        for answer in answers {
            // A bin holds its upper end, as Guo et al. have it.
            let place = Int((answer.confidence * Double(binCount)).rounded(.up)) - 1
            gaps[min(max(place, 0), binCount - 1)] += (answer.isRight ? 1 : 0) - answer.confidence
        }
        return gaps.reduce(0) { $0 + abs($1) } / Double(answers.count)
    }

    /// The lowest confidence above which answers are as often right as wanted; answers that are equally sure stay together.
    private static func limit(
        for wanted: Double, _ sorted: [(confidence: Double, isRight: Bool)]
    ) -> Limit {
        var right = 0
        var found: (confidence: Double, taken: Int)?
        for (index, answer) in sorted.enumerated() {
            if answer.isRight { right += 1 }
            let isLastOfEquals = index + 1 == sorted.count || sorted[index + 1].confidence < answer.confidence
            // A tiny bit of room: 0.9 · 10 is no whole number in binary.
            if isLastOfEquals, Double(right) + 1e-9 >= wanted * Double(index + 1) {
                found = (answer.confidence, index + 1)
            }
        }
        return Limit(
            wanted: wanted, confidence: found?.confidence,
            coverage: found.map { Double($0.taken) / Double(sorted.count) } ?? 0)
    }

    /// As an evaluation's file has it.
    package var json: JSONValue {
        [
            "n": .integer(count), "accuracy": Self.digits(accuracy), "accuracy_surest": Self.digits(surestAccuracy),
            "surest_share": .number(Self.surestShare), "calibration_error": Self.digits(calibrationError),
            "limits": .array(
                limits.map { limit in
                    [
                        "accuracy": .number(limit.wanted),
                        // Rounded down, so that the answer it was taken from reaches it.
                        "confidence": limit.confidence.map { .number(Self.down($0)) } ?? .null,
                        "coverage": Self.digits(limit.coverage),
                    ]
                }),
        ]
    }

    /// Rounded down to four digits.
    package static func down(_ value: Double) -> Double { (value * 10_000).rounded(.down) / 10_000 }

    private static func digits(_ value: Double) -> JSONValue { .number((value * 10_000).rounded() / 10_000) }
}
