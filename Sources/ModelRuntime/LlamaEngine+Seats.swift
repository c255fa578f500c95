extension LlamaEngine {
    /// Gives a new generation a seat.
    func enter(_ number: Int) { seats[number] = Seat(number: number) }

    /// Ends a generation. Its sequence stays resident for prompts that share its start.
    func leave(_ number: Int) {
        releaseSlot(of: number)
        seats[number] = number == 0 ? Seat(number: 0) : nil
    }

    /// Makes `prompt` and the answer's `opening` what a seat's sequence is to hold; counts the prompt only.
    func begin(
        _ prompt: [Int32], opening: [Int32] = [], drafts: [Int32] = [], for request: RequestID, seat number: Int,
        cancellation: CancellationFlag
    ) throws(ModelError) {
        try begin(prompt, opening: opening, for: request, seat: number)
        seats[number]?.work = Seat.Work(
            kind: .evaluation, drafts: drafts, countedTokens: prompt.count, start: .now, cancellation: cancellation)
    }

    private func begin(
        _ prompt: [Int32], opening: [Int32], for request: RequestID, seat number: Int
    ) throws(ModelError) {
        precondition(!prompt.isEmpty, "A prompt has at least one token.")
        let all = prompt + opening
        guard all.count < contextTokenLimit else {
            throw .contextOverflow(prompt: all.count, limit: contextTokenLimit)
        }
        dropDrafts(of: number)
        var seat = Seat(number: number)
        // The slot stays this seat's own until the prompt is placed, which most often goes on from it.
        seat.tokens = all
        seat.isKept = request.keepsSequence
        seat.fixedTokenCount = min(request.fixedTokenCount, prompt.count)
        seat.drawKey = request.drawKey
        seats[number] = seat
    }

    /// Puts `tokens` behind a seat's sequence. Nil when they have to be evaluated, else what they cost: nothing, as drafts
    /// foretold them.
    func append(
        _ tokens: [Int32], drafts: [Int32], seat number: Int, cancellation: CancellationFlag
    ) throws(ModelError) -> Evaluation? {
        let start = ContinuousClock.now
        let length = seat(number).tokens.count + tokens.count
        guard length <= contextTokenLimit else {
            throw .contextOverflow(prompt: length, limit: contextTokenLimit)
        }
        let foretold = acceptDrafts(tokens, seat: number)
        guard foretold < tokens.count else {
            // Without an evaluation the earlier drafts stay: a batch of new ones alone would overwrite the logits.
            return Evaluation(evaluated: 0, reused: foretold, duration: .now - start)
        }
        dropDrafts(of: number)
        seats[number]?.logits = nil
        seats[number]?.tokens += tokens[foretold...]
        seats[number]?.work = Seat.Work(
            kind: .evaluation, drafts: drafts, countedTokens: tokens.count, reused: foretold, start: start,
            cancellation: cancellation)
        return nil
    }

    /// Has `continuations` scored after `prompt`, which becomes what the seat's sequence holds.
    func score(
        _ continuations: [[Int32]], after prompt: [Int32], for request: RequestID, seat number: Int,
        cancellation: CancellationFlag
    ) throws(ModelError) {
        let longest = continuations.map(\.count).max() ?? 0
        guard prompt.count + longest <= contextTokenLimit else {
            throw .contextOverflow(prompt: prompt.count + longest, limit: contextTokenLimit)
        }
        try begin(prompt, opening: [], for: request, seat: number)
        seats[number]?.work = Seat.Work(
            kind: .score(continuations), countedTokens: prompt.count, start: .now, cancellation: cancellation)
    }

    /// Makes the drafts that `tokens` starts with part of the sequence, and returns how many these are.
    private func acceptDrafts(_ tokens: [Int32], seat number: Int) -> Int {
        var seat = seat(number)
        guard row(of: seat) != nil, let index = slotIndex(of: number),
            slots[index].cells.count == seat.tokens.count + seat.drafts.count
        else { return 0 }
        let count = seat.drafts.commonPrefix(with: tokens)
        slots[index].tokens += tokens[..<count]
        seat.tokens += tokens[..<count]
        seat.drafts.removeFirst(count)
        seat.logits?.row += count
        seats[number] = seat
        return count
    }

    /// Takes the drafts that didn't come true out of the context.
    func dropDrafts(of number: Int) {
        seats[number]?.drafts = []
        guard let index = slotIndex(of: number) else { return }
        guard slots[index].cells.count > slots[index].tokens.count else { return }
        if !cut(index, to: slots[index].tokens.count) { takesDrafts = false }
    }

    /// Where a seat's sequence is resident; nil where another generation has taken its place.
    func slotIndex(of number: Int) -> Int? {
        seats[number]?.slot.flatMap { slots[$0].owner == number ? $0 : nil }
    }

    /// Leaves a seat's sequence to others.
    func releaseSlot(of number: Int) {
        dropDrafts(of: number)
        for index in slots.indices where slots[index].owner == number { slots[index].owner = nil }
        seats[number]?.slot = nil
    }
}
