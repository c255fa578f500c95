import Foundation
public import Provenance

/// A choice by likelihood: the option whose text the data makes more probable than it is by itself.
///
/// Small models have favourite letters and favourite openings; what an option gains by the data, its pointwise mutual
/// information with it, is free of both (Holtzman et al., "Surface Form Competition", EMNLP 2021).
public struct OptionRanking: Hashable, Sendable {
    /// One option.
    public struct Option: Hashable, Sendable {
        /// What stands in the answer.
        public let name: String
        /// What is scored.
        public let text: String

        /// An option.
        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// The answer's only field.
    public let field: String
    /// The options, the one that is likely beforehand first.
    public let options: [Option]
    /// Where the options' text came from.
    public let label: Label
    /// The request's data with every value left out, against which the options are weighed; its context stays.
    public let blank: [DataItem]

    /// A choice among `options`.
    public init(field: String, options: [Option], label: Label, blank: [DataItem]) {
        self.field = field
        self.options = options
        self.label = label
        self.blank = blank
    }

    /// Each option's share of belief, 0...1, adding up to 1.
    ///
    /// `gains`: the log likelihood with the data minus the one without. The list's order counts as the reciprocal square
    /// of the place: about as often as each place of a search's hits was the first right one (58, 13, 4 and 8 times for
    /// the first four places, with 146 failing cases of a TOML parser).
    static func shares(of gains: [Double]) -> [Double] {
        let weighed = gains.enumerated().map { place, gain in gain - 2 * log(Double(place + 1)) }
        let top = weighed.max() ?? 0
        let parts = weighed.map { exp($0 - top) }
        let sum = parts.reduce(0, +)
        return parts.map { $0 / sum }
    }
}
