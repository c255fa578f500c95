/// Where an automaton of a string, number or fixed value is; what the fields mean is that automaton's business.
struct LexemeState: Hashable, Sendable {
    var node: Int32 = 0
    var count: Int32 = 0
    var detail: Int32 = 0
    /// Where a string is among excluded ones or a key among names; -1 where it is none of them.
    var trie: Int32 = 0
}
