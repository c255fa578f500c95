import Planning
import Testing

/// What examples in a model's embedding space tell apart.
@Suite struct ExampleClassifierTests {
    /// Two dimensions that tell three options apart, and one that is the same for all.
    private static let examples: [[Float]] = [
        [0, 0, 9], [0.1, 0.2, 9], [5, 0, 9], [5.2, 0.1, 9], [0, 5, 9], [0.1, 5.3, 9],
    ]
    private static let options = [0, 0, 1, 1, 2, 2]

    @Test func `a text near the examples of an option is its`() throws {
        let classifier = try #require(ExampleClassifier(examples: Self.examples, options: Self.options, count: 4))
        for (embedding, option) in zip([[0.2, 0.1, 9], [4.6, 0.4, 9], [0.4, 4.7, 9]] as [[Float]], 0...) {
            let shares = classifier.shares(of: embedding)
            #expect(shares.count == 4 && abs(shares.reduce(0, +) - 1) < 1e-12, "\(shares)")
            #expect(shares.allSatisfy { $0 >= 0 } && shares[option] > 0.6, "\(shares)")
            // Nothing was an example of it.
            #expect(shares[3] == 0)
        }
    }

    /// The same numbers as by the primal normal equations, worked out by hand: two examples that are mirror images have unit
    /// rows 1 and -1, so the weight is Σ x·(y - ½) / (Σ x² + ridge) = 1 / (2 + ridge).
    @Test func `two mirrored examples give the ridge solution`() throws {
        let classifier = try #require(ExampleClassifier(examples: [[1], [3]], options: [0, 1], count: 2))
        let weight = 1 / (2 + ExampleClassifier.ridge)
        let shares = classifier.shares(of: [2.5])
        #expect(abs(shares[1] - (0.5 + weight)) < 1e-12, "\(shares)")
        #expect(abs(shares[0] - (0.5 - weight)) < 1e-12)
        // Just between them nothing is known but how frequent they are.
        #expect(classifier.shares(of: [2]) == [0.5, 0.5])
    }

    /// What a model has: a thousand dimensions and more, and a dozen of examples.
    @Test func `far more dimensions than examples tell them apart too`() throws {
        var number: UInt32 = 7
        func noise() -> Float {
            number = number &* 1_664_525 &+ 1_013_904_223
            return Float(number >> 8) / Float(1 << 24) - 0.5
        }
        func point(_ option: Int) -> [Float] {
            (0..<1_536).map { place in noise() + (place % 3 == option ? 0.4 : 0) }
        }
        let options = (0..<12).map { $0 % 3 }
        let classifier = try #require(
            ExampleClassifier(examples: options.map(point), options: options, count: 3))
        for option in [0, 1, 2, 1, 0, 2] {
            let shares = classifier.shares(of: point(option))
            #expect(abs(shares.reduce(0, +) - 1) < 1e-9 && shares[option] > 0.5, "\(option): \(shares)")
        }
    }

    @Test func `what tells nothing apart teaches nothing`() {
        #expect(ExampleClassifier(examples: [], options: [], count: 2) == nil)
        #expect(ExampleClassifier(examples: [[1, 2], [2, 1]], options: [1, 1], count: 2) == nil)
        #expect(ExampleClassifier(examples: [[1, 2], [1, 2]], options: [0, 1], count: 2) == nil)
        // Control arm.
        #expect(ExampleClassifier(examples: [[1, 2], [2, 1]], options: [0, 1], count: 2) != nil)
    }

    @Test func `numbers that are none give no shares that are none`() throws {
        let classifier = try #require(ExampleClassifier(examples: Self.examples, options: Self.options, count: 3))
        for embedding in [[.nan, 0, 9], [.infinity, 0, 9], [Float.greatestFiniteMagnitude, 0, 9]] as [[Float]] {
            let shares = classifier.shares(of: embedding)
            #expect(shares.allSatisfy { (0...1).contains($0) } && abs(shares.reduce(0, +) - 1) < 1e-9, "\(shares)")
        }
    }
}
