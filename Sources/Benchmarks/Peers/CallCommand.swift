import JSONSchemas
import ModelRuntime
import Planning

/// `bfcl`: single calls, and requests that no function fits.
enum CallCommand {
    /// What a contestant made of all cases.
    private struct Tally {
        var positives = 0
        var declined = 0
        var calls = 0
        var valid = 0
        var right: Set<String> = []
        var positiveCount = 0
        var irrelevanceCount = 0

        mutating func add(_ item: CallCase, _ call: (name: String, arguments: JSONObject?)?) {
            let isRight = item.isRight(call)
            if isRight { right.insert(item.id) }
            if item.isIrrelevance {
                irrelevanceCount += 1
                declined += isRight ? 1 : 0
            } else {
                positiveCount += 1
                positives += isRight ? 1 : 0
            }
            guard let call else { return }
            calls += 1
            valid += item.isValid(call.name, call.arguments) ? 1 : 0
        }

        private static func share(_ count: Int, of all: Int) -> JSONValue {
            PeerCommands.rounded(all == 0 ? nil : Double(count) / Double(all))
        }

        /// Shares from 0 to 1.
        var members: JSONObject {
            [
                "positives": Self.share(positives, of: positiveCount),
                "irrelevance": Self.share(declined, of: irrelevanceCount), "valid": Self.share(valid, of: calls),
                "n": .integer(positiveCount + irrelevanceCount),
            ]
        }
    }

    private static let tokenLimit = 256

    /// Declining, as one more function on offer.
    private static let decline = "no_call"

    /// Below this share of fit no call is written. It was chosen on other cases, with the formula; see `CallFit`.
    private static let fitLimit = 0.12

    static func run(_ arguments: PeerArguments) async throws {
        let cases = try chosen(arguments)
        let model = try await PeerCommands.loadedModel(arguments, contextTokenLimit: 8_192)
        let server = arguments.server.map { PeerServer(base: $0) }
        var own = Tally()
        var peer = Tally()
        for item in cases {
            var line: JSONObject = ["id": .string(item.id)]
            let started = ContinuousClock.now
            let (call, proposal, cost) = try await call(item, on: model, declines: arguments.declines)
            own.add(item, call)
            line["wall_s"] = PeerCommands.rounded(started.duration(to: .now) / .seconds(1))
            line["right"] = .bool(item.isRight(call))
            line["call"] = call.map { .string($0.name) } ?? .null
            if let arguments = call?.arguments { line["arguments"] = .object(arguments) }
            if let fit = proposal?.fit { line["fit"] = fit.json }
            if let names = proposal?.leftOut, !names.isEmpty { line["left_out"] = .array(names.map { .string($0) }) }
            for (name, value) in cost.members { line[name] = value }
            if let server {
                let reply = try await server.ask(
                    [
                        "messages": .array(item.messages), "tools": .array(item.tools.map { PeerTool.json($0) }),
                        "tool_choice": "auto", "max_tokens": .integer(tokenLimit),
                    ], keepsPrefix: true)
                peer.add(item, reply.call)
                line["server_wall_s"] = PeerCommands.rounded(reply.seconds)
                line["server_right"] = .bool(item.isRight(reply.call))
                line["server_call"] = reply.call.map { .string($0.name) } ?? .null
                if let arguments = reply.call?.arguments { line["server_arguments"] = .object(arguments) }
            }
            PeerCommands.detail(line, arguments)
        }
        var members = own.members
        if server != nil {
            // Paired: on the very same cases, what one got right and the other did not.
            PeerCommands.detail(
                [
                    "run": "paired", "only_here": .integer(own.right.subtracting(peer.right).count),
                    "only_server": .integer(peer.right.subtracting(own.right).count),
                ], arguments)
        }
        members["server"] = server == nil ? .null : .object(peer.members)
        PeerCommands.result(members)
    }

    /// All cases, or as many as asked for with each category's share.
    private static func chosen(_ arguments: PeerArguments) throws -> [CallCase] {
        let all = try PeerCommands.rows(ofFile: arguments.path).map { try CallCase($0) }
        guard let limit = arguments.limit, limit < all.count else { return all }
        let groups = Dictionary(grouping: all, by: \.category).sorted { $0.key < $1.key }
        let placed = groups.flatMap { group in
            group.value.enumerated().map { (Double($0.offset) / Double(group.value.count), $0.element) }
        }
        return placed.sorted { $0.0 < $1.0 }.prefix(limit).map(\.1)
    }

    private static func call(
        _ item: CallCase, on model: LlamaModel, declines: Bool
    ) async throws -> ((name: String, arguments: JSONObject?)?, Proposal?, PeerCost) {
        let nothing = OfferedTool(
            name: decline,
            summary:
                "Use this when none of the other functions can answer the request, or when something that they need "
                + "is missing.",
            arguments: try JSONSchema(["type": "object", "properties": [:], "additionalProperties": false]))
        let tools = [nothing] + item.tools
        let dialect = model.summary.dialect
        let proposal: Proposal
        do {
            proposal = try await Planner(model: model, sampling: SamplingOptions()).propose(
                Conversation(address: item.id, goal: item.request, data: [], tools: tools, dialect: dialect),
                tools: tools, grammar: Planner.grammar(for: tools, dialect: dialect), address: item.id,
                tokenLimit: tokenLimit,
                declining: declines
                    ? Declining(
                        below: fitLimit,
                        question: FitQuestion(address: item.id, request: item.request, tools: item.tools),
                        tool: decline) : nil)
        } catch let error as PlanningError where error.code == .answerTooLong {
            // A call that has no end, also when it is written again, counts as an invalid one, as a server's cut one does.
            return (("", nil), nil, PeerCost(error.usage))
        }
        let call = proposal.tool == decline ? nil : (name: proposal.tool, arguments: Optional(proposal.arguments))
        return (call, proposal, PeerCost(proposal.usage))
    }
}
