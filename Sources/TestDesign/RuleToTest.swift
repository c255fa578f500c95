/// A requirement for which cases are wanted.
package struct RuleToTest: Hashable, Sendable {
    /// What a requirement demands.
    package enum Polarity: String, Hashable, Sendable {
        case must
        case mustNot = "must-not"
        case may
        case definition
    }

    /// How much of a sentence is looked at, in characters; what is longer is no sentence.
    private static let quoteLimit = 1_000

    package let id: String
    /// The beginning of its sentence, at most 1,000 characters.
    package let quote: String
    package let polarity: Polarity
    package let section: String
    /// Where it begins in the document, in UTF-8 bytes.
    package let byteStart: Int

    package init(id: String, quote: String, polarity: Polarity, section: String, byteStart: Int) {
        self.id = id
        self.quote = String(quote.prefix(Self.quoteLimit))
        self.polarity = polarity
        self.section = section
        self.byteStart = byteStart
    }
}
