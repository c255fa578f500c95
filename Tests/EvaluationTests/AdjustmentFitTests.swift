import Evaluation
import Foundation
import Testing
import WorkflowFormat

/// Offsets of made-up shares for which the right ones are known.
@Suite struct AdjustmentFitTests {
    private static let truth = [[0.7, 0.2, 0.1], [0.3, 0.45, 0.25], [0.2, 0.3, 0.5]]

    /// Answers that are right exactly as often as ``truth`` says, from a model that likes options by `liking` too much: with
    /// its negative as offsets the shares are the truth again.
    private static func answers(liking: [Double], each: Int = 500) -> [KnownAnswer] {
        truth.flatMap { shares -> [KnownAnswer] in
            let parts = zip(shares, liking).map { $0 * exp($1) }
            let sum = parts.reduce(0, +)
            let shown = parts.map { $0 / sum }
            let taken = shown.indices.max { shown[$0] < shown[$1] } ?? 0
            return shares.enumerated().flatMap { place, share in
                (0..<Int((share * Double(each)).rounded())).map { number in
                    KnownAnswer(id: "\(shares)-\(place)-\(number)", shares: shown, taken: taken, right: place)
                }
            }
        }
    }

    @Test func `what a model likes too much is found, and taking it back is right more often`() {
        let answers = Self.answers(liking: [1, 0, -1])
        let found = AdjustmentFit.adjustment(of: answers)
        #expect(found.offsets.count == 3)
        #expect(zip(found.offsets, [-1.0, 0, 1]).allSatisfy { abs($0 - $1) < 0.06 }, "\(found)")
        #expect(abs(found.temperature - 1) < 0.06)
        let plain = ShareAdjustment(temperature: TemperatureFit.temperature(of: answers))
        #expect(AdjustmentFit.loss(of: answers, with: found) < AdjustmentFit.loss(of: answers, with: plain))
        let (before, after) = (Reliability(answers, adjustment: plain), Reliability(answers, adjustment: found))
        #expect(after.accuracy > before.accuracy + 0.05)
        #expect(after.calibrationError < 0.02 && before.calibrationError > 0.05)
    }

    @Test func `a model that likes no option too much gets a temperature alone`() {
        let answers = Self.answers(liking: [0, 0, 0])
        let found = AdjustmentFit.adjustment(of: answers)
        #expect(found.offsets.isEmpty)
        #expect(found.temperature == TemperatureFit.temperature(of: answers))
    }

    @Test func `few answers move offsets little`() throws {
        // Twenty-four, all of which say the same, from a model that calls it even.
        let few = (0..<24).map { KnownAnswer(id: "\($0)", shares: [0.5, 0.5], taken: 0, right: 1) }
        let found = AdjustmentFit.adjustment(of: few)
        let offset = try #require(found.offsets.last)
        #expect(offset > 0 && offset < 1.5, "\(found)")
        #expect(Reliability(few, adjustment: found).accuracy == 1)
        // Fewer are not asked.
        #expect(AdjustmentFit.adjustment(of: Array(few.prefix(19))).offsets.isEmpty)
    }

    @Test func `with offsets the likeliest option is judged, without them the one that was taken`() {
        let answer = KnownAnswer(id: "a", shares: [0.6, 0.4], taken: 0, right: 1)
        #expect(!answer.judged(by: .identity).isRight)
        let judged = answer.judged(by: ShareAdjustment(temperature: 1, offsets: [0, log(3)]))
        #expect(judged.isRight && abs(judged.confidence - 2.0 / 3) < 1e-9)
    }

    @Test func `answers without a right option are fitted around`() {
        let answers = Self.answers(liking: [1, 0, -1])
        let outside = (0..<300).map { KnownAnswer(id: "x\($0)", shares: [0.2, 0.3, 0.5], taken: 2, right: nil) }
        #expect(AdjustmentFit.adjustment(of: answers + outside) == AdjustmentFit.adjustment(of: answers))
    }
}
