import JSONSchemas
import Planning

extension ReadAnswer {
    /// How likely each option of the weighed fields is, with all that is counted beside the model, 0...1: by JSON pointer,
    /// and there by the option's name, or by its JSON where it is no string. An option of `choices` has its row's
    /// identifier. Six digits, as confidence has.
    ///
    /// `probabilities`: which of the shares, in the order of their options.
    func optionShares(
        _ choices: [ResolvedChoice], of probabilities: (ChoiceShares) -> [Double] = \.adjustedProbabilities
    ) -> JSONValue {
        var fields = JSONObject()
        for (pointer, shares) in fieldShares.sorted(by: { $0.key < $1.key }) {
            let choice = choices.first { $0.pointer == pointer }
            var options = JSONObject()
            for (option, share) in zip(shares.options, probabilities(shares)) {
                let name = choice?.name(of: option) ?? option.stringValue ?? option.serialized(.compact)
                // Two rows of the same name are one option.
                let sum = (options[name]?.doubleValue ?? 0) + share
                options[name] = .number((sum * 1_000_000).rounded() / 1_000_000)
            }
            fields[pointer] = .object(options)
        }
        return .object(fields)
    }
}
