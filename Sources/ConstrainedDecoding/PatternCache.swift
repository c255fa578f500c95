import JSONSchemas
import Synchronization
package import Tokens

/// Automata of patterns and the languages made of them, kept for all grammars of the process: schemas repeat their
/// patterns, and a language's tables are worth more than itself.
struct PatternCache: Sendable {
    struct LanguageKey: Hashable {
        /// The parts whose labels count.
        let parts: [KeyPart]
        /// The labels that are accepted.
        let accepted: [UInt64]
        let isSubset: Bool
    }

    /// A language that may have gone with the grammars that asked for it.
    private struct Reference {
        weak var language: StringLanguage?
    }

    private struct Store {
        var automata: [KeyPart: PatternAutomaton] = [:]
        var languages: [LanguageKey: StringLanguage] = [:]
        /// All languages that may still have tables, those that have left `languages` as well.
        var references: [Reference] = []
        /// The states of `automata`.
        var stateCount = 0
        /// The states of `languages`.
        var languageStateCount = 0
        /// From how many references on those that have gone are taken out.
        var referenceLimit = 1_024

        mutating func keep(_ language: StringLanguage, as key: LanguageKey) {
            if languageStateCount + language.labels.count > PatternCache.languageStateLimit {
                languages = [:]
                languageStateCount = 0
            }
            languageStateCount += language.labels.count
            languages[key] = language
            if references.count >= referenceLimit {
                references.removeAll { $0.language == nil }
                referenceLimit = max(1_024, references.count * 2)
            }
            references.append(Reference(language: language))
        }
    }

    private static let store = Mutex(Store())
    private static let stateLimit = 200_000
    /// A state takes half a kilobyte and more.
    private static let languageStateLimit = 100_000

    func automaton(of pattern: StringPattern, stateLimit: Int) throws(GrammarError) -> PatternAutomaton {
        let part = KeyPart(pattern)
        if let known = Self.store.withLock({ $0.automata[part] }), known.stateCount <= stateLimit {
            return known
        }
        let made = try PatternDeterminizer.automaton(of: pattern, stateLimit: stateLimit)
        Self.store.withLock { store in
            if store.stateCount > Self.stateLimit {
                store.automata = [:]
                store.stateCount = 0
            }
            store.stateCount += made.stateCount
            store.automata[part] = made
        }
        return made
    }

    func language(
        _ key: LanguageKey, make: () throws(GrammarError) -> StringLanguage?
    ) throws(GrammarError) -> StringLanguage? {
        if let known = Self.store.withLock({ $0.languages[key] }) { return known }
        guard let made = try make() else { return nil }
        return Self.store.withLock { store in
            if let known = store.languages[key] { return known }
            store.keep(made, as: key)
            return made
        }
    }

    /// Forgets the tables of all languages, those of grammars included that hold languages the store has let go.
    static func removeTables() {
        let languages = store.withLock { $0.references.compactMap(\.language) }
        for language in languages { language.removeTables() }
    }

    static func removeAll() {
        removeTables()
        store.withLock { store in
            let references = store.references.filter { $0.language != nil }
            store = Store()
            store.references = references
        }
    }
}

/// What tells the keys of an object or the strings of a language apart: the name under which automata are kept.
enum KeyPart: Hashable, Sendable {
    /// A pattern's source. Bytes, as Swift's `==` holds for canonically equivalent texts as well.
    case pattern([UInt8])
    /// The strings of a length within these bounds.
    case length(Int, Int?)

    init(_ pattern: StringPattern) {
        self = .pattern(Array(pattern.source.utf8))
    }

    /// `nil` if a string may be as long as it likes.
    init?(lengthsOf draft: StringDraft) {
        guard draft.minLength > 0 || draft.maxLength != nil else { return nil }
        self = .length(draft.minLength, draft.maxLength)
    }
}

/// What grammars of one process share: automata of patterns, and what tokens do to the strings they describe.
package enum MaskStore {
    private static let byteCount = Mutex(0)
    private static let byteLimit = 32 << 20

    /// Empties the store, so that what follows is as slow as in a fresh process that has its vocabulary ready.
    package static func removeAll() {
        PatternCache.removeAll()
        byteCount.withLock { $0 = 0 }
    }

    /// Makes the tables of strings that no pattern restricts, which almost every grammar asks for: some 10 ms for 151,000
    /// tokens. They belong to the vocabulary and stay; without this call they are made when first asked for.
    package static func prepare(for trie: TokenTrie) {
        for hasGroups in [false, true] {
            for isStrict in [false, true] {
                let kind = StringTableKind(hasGroups: hasGroups, isStrict: isStrict)
                _ = StringLanguage.everything.table(for: trie, node: 0, kind: kind) {
                    StringTable(.anything, node: 0, trie: trie, kind: kind)
                }
            }
        }
    }

    /// Empties the tables if they would grow beyond their limit.
    static func makeRoom(for count: Int) {
        let isFull = byteCount.withLock { total in
            total += count
            guard total > byteLimit else { return false }
            total = count
            return true
        }
        if isFull { PatternCache.removeTables() }
    }
}
