/// A resident sequence: which tokens the context holds for it.
struct SequenceSlot {
    let sequence: Int32
    var tokens: [Int32] = []
    /// The cells of `tokens`, then those of the drafts behind them.
    var cells: [Int32] = []
    /// The seat whose generation goes on in it.
    var owner: Int?
    /// When it was last chosen; larger is later.
    var lastUse = 0
    /// Its request said that a longer prompt will follow.
    var isKept = false
    /// How much of it the last prompt that came here had in common with it: what the next one may want too.
    var sharedCount = 0
    /// How many of `tokens` were evaluated in blocks of the fixed shape.
    var fixedShapeCount = 0

    init(sequence: Int32) { self.sequence = sequence }

    /// How many tokens `prompt` and this sequence share from the start.
    func commonPrefix(with prompt: [Int32]) -> Int {
        tokens.commonPrefix(with: prompt)
    }

    /// What losing this sequence would cost, to be compared only.
    var cost: (Int, Int, Int) { (tokens.isEmpty ? 0 : 1, isKept ? 1 : 0, lastUse) }
}

extension [Int32] {
    /// How many elements both share from the start.
    func commonPrefix(with other: [Int32]) -> Int {
        let limit = Swift.min(count, other.count)
        var shared = 0
        while shared < limit, self[shared] == other[shared] { shared += 1 }
        return shared
    }
}
