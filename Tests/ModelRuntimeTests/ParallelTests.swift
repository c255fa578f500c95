import ModelRuntime
import Synchronization
import Testing
import Tokens

/// Generations that are evaluated together.
@Suite(
    .serialized, .tags(.realModel), .enabled(if: TestWeights.entry != nil, TestWeights.reason),
    .timeLimit(.minutes(20)))
struct ParallelTests {
    private static let story = """
        A tester found a fault on a Monday. The fault was small, and the report was long. She wrote down what \
        she did, what she saw, and what she expected to see instead. The next day
        """
    private static let endings = [
        " her colleague read it.", " nobody came to work.", " it was gone, and so was the cat.", " 17 more were found.",
        " \"why?\" he asked.", " rain fell on the roof of the office.",
    ]

    /// What a generation saw: some logits behind the prompt and behind each token.
    private struct Sight: Sendable {
        var logits: [[Float]] = []
        var cost = Evaluation(evaluated: 0, reused: 0, duration: .zero)

        func difference(to other: Sight) -> Float {
            guard logits.count == other.logits.count else { return .infinity }
            return zip(logits, other.logits).reduce(0) { worst, pair in
                max(worst, zip(pair.0, pair.1).reduce(0) { max($0, abs($1.0 - $1.1)) })
            }
        }
    }

    /// Begins with `prompt` and appends `answer` token by token, each time with the true next ones as drafts.
    private func read(
        _ model: LlamaModel, _ prompt: [TokenID], _ answer: [TokenID], address: String = "a", draftCount: Int = 0
    ) async throws -> Sight {
        try await model.exclusively {
            var sight = Sight()
            sight.cost = try await model.begin(prompt, for: RequestID(address: address))
            for (index, token) in answer.enumerated() {
                sight.logits.append(try await top(model))
                _ = try await model.append([token], drafts: Array(answer[(index + 1)...].prefix(draftCount)))
            }
            sight.logits.append(try await top(model))
            return sight
        }
    }

    private func top(_ model: LlamaModel) async throws -> [Float] {
        try await model.withLogits { logits in logits.indices.prefix(2_000).map { logits[$0] } }
    }

    private func tokens(_ model: LlamaModel, _ text: String) async throws -> [TokenID] {
        try await model.tokenize(Array(text.utf8), parsingSpecialTokens: false)
    }

    /// So many tokens that no other number starts like.
    private func distinct(_ model: LlamaModel, _ number: Int, _ count: Int) async throws -> [TokenID] {
        let all = try await tokens(model, Self.story)
        return (0..<count).map { all[(number * 7 + $0 * (number + 3)) % all.count] }
    }

    private func together(
        _ model: LlamaModel, _ prompts: [[TokenID]], _ answers: [[TokenID]], draftCount: Int = 0
    ) async throws -> [Sight] {
        try await withThrowingTaskGroup(of: (Int, Sight).self) { group in
            for index in prompts.indices {
                group.addTask {
                    // Some draft, some don't.
                    let count = index.isMultiple(of: 2) ? draftCount : 0
                    return (
                        index,
                        try await read(model, prompts[index], answers[index], address: "\(index)", draftCount: count)
                    )
                }
            }
            var all = Array(repeating: Sight(), count: prompts.count)
            for try await (index, sight) in group { all[index] = sight }
            return all
        }
    }

    @Test(arguments: [0, 3])
    func `generations see together what each sees alone, and share the start of their prompts`(
        draftCount: Int
    ) async throws {
        let model = try await TestWeights.load(parallel: 4)
        let start = try await tokens(model, Self.story)
        var prompts: [[TokenID]] = []
        for ending in Self.endings { prompts.append(start + (try await tokens(model, ending))) }
        // Answers of different lengths: generations leave and others join.
        let answers = (0..<6).map { Array(start[$0..<$0 * 2 + 4]) }
        let sights = try await together(model, prompts, answers, draftCount: draftCount)
        #expect(sights.reduce(0) { $0 + $1.cost.reused } == 5 * start.count)
        #expect(sights.reduce(0) { $0 + $1.cost.evaluated } == prompts.reduce(0) { $0 + $1.count } - 5 * start.count)
        let alone = try await TestWeights.load(parallel: 1)
        for index in prompts.indices {
            let sight = try await read(alone, prompts[index], answers[index])
            #expect(sights[index].difference(to: sight) < 1)
            // Control arm: another prompt's logits are far away.
            #expect(sights[index].logits[0] != sights[(index + 1) % 6].logits[0])
            let other = Sight(logits: [sight.logits[0]]).difference(
                to: Sight(logits: [sights[(index + 1) % 6].logits[0]]))
            #expect(other > 2)
        }
        #expect(await model.occupancy.generations == 0)
    }

