extension LlamaEngine {
    /// Whether no generation goes on in a slot. That of a caller without a turn is free once it has what it asked for.
    func isFree(_ index: Int) -> Bool {
        guard let owner = slots[index].owner else { return true }
        return owner == 0 && seats[0]?.work == nil
    }

    /// How much of `tokens` each slot can lend.
    func sharedCounts(with tokens: [Int32]) -> [Int] {
        // The last token is always evaluated: its logits are what the caller wants.
        let limit = tokens.count - 1
        return slots.map { slot in
            let shared = min(slot.commonPrefix(with: tokens), limit)
            guard let blockTokenCount else { return shared }
            return min(shared, slot.fixedShapeCount) / blockTokenCount * blockTokenCount
        }
    }

    /// Chooses a slot for `tokens` and makes what they share with a resident sequence its content. Nil when none is free.
    func takeSlot(for tokens: [Int32]) -> (index: Int, shared: Int)? {
        guard let least = leastWanted() else { return nil }
        useCount += 1
        let counts = sharedCounts(with: tokens)
        var best = 0
        for index in slots.indices.dropFirst()
        where counts[index] > counts[best] || (counts[index] == counts[best] && isFree(index) && !isFree(best)) {
            best = index
        }
        let shared = counts[best]
        let loses = slots[best].tokens.count > shared + 1
        let target = !isFree(best) || shared == 0 || (loses && slots[best].isKept) ? least : best
        slots[target].lastUse = useCount
        if shared > 0 { slots[best].sharedCount = shared }
        trim(except: target)
        if target == best {
            // Recurrent weights have no state to go back to.
            return (target, cut(target, to: shared) ? shared : 0)
        }
        drop(target)
        if shared > 0 { lend(shared, from: best, to: target) }
        return (target, shared)
    }

    /// Lets an empty slot go on from the first `count` tokens of another.
    func lend(_ count: Int, from source: Int, to target: Int) {
        context.share(from: slots[source].sequence, to: slots[target].sequence, count: count)
        slots[target].tokens = Array(slots[source].tokens[..<count])
        slots[target].cells = Array(slots[source].cells[..<count])
        slots[target].fixedShapeCount = min(slots[source].fixedShapeCount, count)
        slots[target].sharedCount = count
        cells.share(slots[target].cells[...])
    }

    /// Cuts finished sequences back to what prompts share with them. Every resident token makes attention
    /// slower for all: 3,000 of them by half, measured with 1.5 billion weights.
    private func trim(except target: Int) {
        for index in slots.indices where index != target && !slots[index].isKept && isFree(index) {
            let count = slots[index].sharedCount
            if count > 0, slots[index].tokens.count > count { cut(index, to: count) }
        }
    }

    /// An empty slot, else the free one that was chosen longest ago, kept ones last.
    func leastWanted() -> Int? {
        slots.indices.filter(isFree).min { slots[$0].cost < slots[$1].cost }
    }

    /// Drops what a slot holds behind its first `count` tokens; false when it had to be emptied.
    @discardableResult
    func cut(_ index: Int, to count: Int) -> Bool {
        guard slots[index].cells.count > count else { return true }
        guard context.cut(sequence: slots[index].sequence, from: count) else {
            drop(index)
            return false
        }
        cells.release(slots[index].cells[count...])
        slots[index].cells.removeLast(slots[index].cells.count - count)
        slots[index].tokens.removeLast(max(0, slots[index].tokens.count - count))
        slots[index].fixedShapeCount = min(slots[index].fixedShapeCount, count)
        return true
    }

    /// Empties a slot, whoever owns it.
    func drop(_ index: Int) {
        _ = context.cut(sequence: slots[index].sequence, from: 0)
        cells.release(slots[index].cells[...])
        slots[index].cells.removeAll(keepingCapacity: true)
        slots[index].tokens.removeAll(keepingCapacity: true)
        slots[index].isKept = false
        slots[index].sharedCount = 0
        slots[index].fixedShapeCount = 0
    }

    /// Empties free slots, the least wanted first, until `count` cells are free; false when that isn't enough.
    @discardableResult
    func makeRoom(_ count: Int) -> Bool {
        while cells.freeCount < count {
            guard dropFreeSlot() else { return false }
        }
        return true
    }

    /// Empties the free slot that is wanted least; false when all are empty.
    func dropFreeSlot() -> Bool {
        let filled = slots.indices.filter { isFree($0) && !slots[$0].cells.isEmpty }
        guard let victim = filled.min(by: { slots[$0].cost < slots[$1].cost }) else { return false }
        drop(victim)
        return true
    }

    /// The sequence that a spare one's number stands for; they lie behind the resident ones.
    func spareSequence(_ number: Int) -> Int32 { Int32(slots.count + number) }
}
