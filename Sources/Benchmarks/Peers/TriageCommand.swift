import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import Provenance

/// `triage-batch`: tickets under a schema, many at once.
enum TriageCommand {
    /// What a pass over all tickets came to.
    private struct Pass {
        var seconds = 0.0
        var cost = PeerCost()
        var valid = 0
        var right: [String: Int] = [:]

        var rightCount: Int { right.values.reduce(0, +) }

        mutating func add(_ score: (isValid: Bool, right: [String]), _ cost: PeerCost) {
            valid += score.isValid ? 1 : 0
            for field in score.right { right[field, default: 0] += 1 }
            self.cost = self.cost + cost
        }
    }

    static func run(_ arguments: PeerArguments) async throws {
        let batch = try TriageBatch(directory: arguments.path)
        var own: [Pass] = []
        var single: [Double] = []
        var slots: [Double] = []
        for round in 1...arguments.rounds {
            // Newly loaded each time, so that nothing of the batch is cached.
            let model = try await PeerCommands.loadedModel(arguments, contextTokenLimit: 8_192)
            let pass = try await pass(batch, on: model, parallel: arguments.parallel)
            report(pass, "parallel \(arguments.parallel)", round, arguments)
            own.append(pass)
            guard let base = arguments.server else { continue }
            let server = PeerServer(base: base)
            let alone = try await Self.pass(batch, on: server, parallel: 1)
            report(alone, "server, one by one", round, arguments)
            single.append(alone.seconds)
            let four = try await Self.pass(batch, on: server, parallel: 4)
            report(four, "server, four at once", round, arguments)
            slots.append(four.seconds)
        }
        let wall = PeerCommands.median(own.map(\.seconds))
        // The faster way of the two is the one to beat.
        let server = [single, slots].compactMap(PeerCommands.median).min()
        PeerCommands.result([
            "wall_s": PeerCommands.rounded(wall), "server_wall_s": PeerCommands.rounded(server),
            "wall_ratio": PeerCommands.rounded(PeerCommands.ratio(wall, to: server)),
            "valid": .integer(own.map(\.valid).min() ?? 0), "right": .integer(own.map(\.rightCount).min() ?? 0),
        ])
    }

    private static func report(_ pass: Pass, _ who: String, _ round: Int, _ arguments: PeerArguments) {
        var members: JSONObject = [
            "run": .string(who), "round": .integer(round), "wall_s": PeerCommands.rounded(pass.seconds),
            "valid": .integer(pass.valid), "right": .integer(pass.rightCount),
        ]
        for field in TriageBatch.fields { members[field] = .integer(pass.right[field] ?? 0) }
        for (name, value) in pass.cost.members { members[name] = value }
        PeerCommands.detail(members, arguments)
    }

    /// Answers all tickets, `parallel` of them at once.
    private static func pass(
        _ batch: TriageBatch, parallel: Int,
        _ answer: @escaping @Sendable (Int, TriageBatch.Ticket) async throws -> (JSONValue?, PeerCost)
    ) async throws -> Pass {
        let started = ContinuousClock.now
        var pass = Pass()
        try await withThrowingTaskGroup(of: (Int, JSONValue?, PeerCost).self) { group in
            var next = 0
            func start() {
                guard next < batch.tickets.count else { return }
                let index = next
                next += 1
                group.addTask {
                    let (value, cost) = try await answer(index, batch.tickets[index])
                    return (index, value, cost)
                }
            }
            for _ in 0..<parallel { start() }
            while let (index, value, cost) = try await group.next() {
                pass.add(batch.score(value, of: batch.tickets[index]), cost)
                start()
            }
        }
        pass.seconds = started.duration(to: .now) / .seconds(1)
        return pass
    }

    private static func pass(_ batch: TriageBatch, on model: LlamaModel, parallel: Int) async throws -> Pass {
        let dialect = model.summary.dialect
        let grammar = try ReadPlanner.grammar(for: batch.schema, dialect: dialect)
        let generator = ConstrainedGenerator(model: model, sampling: SamplingOptions())
        return try await pass(batch, parallel: parallel) { index, ticket in
            let generation = try await generator.generate(
                prompt(batch, ticket, dialect: dialect), grammar: grammar, form: ["schema": batch.schema.source],
                request: RequestID(address: "triage[\(index)]"), tokenLimit: TriageBatch.tokenLimit)
            let suffix = Array(dialect.callSuffix.utf8)
            let body =
                generation.bytes.suffix(suffix.count) == suffix[...]
                ? generation.bytes.dropLast(suffix.count) : generation.bytes[...]
            return (try? JSONValue(parsing: body), PeerCost(generation.usage))
        }
    }

    private static func prompt(_ batch: TriageBatch, _ ticket: TriageBatch.Ticket, dialect: ChatDialect) -> Prompt {
        let own = Label.trusted(Source(step: "triage", tool: nil, pointer: ""))
        let other = Label.untrusted(Source(step: "triage", tool: "tickets", pointer: ""))
        return Prompt([
            PromptSegment(.template, dialect.systemPrefix, label: own),
            PromptSegment(.instruction, batch.system, label: own),
            PromptSegment(.template, dialect.turnEnd + dialect.userPrefix, label: own),
            PromptSegment(.data, ticket.text, label: other),
            PromptSegment(.template, dialect.turnEnd + dialect.assistantPrefix + dialect.callPrefix, label: own),
        ])
    }

    private static func pass(_ batch: TriageBatch, on server: PeerServer, parallel: Int) async throws -> Pass {
        try await pass(batch, parallel: parallel) { index, ticket in
            let reply = try await server.ask(
                [
                    "messages": [
                        ["role": "system", "content": .string(batch.system)],
                        ["role": "user", "content": .string(ticket.text)],
                    ],
                    "max_tokens": .integer(TriageBatch.tokenLimit),
                    "response_format": [
                        "type": "json_schema",
                        "json_schema": ["name": "triage", "strict": true, "schema": batch.schema.source],
                    ],
                ], keepsPrefix: index >= parallel)
            let text = reply.message["content"]?.stringValue ?? ""
            return (try? JSONValue(parsing: text), reply.cost)
        }
    }
}