    @Test func `more than the context holds run one after the other, which is said once`() async throws {
        let notices = Notices()
        let model = try await TestWeights.load(context: 256, parallel: 6) { notices.add($0) }
        var prompts: [[TokenID]] = []
        for number in 0..<6 { prompts.append(try await distinct(model, number, 40)) }
        // Six times 90 tokens, and the context holds 256: some can't begin, and of those that run one has to give way.
        let answers = prompts.map { Array(($0 + $0).dropFirst(3).prefix(50)) }
        let sights = try await together(model, prompts, answers, draftCount: 2)
        let alone = try await TestWeights.load(context: 256, parallel: 1)
        for index in prompts.indices {
            #expect(sights[index].cost.evaluated + sights[index].cost.reused == 40)
            let sight = try await read(alone, prompts[index], answers[index])
            #expect(sights[index].difference(to: sight) < 1)
        }
        #expect(notices.all.count == 1)
        #expect(notices.all.first?.contains("context of 256 tokens") == true)
        // Control arm: where all fit, nothing is said.
        let roomy = Notices()
        let large = try await TestWeights.load(context: 2_048, parallel: 6) { roomy.add($0) }
        _ = try await together(large, prompts, answers)
        #expect(roomy.all.isEmpty)
    }

    @Test func `a generation that alone is too long says so, and the others go on`() async throws {
        let model = try await TestWeights.load(context: 256, parallel: 3)
        let prompts = [try await distinct(model, 1, 250), try await distinct(model, 2, 30)]
        let long = Task { try await read(model, prompts[0], Array(prompts[0][..<20])) }
        let short = Task { try await read(model, prompts[1], Array(prompts[1][..<20])) }
        let error = await #expect(throws: ModelError.self) { try await long.value }
        #expect(error?.code == .contextOverflow(prompt: 257, limit: 256))
        #expect(try await short.value.logits.count == 21)
    }

