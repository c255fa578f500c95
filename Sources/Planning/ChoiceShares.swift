import Foundation
public import JSONSchemas
import WorkflowFormat

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
    /// What confidence is worked out with: `p^(1/T)`, made to add up to 1 again (Guo et al., "On Calibration of Modern
    /// Neural Networks", 2017). `probabilities` are as the model has them.
    public private(set) var temperature = 1.0

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
        if temperature != 1 { members["temperature"] = .number(temperature) }
        return .object(members)
    }

    /// The shares that ``json(_:)`` wrote; what isn't such is left out.
    public static func all(in value: JSONValue?) -> [String: ChoiceShares] {
        var all: [String: ChoiceShares] = [:]
        for (pointer, value) in value?.objectValue ?? [:] {
            guard let options = value["options"]?.arrayValue else { continue }
            let temperature = value["temperature"]?.doubleValue ?? 1
            guard temperature > 0, temperature.isFinite else { continue }
            all[pointer] = ChoiceShares(memoryValue: value, options: options)?.tempered(temperature)
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

    /// The same shares, with confidence worked out with another temperature, above 0.
    public func tempered(_ temperature: Double) -> ChoiceShares {
        precondition(temperature > 0, "a temperature is above 0")
        var shares = self
        shares.temperature = temperature
        return shares
    }

    /// How sure it is that one option is right, 0...1; nil for what isn't one.
    public func confidence(of option: JSONValue) -> Double? {
        options.firstIndex(of: option).map { temperedProbabilities[$0] }
    }

    /// By how much one option leads the likeliest other one, -1...1 and below 0 where another is likelier; nil for what
    /// isn't one. Worked out with the temperature, as confidence is.
    public func margin(of option: JSONValue) -> Double? {
        guard let place = options.firstIndex(of: option) else { return nil }
        let shares = temperedProbabilities
        return shares[place] - (shares.indices.filter { $0 != place }.map { shares[$0] }.max() ?? 0)
    }

    private var temperedProbabilities: [Double] {
        Calibration.tempered(probabilities, at: temperature)
    }

    /// The place of the likeliest option, the first of several.
    public var best: Int {
        probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    }
}
