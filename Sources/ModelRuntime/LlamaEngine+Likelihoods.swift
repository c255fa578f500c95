extension LlamaEngine {
    /// The log probability of each of `continuations` after `prompt`.
    ///
    /// Continuations are taken in the order of their tokens, so that one is evaluated only from where it leaves the
    /// one before it.
    func logLikelihoods(
        of continuations: [[Int32]], after prompt: [Int32], for request: RequestID
    ) throws(ModelError) -> Likelihoods {
        let start = ContinuousClock.now
        var cost = try begin(prompt, for: request)
        let longest = continuations.map(\.count).max() ?? 0
        guard prompt.count + longest <= contextTokenLimit else {
            throw .contextOverflow(prompt: prompt.count + longest, limit: contextTokenLimit)
        }
        var values = [Double](repeating: 0, count: continuations.count)
        // The prompt's own logits are overwritten by the first continuation, so every first token is looked up now.
        let firsts = withLogits(ofRow: -1) { logits in
            let softmax = LogSoftmax(logits.span)
            return continuations.map { tokens in
                tokens.first.map { softmax.logProbability(ofLogit: logits[Int($0)]) } ?? 0
            }
        }
        guard let firsts else { throw Self.noScores }
        var previous: [Int32] = []
        var terms: [Double] = []
        let order = continuations.indices.sorted { continuations[$0].lexicographicallyPrecedes(continuations[$1]) }
        for index in order where !continuations[index].isEmpty {
            let tokens = continuations[index]
            let shared = zip(tokens, previous).prefix { $0 == $1 }.count
            terms = shared == 0 ? [firsts[index]] : Array(terms[..<shared])
            // The token before the first unknown term is evaluated again: its row of logits is gone.
            let kept = terms.count - 1
            try cutCurrent(to: prompt.count + kept)
            let rest = tokens[kept..<(tokens.count - 1)]
            terms += try evaluateScoring(rest, following: tokens)
            cost.evaluated += rest.count
            values[index] = terms.reduce(0, +)
            previous = tokens
        }
        try cutCurrent(to: prompt.count)
        cost.duration = .now - start
        return Likelihoods(values: values, evaluation: cost)
    }

    /// Evaluates `tokens`, a slice of `all`, and returns the log probability of the token after each of them.
    private func evaluateScoring(
        _ tokens: ArraySlice<Int32>, following all: [Int32]
    ) throws(ModelError) -> [Double] {
        var terms: [Double] = []
        var rest = tokens
        while !rest.isEmpty {
            let part = rest.prefix(min(ContextHandle.outputLimit, batchLimit))
            try evaluateBatch(part, wantsAllLogits: true)
            for (row, position) in part.indices.enumerated() {
                let term = withLogits(ofRow: row) {
                    LogSoftmax($0.span).logProbability(ofLogit: $0[Int(all[position + 1])])
                }
                guard let term else { throw Self.noScores }
                terms.append(term)
            }
            rest = rest.dropFirst(part.count)
        }
        return terms
    }

    private static var noScores: ModelError { ModelError(.decodeFailed, "score text", "llama.cpp gave no logits") }
}