    @Test func `cancelling at any moment frees the sequence`() async throws {
        let model = try await TestWeights.load(context: 512, parallel: 4)
        let start = try await tokens(model, Self.story)
        let ended = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<60 {
                let prompt = start + (try await distinct(model, number, 12))
                group.addTask {
                    let task = Task { try await read(model, prompt, Array(start[..<8]), draftCount: number % 3) }
                    // Some are cancelled while they wait for their turn, some in a batch, some not at all.
                    for _ in 0..<(number % 5) * 40 { await Task.yield() }
                    if number % 3 != 0 { task.cancel() }
                    guard case .failure(let error) = await task.result else { return true }
                    guard (error as? ModelError)?.code == .cancelled else { throw error }
                    return false
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        // A third is never cancelled; of the others the first ones are before their turn.
        #expect((20..<60).contains(ended))
        let occupancy = await model.occupancy
        #expect(occupancy.generations == 0)
        #expect(occupancy.cells <= 512)
        let left = await model.dropFinished()
        #expect((left.cells, left.sequences, left.generations) == (0, 0, 0))
        // All of the context can be used again.
        let all = try await distinct(model, 5, 500)
        #expect(try await read(model, all, []).logits.count == 1)
        let cells = await model.occupancy.cells
        #expect((500...512).contains(cells))
    }

    @Test func `cancelling while others go on ends only the one`() async throws {
        let model = try await TestWeights.load(context: 1_024, batch: 16, parallel: 2)
        let start = try await tokens(model, Self.story)
        let long = Array(repeatElement(start, count: 20).joined().prefix(900))
        let prompt = Array(start.reversed())
        // The other one comes first, so that it has its tokens while the long prompt is far from its end.
        let seated = Meeting(of: 2)
        let both = Meeting(of: 2)
        let cancelled = Task {
            await seated.come()
            try await model.exclusively {
                await both.come()
                _ = try await model.begin(long, for: RequestID(address: "long"))
            }
        }
        let sight = try await model.exclusively {
            await seated.come()
            await both.come()
            var sight = Sight()
            sight.cost = try await model.begin(prompt, for: RequestID(address: "other"))
            for (index, token) in start.enumerated() {
                sight.logits.append(try await top(model))
                _ = try await model.append([token])
                if index == 2 { cancelled.cancel() }
            }
            sight.logits.append(try await top(model))
            return sight
        }
        let error = await #expect(throws: ModelError.self) { try await cancelled.value }
        #expect(error?.code == .cancelled)
        #expect(await model.occupancy.generations == 0)
        // It was in batches by then: what was evaluated of it is there, and that is not all.
        let again = try await read(model, long, [])
        #expect((16..<600).contains(again.cost.reused), "\(again.cost.reused)")
        let alone = try await TestWeights.load(context: 1_024, batch: 16, parallel: 1)
        #expect(sight.difference(to: try await read(alone, prompt, start)) < 1)
    }

    /// The likelihoods of `continuations` behind `prompt`.
    private func scores(
        _ model: LlamaModel, _ continuations: [[TokenID]], after prompt: [TokenID], address: String
    ) async throws -> [Double] {
        let found = try await model.logLikelihoods(
            of: continuations, after: prompt, for: RequestID(address: address))
        return try #require(found).values
    }

    @Test(arguments: [2_048, 256])
    func `options are scored while others generate, also where the context is full`(context: Int) async throws {
        let notices = Notices()
        let model = try await TestWeights.load(context: context, parallel: 3) { notices.add($0) }
        let prompts = [
            try await distinct(model, 0, 30), try await distinct(model, 1, 30), try await distinct(model, 2, 30),
        ]
        let all = try await tokens(model, Self.story)
        let grown: [[TokenID]] = (0..<2).map { number in (0..<75).map { all[($0 * 3 + number) % all.count] } }
        // Longer than what is left when the two have grown by 75 tokens each.
        let continuations: [[TokenID]] = (0..<3).map { number in
            (0..<20).map { all[($0 * (number + 1) + number) % all.count] }
        }
        let ready = Meeting(of: 3)
        let others = [0, 1].map { number in
            Task { () async throws -> Sight in
                try await model.exclusively {
                    await ready.come()
                    _ = try await model.begin(prompts[number], for: RequestID(address: "\(number)"))
                    _ = try await model.append(grown[number])
                    _ = try await model.append([all[0]])
                    return Sight(logits: [try await top(model)])
                }
            }
        }
        let values = try await model.exclusively {
            await ready.come()
            _ = try await model.begin(prompts[2], for: RequestID(address: "scored"))
            return try await scores(model, continuations, after: prompts[2], address: "scored")
        }
        var sights: [Sight] = []
        for other in others { sights.append(try await other.value) }
        #expect(await model.occupancy.generations == 0)
        // Somebody had to make room in the small one.
        #expect(notices.all.isEmpty == (context > 256), "\(notices.all)")
        let alone = try await TestWeights.load(context: 2_048, parallel: 1)
        let expected = try await scores(alone, continuations, after: prompts[2], address: "scored")
        // A tenth a token, for rounding.
        for (value, wanted) in zip(values, expected) { #expect(abs(value - wanted) < 2, "\(value) \(wanted)") }
        #expect(values.count == 3)
        // Control arm: behind another prompt they are other ones.
        #expect(try await scores(alone, continuations, after: prompts[0], address: "scored") != expected)
        for number in 0..<2 {
            let sight = try await alone.exclusively {
                _ = try await alone.begin(
                    prompts[number] + grown[number] + [all[0]], for: RequestID(address: "\(number)"))
                return Sight(logits: [try await top(alone)])
            }
            #expect(sights[number].difference(to: sight) < 1)
        }
    }

    @Test(arguments: [false, true])
    func `drafts put nobody out`(isCrowded: Bool) async throws {
        let model = try await TestWeights.load(context: 256, parallel: 2)
        let all = try await tokens(model, Self.story)
        func run(from start: Int, _ count: Int) -> [TokenID] { (0..<count).map { all[(start + $0) % all.count] } }
        // A finished sequence, a generation that drafts, and a prompt that takes all but a few of the cells left. The
        // prompt starts like the generation, so that it's the finished one that could be lost for it.
        let finished = run(from: 1, 120)
        let drafting = run(from: 5, 40)
        let prompt = [all[5]] + run(from: 20, 89)
        let drafts = run(from: 8, 15)
        _ = try await read(model, finished, [])
        let begun = Meeting(of: 2)
        let seated = Meeting(of: 2)
        let other = Task {
            guard isCrowded else { return }
            await begun.come()
            try await model.exclusively {
                await seated.come()
                _ = try await model.begin(prompt, for: RequestID(address: "b"))
            }
        }
        let reused = try await model.exclusively {
            _ = try await model.begin(drafting, for: RequestID(address: "a"))
            if isCrowded {
                await begun.come()
                await seated.come()
            }
            _ = try await model.append([all[7]], drafts: drafts)
            return try await model.append([drafts[0]]).reused
        }
        try await other.value
        // Drafts are made where there is room, and given up where somebody else needs it.
        #expect(reused == (isCrowded ? 0 : 1))
        #expect(try await read(model, finished, []).cost.reused == 119)
    }

    @Test func `draws don't depend on what else runs`() async throws {
        let model = try await TestWeights.load(parallel: 4)
        let start = try await tokens(model, Self.story)
        let options = SamplingOptions(temperature: 1.5, seed: 4)
        var mask = TokenMask(tokenCount: model.trie.vocabulary.count)
        for token in start[..<12] { mask.allow(token) }
        let allowed = mask
        @Sendable func draw(_ address: String) async throws -> TokenID {
            try await model.exclusively {
                _ = try await model.begin(start, for: RequestID(address: address))
                return try await model.sample(allowed, options: options).token
            }
        }
        _ = try await draw("a")
        let alone = [try await draw("a"), try await draw("b"), try await draw("c")]
        async let first = draw("a")
        async let second = draw("b")
        async let third = draw("c")
        #expect(try await [first, second, third] == alone)
    }
}

/// Where so many wait for each other, once.
private actor Meeting {
    private let count: Int
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) { self.count = count }

    func come() async {
        guard waiters.count + 1 < count else {
            for waiter in waiters { waiter.resume() }
            waiters = []
            return
        }
        await withCheckedContinuation { waiters.append($0) }
    }
}

/// What a model had to say.
final class Notices: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
