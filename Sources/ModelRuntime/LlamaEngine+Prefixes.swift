import JSONSchemas

extension LlamaEngine {
    /// A start of fewer tokens isn't worth a file.
    private static let leastPrefix = 64

    /// All that a state depends on beside the tokens, as one text. Nil for weights without a known hash.
    static func identity(_ configuration: ModelConfiguration, batchLimit: Int) -> String? {
        guard let sha256 = configuration.sha256 else { return nil }
        let settings = configuration.settings
        let identity: JSONValue = [
            "weights": .string(sha256), "llama.cpp": .string(LlamaBackend.version),
            "processor": .string(LlamaBackend.processor), "keys": .string(settings.keyType.rawValue),
            "values": .string(settings.valueType.rawValue), "flash": .bool(settings.usesFlashAttention),
            "repacked": .bool(settings.repacksWeights),
            // Decide how sums are rounded.
            "batch": .integer(batchLimit), "part": .integer(settings.microBatchTokenLimit ?? batchLimit),
            "fixed": .bool(configuration.isDeterministic),
        ]
        return identity.serialized(.compact)
    }

    /// How many tokens of a seat's prompt are worth a file, from its start; blocks of the fixed shape only where bits
    /// count. Nil when none are.
    func prefixCount(of seat: Seat) -> Int? {
        var count = min(seat.fixedTokenCount, seat.tokens.count - 1)
        if let blockTokenCount { count = count / blockTokenCount * blockTokenCount }
        return count >= Self.leastPrefix ? count : nil
    }

    private func prefix(of seat: Seat) -> [Int32]? {
        prefixCount(of: seat).map { Array(seat.tokens[..<$0]) }
    }

    /// Loads the start of a seat's prompt from the disk, unless as much is resident.
    func restorePrefix(of seat: Seat) {
        guard let prefixes, let prefix = prefix(of: seat),
            (sharedCounts(with: seat.tokens).max() ?? 0) + Self.leastPrefix <= prefix.count,
            let target = leastWanted(), let state = prefixes.state(of: prefix)
        else { return }
        drop(target)
        guard makeRoom(prefix.count) else { return }
        guard context.setState(state, ofSequence: slots[target].sequence) else {
            prefixes.giveUp(prefix, "llama.cpp doesn't take it")
            return
        }
        slots[target].tokens = prefix
        slots[target].cells = Array(cells.take(prefix.count))
        slots[target].sharedCount = prefix.count
        slots[target].fixedShapeCount = blockTokenCount == nil ? 0 : prefix.count
    }

    /// Keeps the start of a seat's prompt on the disk, unless that has happened.
    func keepPrefix(of number: Int) {
        guard let prefixes, let slot = slotIndex(of: number), let prefix = prefix(of: seat(number)),
            slots[slot].tokens.count >= prefix.count,
            blockTokenCount == nil || slots[slot].fixedShapeCount >= prefix.count, prefixes.wants(prefix)
        else { return }
        let spare = spareSequence(0)
        context.share(from: slots[slot].sequence, to: spare, count: prefix.count)
        defer { _ = context.cut(sequence: spare, from: 0) }
        if let state = context.state(ofSequence: spare) { prefixes.keep(state, of: prefix) }
    }
}
