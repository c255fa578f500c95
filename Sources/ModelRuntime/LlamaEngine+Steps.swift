/// Evaluating what many generations wait for in one batch.
///
/// Every generation that waits for an evaluation brings its next tokens, so a batch of 16 single tokens costs as much as
/// four of one. Prompts fill what room is left. A prompt that starts like one which is just being evaluated waits for
/// that and borrows it. The generation that came first always goes on; where cells run out, younger ones wait, and the
/// youngest gives its cells back and is evaluated again later.
extension LlamaEngine {
    /// A seat's part of a batch.
    private struct Part {
        let seat: Int
        let slot: Int
        let count: Int
        let drafts: [Int32]
        /// Whether all that the seat waits for is evaluated then.
        let isLast: Bool

        var withoutDrafts: Part { Part(seat: seat, slot: slot, count: count, drafts: [], isLast: isLast) }
    }

    /// A prompt waits for another one's start only if that saves so many tokens.
    private static let waitingGain = 16
    /// Cells that a generation should find when it begins, for the answers of all.
    private static let reserve = 32
    /// Waiting for more tokens than this is evaluating a prompt.
    private static let shortLimit = 16

    /// The seats that wait, in order of arrival.
    var waitingSeats: [Int] { seats.values.filter { $0.work != nil }.map(\.number).sorted() }

    /// Evaluates one batch, and returns what it finished.
    func step() -> [(seat: Int, outcome: Outcome)] {
        var finished: [(seat: Int, outcome: Outcome)] = []
        for number in waitingSeats where seats[number]?.work?.cancellation.isSet == true {
            finished.append((number, finish(number, .failed(.cancelled))))
        }
        for number in waitingSeats where seats[number]?.work?.firsts != nil {
            finished.append((number, finish(number, scored(number))))
        }
        for number in waitingSeats {
            guard case .embedding? = seats[number]?.work?.kind else { continue }
            finished.append((number, finish(number, embedded(number))))
        }
        let waiting = waitingSeats
        guard !waiting.isEmpty else { return finished }
        for number in waiting where slotIndex(of: number) == nil { place(number, among: waiting) }
        let parts = plan(waiting)
        guard parts.isEmpty else { return finished + run(parts, of: waiting) }
        return finished + giveWay(waiting)
    }

    /// Ends what a seat waits for.
    private func finish(_ number: Int, _ outcome: Outcome) -> Outcome {
        seats[number]?.work = nil
        if case .failed = outcome {
            // What was evaluated stays; the rest was never said.
            let held = slotIndex(of: number).map { slots[$0].tokens.count } ?? 0
            let tokens = Array(seat(number).tokens.prefix(held))
            seats[number]?.logits = nil
            seats[number]?.tokens = tokens
        }
        return outcome
    }

    /// Finds a slot for a seat, unless it's better to wait.
    private func place(_ number: Int, among waiting: [Int]) {
        let seat = seat(number)
        let mayStart = mayStart(seat, among: waiting)
        releaseSlot(of: number)
        guard mayStart else { return }
        restorePrefix(of: seat)
        guard let found = takeSlot(for: seat.tokens) else { return }
        slots[found.index].owner = number
        slots[found.index].isKept = seat.isKept
        seats[number]?.slot = found.index
        if let work = seat.work, work.reused == nil {
            seats[number]?.work?.reused = min(found.shared, work.countedTokens)
        }
    }

    private func mayStart(_ seat: Seat, among waiting: [Int]) -> Bool {
        let counts = sharedCounts(with: seat.tokens)
        let best = counts.indices.max { counts[$0] < counts[$1] } ?? 0
        let shared = counts[best]
        for number in waiting where number != seat.number {
            let isComing = slotIndex(of: number) != nil || number < seat.number
            guard isComing, blockTokenCount == nil else { continue }
            let common = min(seat.tokens.count - 1, self.seat(number).tokens.commonPrefix(with: seat.tokens))
            if common >= shared + Self.waitingGain { return false }
        }
        let busy = slots.indices.filter { !isFree($0) && slots[$0].owner != seat.number }
        guard !busy.isEmpty else { return true }
        let needed = seat.tokens.count - shared + Self.reserve * (busy.count + 1)
        if cells.freeCount >= needed { return true }
        let lost = slots.indices.filter { !busy.contains($0) && $0 != best }.map { slots[$0].cells }
        if cells.freeCount(without: lost) >= needed { return true }
        sayFull(running: busy.count)
        return false
    }

