/// How probable options are without any data; a loop over many items asks for the same ones again and again.
public actor OptionPriors {
    private struct Key: Hashable {
        let prompt: String
        let option: String
    }

    private var values: [Key: Double] = [:]

    /// An empty memory.
    public init() {}

    func value(of option: String, after prompt: String) -> Double? {
        values[Key(prompt: prompt, option: option)]
    }

    func remember(_ value: Double, of option: String, after prompt: String) {
        values[Key(prompt: prompt, option: option)] = value
    }
}
