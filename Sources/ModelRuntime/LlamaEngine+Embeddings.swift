extension LlamaEngine {
    /// Has the hidden state behind `prompt` read; the seat's sequence is empty then.
    func embed(
        _ prompt: [Int32], seat number: Int, cancellation: CancellationFlag
    ) throws(ModelError) {
        precondition(!prompt.isEmpty, "A prompt has at least one token.")
        guard prompt.count <= contextTokenLimit else {
            throw .contextOverflow(prompt: prompt.count, limit: contextTokenLimit)
        }
        releaseSlot(of: number)
        var seat = Seat(number: number)
        seat.work = Seat.Work(
            kind: .embedding(prompt), countedTokens: prompt.count, start: .now, cancellation: cancellation)
        seats[number] = seat
    }

    /// Evaluates what a seat wants embedded, in a spare sequence: what is resident, and where, stays as it is, since no answer
    /// goes on from such a text.
    func embedded(_ number: Int) -> Outcome {
        guard let work = seat(number).work, case .embedding(let prompt) = work.kind else {
            return .failed(Self.noEmbedding)
        }
        var hasRoom = makeRoom(prompt.count)
        while !hasRoom, giveWay(to: number) { hasRoom = makeRoom(prompt.count) }
        let spare = spareSequence(0)
        defer { _ = context.cut(sequence: spare, from: 0) }
        var start = 0
        while start < prompt.count {
            guard !work.cancellation.isSet else { return .failed(.cancelled) }
            // The last token is a batch of its own: llama.cpp keeps hidden states only in batches that keep them, with a row
            // of logits, for every token.
            let end = start == prompt.count - 1 ? prompt.count : min(start + batch.capacity, prompt.count - 1)
            let isLast = end == prompt.count
            batch.fill(
                (start..<end).map { position in
                    BatchHandle.Entry(
                        token: prompt[position], position: position, sequences: [spare], wantsLogits: isLast)
                })
            var result = decode(keepsHiddenStates: isLast)
            while case .noRoom = result, dropFreeSlot() || giveWay(to: number) {
                result = decode(keepsHiddenStates: isLast)
            }
            guard case .done = result else {
                return .failed(
                    ModelError(.decodeFailed, "embed text", LlamaBackend.errors ?? "llama.cpp has no room for it"))
            }
            start = end
        }
        guard let values = context.hiddenState(at: 0), values.allSatisfy(\.isFinite) else {
            return .failed(Self.noEmbedding)
        }
        return .embedded(
            Embedding(
                values: values,
                evaluation: Evaluation(evaluated: prompt.count, reused: 0, duration: .now - work.start)))
    }

    private static var noEmbedding: ModelError {
        ModelError(.decodeFailed, "embed text", "llama.cpp gave no hidden state")
    }
}
