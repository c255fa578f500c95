import Foundation
public import JSONSchemas
public import WorkflowFormat

/// How probable each option of a closed choice is under the model, given all that stands before it.
///
/// An option's probability is that of its text, spelled as the tokenizer spells it; what other spellings add is left out.
/// Nothing of the grammar is in it but the list of options.
public struct ChoiceShares: Hashable, Sendable {
    /// The options, in the order of the choice.
    public let options: [JSONValue]
    /// Each option's probability among the options, 0...1, adding up to 1.
    public let probabilities: [Double]
    /// What all options have together of what the model would write, 0...1: low where it would rather say something else.
    public let mass: Double
    /// Each option's votes that are counted beside the model, adding up to 1; empty where there are none.
    public private(set) var votes: [Double] = []
    /// What votes count that add up to 1, 0...1; the rest is the model's.
    public private(set) var voteWeight = 0.0
    /// What confidence is worked out with, behind the votes, and, where there are votes or offsets, which option is taken.
    /// `probabilities` are as the model has them.
    public private(set) var adjustment = ShareAdjustment.identity

    /// From the natural logarithms of the options' probabilities.
    init(options: [JSONValue], logarithms: [Double]) {
        self.options = options
        let top = logarithms.max() ?? 0
        // All impossible: then none is likelier than another.
        let parts = logarithms.map { top.isFinite ? exp($0 - top) : 1 }
        let sum = parts.reduce(0, +)
        probabilities = parts.map { $0 / sum }
        mass = min(1, top.isFinite ? exp(top) * sum : 0)
    }

    /// As the memory keeps them.
    var memoryValue: JSONValue { ["mass": .number(mass), "shares": .array(probabilities.map { .number($0) })] }

    /// What an entry of the record calls the shares of its fields.
    public static let member = "shares"

    /// Shares by pointer, as the record keeps them.
    public static func json(_ shares: [String: ChoiceShares]) -> JSONValue {
        .object(
            JSONObject(
                shares.sorted { $0.key < $1.key }.map { pointer, shares in
                    (
                        pointer,
                        shares.json
                    )
                }))
    }

    private var json: JSONValue {
        var members: JSONObject = [
            "options": .array(options), "mass": .number(mass),
            "shares": .array(probabilities.map { .number($0) }),
        ]
        if !votes.isEmpty {
            members["votes"] = .array(votes.map { .number($0) })
            members["vote_weight"] = .number(voteWeight)
        }
        if adjustment.temperature != 1 { members["temperature"] = .number(adjustment.temperature) }
        if !adjustment.offsets.isEmpty { members["offsets"] = .array(adjustment.offsets.map { .number($0) }) }
        return .object(members)
    }

    /// The shares that ``json(_:)`` wrote; what isn't such is left out.
    public static func all(in value: JSONValue?) -> [String: ChoiceShares] {
        var all: [String: ChoiceShares] = [:]
        for (pointer, value) in value?.objectValue ?? [:] {
            guard let options = value["options"]?.arrayValue else { continue }
            let temperature = value["temperature"]?.doubleValue ?? 1
            let offsets = (value["offsets"]?.arrayValue ?? []).map { $0.doubleValue ?? .nan }
            guard temperature > 0, temperature.isFinite, offsets.allSatisfy(\.isFinite),
                offsets.isEmpty || offsets.count == options.count
            else { continue }
            let votes = (value["votes"]?.arrayValue ?? []).map { $0.doubleValue ?? .nan }
            let weight = value["vote_weight"]?.doubleValue ?? 0
            guard votes.isEmpty || votes.count == options.count, votes.allSatisfy({ (0...1).contains($0) }),
                votes.reduce(0, +) <= 1 + 1e-6, (0...1).contains(weight)
            else { continue }
            all[pointer] = ChoiceShares(memoryValue: value, options: options)?
                .adjusted(by: ShareAdjustment(temperature: temperature, offsets: offsets))
                .joined(with: votes, weight: weight)
        }
        return all
    }

    /// From memory; nil for what is no share of each of `options`.
    init?(memoryValue value: JSONValue, options: [JSONValue]) {
        guard let mass = value["mass"]?.doubleValue, let list = value["shares"]?.arrayValue else { return nil }
        let probabilities = list.compactMap(\.doubleValue)
        guard (0...1).contains(mass), probabilities.count == options.count, list.count == options.count,
            probabilities.allSatisfy({ (0...1).contains($0) }), abs(probabilities.reduce(0, +) - 1) < 1e-6
        else { return nil }
        self.options = options
        self.probabilities = probabilities
        self.mass = mass
    }

    /// The share of one option; nil for what isn't one.
    public func probability(of option: JSONValue) -> Double? {
        options.firstIndex(of: option).map { probabilities[$0] }
    }

    /// The same shares, put right otherwise.
    public func adjusted(by adjustment: ShareAdjustment) -> ChoiceShares {
        precondition(
            adjustment.offsets.isEmpty || adjustment.offsets.count == options.count, "each option has its offset")
        var shares = self
        shares.adjustment = adjustment
        return shares
    }

    /// The same shares with votes counted beside them.
    ///
    /// `votes`: each option's, adding up to 1; empty for none.
    /// `weight`: 0...1.
    public func joined(with votes: [Double], weight: Double) -> ChoiceShares {
        precondition(votes.isEmpty || votes.count == options.count, "each option has its votes")
        var shares = self
        shares.votes = votes
        shares.voteWeight = votes.isEmpty ? 0 : weight
        return shares
    }

    /// The option to take in place of what the model wrote: the likeliest one with votes and offsets, the first of several;
    /// nil without either, where what it wrote counts.
    public var preferred: JSONValue? {
        guard !adjustment.offsets.isEmpty || !votes.isEmpty else { return nil }
        let shares = adjustedProbabilities
        return options[shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }]
    }

    /// How sure it is that one option is right, 0...1; nil for what isn't one.
    public func confidence(of option: JSONValue) -> Double? {
        options.firstIndex(of: option).map { adjustedProbabilities[$0] }
    }

    /// By how much one option leads the likeliest other one, -1...1 and below 0 where another is likelier; nil for what
    /// isn't one. Worked out with the adjustment, as confidence is.
    public func margin(of option: JSONValue) -> Double? {
        guard let place = options.firstIndex(of: option) else { return nil }
        let shares = adjustedProbabilities
        return shares[place] - (shares.indices.filter { $0 != place }.map { shares[$0] }.max() ?? 0)
    }

    /// How sure it is that each option is right, 0...1, adding up to 1, in the order of the options.
    public var adjustedProbabilities: [Double] {
        adjustment.applied(to: ChoiceExamples.mixed(probabilities, with: votes, weight: voteWeight))
    }
}
