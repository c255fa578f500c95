package import JSONSchemas
package import WorkflowFormat

/// The adjustment that was fitted for a field, and what it changes on the answers that it was fitted on.
package struct FieldCalibration: Hashable, Sendable {
    /// The field with the answers.
    package let field: WeighedField
    /// What was fitted, to four digits.
    package let adjustment: ShareAdjustment
    /// As sure as the model is by itself.
    package let before: Reliability
    /// With the adjustment.
    package let after: Reliability

    /// Fits the adjustment of `field`.
    ///
    /// - Throws: `SuiteError` where too few right answers are among the options.
    package init(_ field: WeighedField) throws(SuiteError) {
        let known = field.answers.count { $0.right != nil }
        guard known >= TemperatureFit.leastCount else {
            throw SuiteError(
                "Can't calibrate `\(field.pointer)` of step `\(field.step)`: \(known) of its answers have a right option in "
                    + "the gold, at least \(TemperatureFit.leastCount) are needed.")
        }
        self.field = field
        let fitted = AdjustmentFit.adjustment(of: field.answers)
        adjustment = ShareAdjustment(
            temperature: (fitted.temperature * 10_000).rounded() / 10_000, offsets: fitted.offsets)
        before = Reliability(field.answers, temperature: 1)
        after = Reliability(field.answers, adjustment: adjustment)
    }

    /// What was fitted, to four digits.
    package var temperature: Double { adjustment.temperature }

    /// Whether the search ended where temperatures end: all right, or nothing to do with the shares.
    package var isAtLimit: Bool {
        temperature < TemperatureFit.range.lowerBound * 1.01 || temperature > TemperatureFit.range.upperBound * 0.99
    }

    /// As the file beside the workflow has it; nil where the step has no prompt there.
    package func entry(weights: String, prompts: [String: String], suite: String) -> Calibration.Field? {
        prompts[field.step].map {
            Calibration.Field(
                weights: weights, step: field.step, pointer: field.pointer, prompt: $0, options: field.options,
                temperature: temperature, count: field.answers.count, suite: suite, offsets: adjustment.offsets)
        }
    }

    /// As an evaluation's file has it.
    package var json: JSONValue {
        [
            "step": .string(field.step), "field": .string(field.pointer), "score": .string(field.figure),
            "temperature": .number(temperature), "offsets": .array(adjustment.offsets.map { .number($0) }),
            "at_limit": .bool(isAtLimit), "before": before.json, "after": after.json,
        ]
    }
}
