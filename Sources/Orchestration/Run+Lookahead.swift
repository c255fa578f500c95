import JSONSchemas
import ModelRuntime
import Planning
import WorkflowFormat

/// Loops with `parallel: N`: the questions of the next items are put to the model while earlier items are worked on.
///
/// What runs side by side is the model, and nothing else. Items are taken one after the other, in their order and on this
/// actor, whatever N is, so that each entry of the record, each count of a budget, each call and each question to a person
/// stands where it would with 1. Before its turn an item is looked through for readings whose question is known already;
/// up to N items are, so that as many answers are written at a time, and one that is through makes room for the next. A
/// reading that comes to its turn takes the answer if it was given to the very same question, and asks by itself
/// otherwise. An answer hangs on its question and the weights alone: so what a run comes to doesn't hang on N, but for
/// rounding where generations share a batch (see `LlamaModel`; `--deterministic` takes that away too).
///
/// Nothing is recorded of an answer before its turn. A run that stops before loses answers, not effects: there are none.
/// Tokens are counted in the item's turn, as many as were asked and answered (see ``TokenUsage/budgetTokens``), so that a
/// budget ends a run at the same item whatever N is; those of answers that no turn came to are lost, at most 2 N items'
/// worth. What does hang on N is how many tokens of a prompt were resident, and of two equal questions which one was asked
/// and which one remembered: `usage` says that.
///
/// A failure that may pass, such as a server's that has too much to do, isn't kept: in its turn the question is asked
/// anew. What would go to a server is not looked for behind an item's first `approve`, `call` or `agent` that is still to
/// come, where a person or the policy may say no.
extension Run {
    /// Where a loop's look ahead is.
    struct Lookahead {
        /// How many items are looked through at a time.
        let width: Int
        let itemCount: Int
        /// The item that is worked on.
        var turn = 0
        /// The first item that nobody has looked through.
        var next = 0
        /// How many tasks look through items.
        var running = 0
        /// Items from `turn` on that are through.
        var through: Set<Int> = []
        /// Who waits for an item to be through.
        var waiter: CheckedContinuation<Void, Never>?

        init(width: Int, itemCount: Int) {
            self.width = width
            self.itemCount = itemCount
        }

        /// Whether another item may be looked through: not so far ahead that much is lost when the run stops.
        var hasNext: Bool { next < min(itemCount, turn + 2 * width) }
    }

    /// An answer that was asked for before its turn, with its question.
    struct ForeseenAnswer {
        let request: ReadRequest
        let answer: Result<GivenAnswer, any Error>
    }

    /// Takes a loop's items, with the model's answers to the next ones on the way.
    func performAhead(_ work: LoopWork) async throws -> StepResult {
        lookaheads[work.address] = Lookahead(width: work.loop.parallel, itemCount: work.source.items.count)
        defer {
            lookaheads[work.address] = nil
            foreseen = foreseen.filter { !$0.key.hasPrefix(work.address + "[") }
        }
        return try await withThrowingDiscardingTaskGroup { group in
            try await perform(work) { index in
                lookaheads[work.address]?.turn = index
                lookaheads[work.address]?.through.remove(index - 1)
                while let state = lookaheads[work.address], state.hasNext, state.running < state.width {
                    lookaheads[work.address]?.running += 1
                    group.addTask { await self.lookAhead(work) }
                }
                let started = ContinuousClock.now
                await waitUntilThrough(item: index, of: work.address)
                times.add(.planning, since: started)
            }
        }
    }

    /// Looks through one item after the other, as long as there is one that is near enough.
    private func lookAhead(_ work: LoopWork) async {
        while !Task.isCancelled, let state = lookaheads[work.address], state.hasNext {
            lookaheads[work.address]?.next += 1
            await lookThrough(item: state.next, of: work)
            lookaheads[work.address]?.through.insert(state.next)
            wake(work.address)
        }
        lookaheads[work.address]?.running -= 1
        wake(work.address)
    }

    private func wake(_ address: String) {
        let waiter = lookaheads[address]?.waiter
        lookaheads[address]?.waiter = nil
        waiter?.resume()
    }

    /// Also returns when nobody looks any more, as after a cancellation.
    private func waitUntilThrough(item index: Int, of address: String) async {
        while let state = lookaheads[address], !state.through.contains(index), state.running > 0 {
            await withCheckedContinuation { lookaheads[address]?.waiter = $0 }
        }
    }