    private func sayFull(running: Int) {
        guard !hasSaidFull else { return }
        hasSaidFull = true
        notice(
            "The context of \(contextTokenLimit) tokens is full with \(running) generations: fewer than \(placeCount) run at once. "
                + "Set `model: { context: N }` in the workflow for more.")
    }

    /// What of all that is waited for goes into the next batch.
    private func plan(_ waiting: [Int]) -> [Part] {
        let order = waiting.compactMap { number -> (seat: Int, slot: Int, rest: Int)? in
            slotIndex(of: number).map { (number, $0, seat(number).tokens.count - slots[$0].tokens.count) }
        }
        var parts: [Part] = []
        var room = batch.capacity
        var outputs = min(batch.capacity, ContextHandle.outputLimit)
        var reserved = 0
        var draftCount = 0
        // What comes true of a draft saves its generation a batch, and what doesn't makes the batch of all slower.
        var draftRoom = Self.shortLimit - order.filter { $0.rest <= Self.shortLimit }.reduce(0) { $0 + $1.rest }
        // Generations before prompts: a token each, and their answers come on.
        for isShort in [true, false] {
            for (number, slot, rest) in order where (rest <= Self.shortLimit) == isShort && room > 0 {
                var count = min(rest, room)
                if let blockTokenCount {
                    count = min(count, blockTokenCount - slots[slot].tokens.count % blockTokenCount)
                }
                if let prefix = prefixCount(of: self.seat(number)), slots[slot].tokens.count < prefix {
                    // What comes behind the start of a prompt is a batch of its own, as it is where the start comes from the
                    // disk: sums are rounded alike then, and what is kept changes no answer of generations that run one by
                    // one.
                    count = min(count, prefix - slots[slot].tokens.count)
                }
                if draftCount > 0, cells.freeCount < reserved + count {
                    // What may never be said puts nobody out.
                    parts = parts.map(\.withoutDrafts)
                    room += draftCount
                    outputs += draftCount
                    reserved -= draftCount
                    (draftCount, draftRoom) = (0, 0)
                }
                makeRoom(reserved + count)
                count = min(count, cells.freeCount - reserved)
                let isLast = count == rest
                guard count > 0, !isLast || outputs > 0 else { continue }
                let drafts =
                    isLast
                    ? drafts(
                        of: number,
                        limit: min(room - count, outputs - 1, cells.freeCount - reserved - count, draftRoom)) : []
                draftRoom -= drafts.count
                draftCount += drafts.count
                parts.append(Part(seat: number, slot: slot, count: count, drafts: drafts, isLast: isLast))
                room -= count + drafts.count
                reserved += count + drafts.count
                if isLast { outputs -= 1 + drafts.count }
            }
        }
        return parts
    }

    private func drafts(of number: Int, limit: Int) -> [Int32] {
        guard takesDrafts, let drafts = seat(number).work?.drafts else { return [] }
        return Array(drafts.prefix(max(0, min(limit, contextTokenLimit - seat(number).tokens.count))))
    }

    /// Evaluates `parts` together, without drafts where there is no room for them.
    private func run(_ planned: [Part], of waiting: [Int]) -> [(seat: Int, outcome: Outcome)] {
        var parts = planned
        var result = decode(parts)
        if case .noRoom = result, parts.contains(where: { !$0.drafts.isEmpty }) {
            // What may never be said puts nobody out.
            parts = parts.map(\.withoutDrafts)
            result = decode(parts)
        }
        while case .noRoom = result, dropFreeSlot() { result = decode(parts) }
        switch result {
        case .noRoom: return giveWay(waiting)
        case .failed(let code):
            // Part of the batch may be in the memory, so what these sequences hold is no longer known.
            let error = ModelError(
                .decodeFailed, "evaluate tokens", LlamaBackend.errors ?? "llama.cpp returned code \(code)")
            return parts.map { part in
                drop(part.slot)
                return (part.seat, finish(part.seat, .failed(error)))
            }
        case .done: break
        }
        var row = 0
        var finished: [(seat: Int, outcome: Outcome)] = []
        for part in parts {
            if let outcome = take(part, row: row + part.count - 1) { finished.append((part.seat, outcome)) }
            row += part.count + part.drafts.count
        }
        return finished
    }

