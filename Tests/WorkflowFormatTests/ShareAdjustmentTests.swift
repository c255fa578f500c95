import Foundation
import Testing
import WorkflowFormat

/// What puts shares right, worked out by hand.
@Suite struct ShareAdjustmentTests {
    @Test func `an offset multiplies a share by its power of e, and shares add up to 1 again`() {
        let adjusted = ShareAdjustment(temperature: 1, offsets: [0, log(3), 0]).applied(to: [0.5, 0.25, 0.25])
        // 0.5, 0.75 and 0.25 of 1.5.
        #expect(zip(adjusted, [1.0 / 3, 0.5, 1.0 / 6]).allSatisfy { abs($0 - $1) < 1e-12 }, "\(adjusted)")
        // Behind the temperature: 0.64 and 0.36 become 0.8 and 0.6, and the second one is doubled.
        let tempered = ShareAdjustment(temperature: 2, offsets: [0, log(2)]).applied(to: [0.64, 0.36])
        #expect(abs(tempered[0] - 0.4) < 1e-12 && abs(tempered[1] - 0.6) < 1e-12, "\(tempered)")
    }

    @Test func `the same offset for all options changes nothing, and an impossible option stays so`() {
        let same = ShareAdjustment(temperature: 1, offsets: [5, 5]).applied(to: [0.9, 0.1])
        #expect(abs(same[0] - 0.9) < 1e-12)
        #expect(ShareAdjustment(temperature: 0.1, offsets: [-5, 5]).applied(to: [1, 0]) == [1, 0])
        // Control arm: where it isn't impossible.
        #expect(ShareAdjustment(temperature: 1, offsets: [-5, 5]).applied(to: [0.9, 0.1])[1] > 0.99)
    }

    @Test func `without offsets it is the temperature alone, to the last bit`() {
        let shares = [0.64, 0.32, 0.04]
        #expect(ShareAdjustment(temperature: 1.7).applied(to: shares) == Calibration.tempered(shares, at: 1.7))
        #expect(ShareAdjustment.identity.applied(to: shares) == shares)
    }
}
