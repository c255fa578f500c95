/// What is new in the form of an input, held against inputs that are known to be right: the shortest runs of tokens that none
/// of those has.
struct InputForms {
    /// A run of tokens that no accepted input has, by where it begins.
    struct Novelty {
        /// How many tokens a run has.
        let length: Int
        /// Whether it takes a look at how many digits there are.
        let isExact: Bool
        let places: [Int]
    }

    /// How long the runs are and whether digits are counted, in the order in which they are looked for.
    private static let looks: [(length: Int, isExact: Bool)] = [
        (1, false), (2, false), (3, false), (2, true), (3, true),
    ]

    private var known: [[Set<[String]>]]
    private var holders: [String: Int] = [:]
    private var count = 0
    /// Which sets of runs are meant: those of all accepted inputs, or of those that the program takes too.
    private static let all = 0
    private static let passed = 1

    init() {
        known = Array(repeating: Array(repeating: [], count: Self.looks.count), count: 2)
    }

    /// Adds the tokens of an input that must be taken; `isPassed`: the program takes it.
    mutating func add(_ tokens: [LexicalToken], isPassed: Bool) {
        count += 1
        for (index, look) in Self.looks.enumerated() {
            let runs = Set(Self.runs(of: tokens, look.length, isExact: look.isExact))
            known[Self.all][index].formUnion(runs)
            if isPassed { known[Self.passed][index].formUnion(runs) }
        }
        for kind in Set(tokens.map { LexicalToken.common($0.kind) }) { holders[kind, default: 0] += 1 }
    }

    /// The first kind of run that is new in `tokens`; nil when its form is nothing new. An input that should be accepted
    /// and fails is held against those that don't fail.
    func novelty(in tokens: [LexicalToken], shouldAccept: Bool) -> Novelty? {
        let sets = known[shouldAccept ? Self.passed : Self.all]
        for (index, look) in Self.looks.enumerated() {
            let runs = Self.runs(of: tokens, look.length, isExact: look.isExact)
            let places = runs.indices.filter { !sets[index].contains(runs[$0]) && !Self.isProse(runs[$0]) }
            if !places.isEmpty { return Novelty(length: look.length, isExact: look.isExact, places: places) }
        }
        return nil
    }

    /// How much a kind of token says: the more, the fewer accepted inputs have it.
    func rarity(of kind: String) -> Double {
        let held = holders[LexicalToken.common(kind)] ?? 0
        return NaturalLogarithm.of(Double(count + 1) / Double(held + 1)) + 0.3
    }

    private static func runs(of tokens: [LexicalToken], _ length: Int, isExact: Bool) -> [[String]] {
        guard tokens.count >= length else { return [] }
        return (0...(tokens.count - length)).map { start in
            tokens[start..<(start + length)].map { isExact ? $0.exact : $0.kind }
        }
    }

    /// Whether a run is mostly words: what is new in it is what somebody wrote, not how.
    private static func isProse(_ run: [String]) -> Bool {
        run.count >= 3 && run.count(where: { $0 == "word" || $0 == "Word" }) * 2 >= run.count
    }
}
