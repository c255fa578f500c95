extension LlamaEngine {
    /// The log probability of the first token of each of `continuations`, from a seat's logits; 0 for an empty one, nil
    /// when there are none.
    func firsts(of continuations: [[Int32]], behind seat: Seat) -> [Double]? {
        guard let row = row(of: seat) else { return nil }
        return context.withLogits(at: row) { (logits: inout MutableSpan<Float>) in
            let softmax = LogSoftmax(logits.span)
            return continuations.map { tokens in
                tokens.first.map { softmax.logProbability(ofLogit: logits[Int($0)]) } ?? 0
            }
        }
    }

    /// Scores what a seat waits for, whose prompt is evaluated and whose first tokens are looked up.
    ///
    /// Continuations are one tree: a token that several share is evaluated once, in a batch with all the others, each
    /// continuation being a spare sequence that shares the prompt's state. A batch of twenty tokens costs almost what one
    /// of sixty does. Where there is no room for one of them, other generations give way.
    func scored(_ number: Int) -> Outcome {
        guard let work = seat(number).work, case .score(let continuations) = work.kind, var values = work.firsts,
            let slot = slotIndex(of: number)
        else { return .failed(Self.noScores) }
        let reused = work.reused ?? 0
        var cost = Evaluation(evaluated: work.countedTokens - reused, reused: reused, duration: .zero)
        // Neighbors share most.
        var rest = continuations.indices.sorted { continuations[$0].lexicographicallyPrecedes(continuations[$1]) }[...]
        do throws(ModelError) {
            while !rest.isEmpty {
                guard !work.cancellation.isSet else { throw ModelError.cancelled }
                let tree = tree(of: continuations, taking: &rest, seat: number)
                cost.evaluated += tree.nodes.count
                try score(tree, of: continuations, behind: slot, seat: number, into: &values)
            }
        } catch {
            return .failed(error)
        }
        cost.duration = .now - work.start
        return .scored(Likelihoods(values: values, evaluation: cost))
    }

    /// Takes as many continuations from `rest` as there are spare sequences and room for; at least one.
    private func tree(of continuations: [[Int32]], taking rest: inout ArraySlice<Int>, seat number: Int) -> OptionTree {
        var tree = OptionTree()
        let limit = min(ContextHandle.outputLimit, batch.capacity)
        while let next = rest.first {
            let added = tree.growth(continuations[next])
            let isFirst = tree.nodes.isEmpty
            guard isFirst || tree.pathCount + added.paths <= ContextHandle.spareSequences else { break }
            guard isFirst || tree.nodes.count + added.nodes <= limit else { break }
            var hasRoom = makeRoom(tree.nodes.count + added.nodes)
            while !hasRoom, isFirst, giveWay(to: number) { hasRoom = makeRoom(added.nodes) }
            guard hasRoom || isFirst else { break }
            tree.add(next, continuations[next])
            rest.removeFirst()
        }
        return tree
    }

    /// Adds to `values` what the tokens behind those of `tree` are worth.
    private func score(
        _ tree: OptionTree, of continuations: [[Int32]], behind slot: Int, seat number: Int, into values: inout [Double]
    ) throws(ModelError) {
        guard !tree.nodes.isEmpty else { return }
        let length = slots[slot].tokens.count
        let spares = (0..<tree.pathCount).map(spareSequence)
        for spare in spares { context.share(from: slots[slot].sequence, to: spare, count: length) }
        // What they shared stays with its owner.
        defer { for spare in spares { _ = context.cut(sequence: spare, from: 0) } }
        var rest = tree.nodesByDepth[...]
        while !rest.isEmpty {
            let part = rest.prefix(min(ContextHandle.outputLimit, batch.capacity))
            rest = rest.dropFirst(part.count)
            batch.fill(
                part.map { node in
                    BatchHandle.Entry(
                        token: node.token, position: length + node.depth,
                        sequences: node.paths.map { spares[$0] }, wantsLogits: true)
                })
            var result = decode()
            while case .noRoom = result, dropFreeSlot() || giveWay(to: number) { result = decode() }
            guard case .done = result else {
                throw ModelError(.decodeFailed, "score text", LlamaBackend.errors ?? "llama.cpp has no room for it")
            }
            for (row, node) in part.enumerated() {
                let terms = context.withLogits(at: row) { (logits: inout MutableSpan<Float>) in
                    let softmax = LogSoftmax(logits.span)
                    return node.members.map { member in
                        softmax.logProbability(ofLogit: logits[Int(continuations[member][node.depth + 1])])
                    }
                }
                guard let terms else { throw Self.noScores }
                for (member, term) in zip(node.members, terms) { values[member] += term }
            }
        }
    }

    static var noScores: ModelError { ModelError(.decodeFailed, "score text", "llama.cpp gave no logits") }
}
