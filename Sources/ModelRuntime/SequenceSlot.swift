/// A resident sequence: which tokens the context holds for it.
struct SequenceSlot {
    let sequence: Int32
    var tokens: [Int32] = []
    /// When it was last current; larger is later.
    var lastUse = 0
    /// Its request said that a longer prompt will follow.
    var isKept = false
    /// How much of it the last prompt that came here had in common with it: what the next one may want too.
    var sharedCount = 0

    init(sequence: Int32) { self.sequence = sequence }

    /// How many tokens `prompt` and this sequence share from the start.
    func commonPrefix(with prompt: [Int32]) -> Int {
        let limit = min(tokens.count, prompt.count)
        var count = 0
        while count < limit, tokens[count] == prompt[count] { count += 1 }
        return count
    }
}
