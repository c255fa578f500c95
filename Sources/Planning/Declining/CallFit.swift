import Foundation
public import JSONSchemas

/// How likely it is that a function on offer does what is wanted, from two signs: how the model divides its answer
/// between yes and no, and how much of the wording of a function the request has.
///
/// The formula is a logistic one. Its three weights were fitted with Qwen2.5-Coder-1.5B-Instruct on 221 cases of the Berkeley
/// Function Calling Leaderboard, about half of them requests that none of their functions fits; so the share counts as many
/// of these as of others, wherever it is used. On the parts that were held out, each a tenth, the area under the curve was
/// 0.94, and a limit of 0.12 declined 71 % of 69 requests written for other functions, 41 % of 39 such requests of real
/// users, and 1 of 113 that a function fits.
public struct CallFit: Hashable, Sendable {
    /// How likely the model finds `yes`, against `no`, 0...1.
    public let yes: Double
    /// What both have together of what the model would write, 0...1: low where it would rather say something else.
    public let mass: Double
    /// The share of the words of the best matching function's name and summary that the request has, 0...1.
    public let words: Double

    private static let offset = -1.9
    private static let answerWeight = 1.2
    private static let wordWeight = 6.8
    /// A model's answer counts no more than this many to one, in logarithms.
    private static let mostOdds = 12.0

    /// `logarithms`: the log likelihoods of `yes` and of `no`.
    init(logarithms: [Double], words: Double) {
        let shares = ChoiceShares(options: ["yes", "no"], logarithms: logarithms)
        self.init(yes: shares.probabilities[0], mass: shares.mass, words: words)
    }

    private init(yes: Double, mass: Double, words: Double) {
        self.yes = yes
        self.mass = mass
        self.words = words
    }

    /// How likely it is that a function fits, 0...1.
    public var share: Double {
        let odds = log(yes) - log(1 - yes)
        let bounded = min(max(odds, -Self.mostOdds), Self.mostOdds)
        return 1 / (1 + exp(-(Self.offset + Self.answerWeight * bounded + Self.wordWeight * words)))
    }

    /// What an entry of the record calls it.
    public static let member = "fit"

    /// As the record keeps it.
    public var json: JSONValue {
        ["yes": .number(yes), "mass": .number(mass), "words": .number(words), "share": .number(share)]
    }

    /// The fit that ``json`` wrote; nil for anything else.
    public init?(json value: JSONValue?) {
        guard let value, let yes = value["yes"]?.doubleValue, let mass = value["mass"]?.doubleValue,
            let words = value["words"]?.doubleValue, [yes, mass, words].allSatisfy({ (0...1).contains($0) })
        else { return nil }
        self.init(yes: yes, mass: mass, words: words)
    }
}