    private func decode(_ parts: [Part]) -> ContextHandle.DecodeResult {
        var entries: [BatchHandle.Entry] = []
        for part in parts {
            let start = slots[part.slot].tokens.count
            let tokens = seat(part.seat).tokens[start..<start + part.count] + part.drafts
            for (offset, token) in tokens.enumerated() {
                entries.append(
                    BatchHandle.Entry(
                        token: token, position: start + offset, sequences: [slots[part.slot].sequence],
                        wantsLogits: part.isLast && offset >= part.count - 1))
            }
        }
        batch.fill(entries)
        return decode()
    }

    /// Notes that `part` is evaluated, the logits of its last token being in `row`.
    private func take(_ part: Part, row: Int) -> Outcome? {
        let start = slots[part.slot].tokens.count
        slots[part.slot].tokens += seat(part.seat).tokens[start..<start + part.count]
        slots[part.slot].cells += cells.take(part.count + part.drafts.count)
        if part.drafts.isEmpty, part.count == blockTokenCount, start == slots[part.slot].fixedShapeCount {
            slots[part.slot].fixedShapeCount += part.count
        }
        guard part.isLast, let work = seat(part.seat).work else { return nil }
        seats[part.seat]?.drafts = part.drafts
        seats[part.seat]?.logits = Seat.LogitsPlace(batch: batchNumber, row: row)
        keepPrefix(of: part.seat)
        switch work.kind {
        case .evaluation:
            let reused = work.reused ?? 0
            return finish(
                part.seat,
                .evaluated(
                    Evaluation(
                        evaluated: work.countedTokens - reused, reused: reused, duration: .now - work.start)))
        case .score(let continuations):
            guard let firsts = firsts(of: continuations, behind: seat(part.seat)) else {
                return finish(part.seat, .failed(Self.noScores))
            }
            seats[part.seat]?.work?.firsts = firsts
            return nil
        case .embedding: preconditionFailure("What is embedded has no slot.")
        }
    }

    /// Where nothing fits: the youngest generation gives its cells back; the last one can't.
    private func giveWay(_ waiting: [Int]) -> [(seat: Int, outcome: Outcome)] {
        let placed = waiting.filter { slotIndex(of: $0) != nil }
        guard placed.count > 1, let youngest = placed.last else {
            let number = placed.first ?? waiting[0]
            let error = ModelError.contextOverflow(prompt: seat(number).tokens.count, limit: contextTokenLimit)
            return [(number, finish(number, .failed(error)))]
        }
        sayFull(running: placed.count)
        vacate(youngest)
        return []
    }

    /// Lets the youngest generation beside `number` give its cells back; false when no other has any.
    func giveWay(to number: Int) -> Bool {
        let others = seats.keys.filter { $0 != number && slotIndex(of: $0) != nil }
        guard let youngest = others.max() else { return false }
        sayFull(running: others.count + 1)
        vacate(youngest)
        return true
    }

    /// Empties a seat's slot; what it is to hold is evaluated again when it's needed.
    private func vacate(_ number: Int) {
        guard let index = slotIndex(of: number) else { return }
        drop(index)
        slots[index].owner = nil
        seats[number]?.slot = nil
        seats[number]?.drafts = []
        seats[number]?.logits = nil
        seats[number]?.work?.firsts = nil
    }

    func decode(keepsHiddenStates: Bool = false) -> ContextHandle.DecodeResult {
        LlamaBackend.clearErrors()
        batchNumber += 1
        return context.decode(batch, keepsHiddenStates: keepsHiddenStates)
    }
}