    private func lookThrough(item index: Int, of work: LoopWork) async {
        var scope = work.scope(ofItem: index)
        guard case .group(let parts) = work.step.kind else {
            _ = await foreseeOnce(work.step, at: work.address(ofItem: index), in: scope)
            return
        }
        if let condition = work.step.when {
            guard let (holds, _) = try? scope.holds(condition), holds else { return }
        }
        await foresee(parts, in: &scope)
    }

    /// Asks what `parts` will ask, as far as that is known without doing anything. A part whose result isn't known has no
    /// value in `scope`, and what refers to it isn't known either.
    private func foresee(_ parts: [StepDefinition], in scope: inout Scope) async {
        for part in parts {
            let result =
                part.forEach == nil ? await foreseeOnce(part, at: scope.address(of: part.id), in: scope) : nil
            if let result {
                scope.set(step: part.id, result)
            } else if services.model?.isRemote == true, part.mayBeStopped {
                return
            }
        }
    }

    /// What a step, or one item of a loop, will come to; nil where only its turn can tell.
    private func foreseeOnce(_ step: StepDefinition, at address: String, in scope: Scope) async -> StepResult? {
        if let condition = step.when {
            guard let (holds, value) = try? scope.holds(condition) else { return nil }
            guard holds else { return .skipped(address, because: value) }
        }
        if case .group(let parts) = step.kind {
            var inner = scope.nested(at: address)
            await foresee(parts, in: &inner)
            let results = inner.results(of: parts)
            return results.count == parts.count ? Scope.composed(of: results) : nil
        }
        if let known = recorded.result(at: address) { return known.traced(at: address) }
        // Where the budget is spent the run ends before that turn.
        guard case .read(let read) = step.kind, !Task.isCancelled, meter.tokensLeft > 0,
            // In its turn the step meets the same error, and tells it.
            case .asked(let question)? = try? question(read, at: address, in: scope)
        else { return nil }
        do {
            let answer = try await ask(question)
            foreseen[address] = ForeseenAnswer(request: question.request, answer: .success(answer))
            return result(of: question, answer.answer).step.traced(at: address)
        } catch let error where Self.mayPass(error) {
            return nil
        } catch {
            foreseen[address] = ForeseenAnswer(request: question.request, answer: .failure(error))
            return nil
        }
    }

    /// The answer to a question in its turn.
    func answer(to question: ReadQuestion) async throws -> GivenAnswer {
        if let known = foreseen.removeValue(forKey: question.request.address), known.request == question.request {
            return try known.answer.get()
        }
        return try await ask(question)
    }

    /// Asks the model. Where answers are kept, a question that is being asked isn't asked once more beside that, but
    /// remembered when its answer is there, as it would be if the items came one by one.
    private func ask(_ question: ReadQuestion) async throws -> GivenAnswer {
        guard services.remembersAnswers, question.request.sampling.temperature == 0 else {
            return try await askInOrder(question)
        }
        let matter = QuestionMatter(question.request)
        while beingAsked[matter] != nil {
            await withCheckedContinuation { beingAsked[matter]?.append($0) }
        }
        beingAsked[matter] = []
        defer { beingAsked.removeValue(forKey: matter)?.forEach { $0.resume() } }
        return try await askInOrder(question)
    }

    /// Whether the same question may be answered later.
    private static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError: true
        case let error as ModelError: error.code == .serverUnavailable || error.code == .cancelled
        default: false
        }
    }
}

/// What two questions have in common that are one to a model, whoever asks.
struct QuestionMatter: Hashable {
    private let instruction: String
    private let items: [[String]]
    private let schema: JSONSchema

    init(_ request: ReadRequest) {
        instruction = request.instruction
        items = (request.options + request.context + request.data).map { [$0.name, $0.text] }
        schema = request.schema
    }
}

extension StepDefinition {
    /// Whether a model reads in it, so that there is something to ask ahead.
    var reads: Bool {
        switch kind {
        case .read: true
        case .group(let parts): parts.contains { $0.forEach == nil && $0.reads }
        case .call, .agent, .approve, .render: false
        }
    }

    /// Whether a person or the policy may say no in it.
    var mayBeStopped: Bool {
        switch kind {
        case .approve, .call, .agent: true
        case .group(let parts): parts.contains(where: \.mayBeStopped)
        case .read, .render: false
        }
    }
}
