extension LlamaEngine {
    /// One token of a continuation, to be evaluated in a sequence of its own behind the prompt.
    private struct Row {
        let continuation: Int
        let offset: Int
    }

    /// The log probability of each of `continuations` after `prompt`.
    ///
    /// Continuations are evaluated side by side: each in a spare sequence that shares the prompt's state, several in
    /// one batch, because a batch of twenty tokens costs almost what one of sixty does.
    func logLikelihoods(
        of continuations: [[Int32]], after prompt: [Int32], for request: RequestID
    ) throws(ModelError) -> Likelihoods {
        let start = ContinuousClock.now
        var cost = try begin(prompt, for: request)
        let longest = continuations.map(\.count).max() ?? 0
        guard prompt.count + longest <= contextTokenLimit else {
            throw .contextOverflow(prompt: prompt.count + longest, limit: contextTokenLimit)
        }
        // The prompt's own logits are overwritten by the first batch, so every first token is looked up now.
        let firsts = withLogits(ofRow: -1) { logits in
            let softmax = LogSoftmax(logits.span)
            return continuations.map { tokens in
                tokens.first.map { softmax.logProbability(ofLogit: logits[Int($0)]) } ?? 0
            }
        }
        guard var values = firsts else { throw Self.noScores }
        dropLogits()
        var next = 0
        while next < continuations.count {
            let first = next
            var rows: [Row] = []
            // As many as there are spare sequences and room for; one always fits, as was found above.
            while next < continuations.count, next - first < ContextHandle.spareSequences {
                // The last token is never evaluated: nothing comes after it.
                let count = max(0, continuations[next].count - 1)
                guard next == first || prompt.count + rows.count + count <= contextTokenLimit else { break }
                rows += (0..<count).map { Row(continuation: next, offset: $0) }
                next += 1
            }
            cost.evaluated += rows.count
            try score(rows, of: continuations, behind: prompt.count, first: first, into: &values)
        }
        cost.duration = .now - start
        return Likelihoods(values: values, evaluation: cost)
    }

    /// Adds to `values` what the tokens after those of `rows` are worth.
    private func score(
        _ rows: [Row], of continuations: [[Int32]], behind length: Int, first: Int, into values: inout [Double]
    ) throws(ModelError) {
        let spares = Set(rows.map { $0.continuation - first })
        for spare in spares { shareCurrent(withSpare: spare, count: length) }
        defer { for spare in spares { clearSpare(spare) } }
        var rest = rows[...]
        while !rest.isEmpty {
            let part = rest.prefix(min(ContextHandle.outputLimit, batchLimit))
            rest = rest.dropFirst(part.count)
            try evaluateSpares(
                part.map { row in
                    BatchHandle.Entry(
                        token: continuations[row.continuation][row.offset], position: length + row.offset,
                        sequence: spareSequence(row.continuation - first), wantsLogits: true)
                })
            for (index, row) in part.enumerated() {
                let next = Int(continuations[row.continuation][row.offset + 1])
                let term = withLogits(ofRow: index) { LogSoftmax($0.span).logProbability(ofLogit: $0[next]) }
                guard let term else { throw Self.noScores }
                values[row.continuation] += term
            }
        }
    }

    private static var noScores: ModelError { ModelError(.decodeFailed, "score text", "llama.cpp gave no logits") }
}
