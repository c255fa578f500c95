import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import Provenance

/// `loop-task`: six turns of an agent whose conversation grows. The early end is forbidden here, as the task allows.
enum LoopCommand {
    static func run(_ arguments: PeerArguments) async throws {
        let task = try LoopTask(directory: arguments.path)
        var cold: [Double] = []
        var warm: [Double] = []
        var server: [Double] = []
        var milestones: [Int] = []
        for round in 1...arguments.rounds {
            let prefixes = FileManager.default.temporaryDirectory.appending(path: "warrant-bench-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: prefixes) }
            let first = try await record(of: task, keeping: prefixes, arguments)
            report(first, "cold", round, arguments)
            cold.append(first.seconds)
            milestones.append(first.milestones.count)
            if let base = arguments.server {
                let peer = try await record(of: task, on: PeerServer(base: base))
                report(peer, "server", round, arguments)
                server.append(peer.seconds)
            }
            // As a second run of a program: the weights anew, and the start of the prompt from the disk.
            let second = try await record(of: task, keeping: prefixes, arguments)
            report(second, "warm", round, arguments)
            warm.append(second.seconds)
        }
        let middle = PeerCommands.median(server)
        PeerCommands.result([
            "wall_cold_s": PeerCommands.rounded(PeerCommands.median(cold)),
            "wall_warm_s": PeerCommands.rounded(PeerCommands.median(warm)),
            "server_wall_s": PeerCommands.rounded(middle),
            "wall_ratio_cold": PeerCommands.rounded(PeerCommands.ratio(PeerCommands.median(cold), to: middle)),
            "wall_ratio": PeerCommands.rounded(PeerCommands.ratio(PeerCommands.median(warm), to: middle)),
            "milestones": .integer(milestones.min() ?? 0),
        ])
    }

    private static func record(
        of task: LoopTask, keeping prefixes: URL, _ arguments: PeerArguments
    ) async throws -> LoopRecord {
        try await record(
            of: task,
            on: PeerCommands.loadedModel(arguments, contextTokenLimit: 8_192, prefixes: prefixes))
    }

    private static func report(_ record: LoopRecord, _ who: String, _ round: Int, _ arguments: PeerArguments) {
        var members: JSONObject = [
            "run": .string(who), "round": .integer(round), "wall_s": PeerCommands.rounded(record.seconds),
            "turns": .integer(record.calls.count), "milestones": .integer(record.milestones.count),
        ]
        for (name, value) in record.cost.members { members[name] = value }
        members["calls"] = .array(record.calls.map { .string($0.name) })
        PeerCommands.detail(members, arguments)
    }

    private static func record(of task: LoopTask, on model: LlamaModel) async throws -> LoopRecord {
        let dialect = model.summary.dialect
        let label = Label.untrusted(Source(step: "loop", tool: "canned", pointer: ""))
        var conversation = Conversation(
            address: "loop", goal: task.system + "\n\n" + task.user, data: [], tools: task.tools, dialect: dialect)
        let grammar = try Planner.grammar(for: task.tools, dialect: dialect)
        let planner = Planner(model: model, sampling: SamplingOptions())
        var record = LoopRecord()
        for turn in 1...task.turnLimit {
            let started = ContinuousClock.now
            let proposal = try await planner.propose(
                conversation, tools: task.tools, grammar: grammar, address: "loop#\(turn)", tokenLimit: task.tokenLimit)
            let observation = record.add(
                proposal.tool, proposal.arguments, seconds: started.duration(to: .now) / .seconds(1),
                cost: PeerCost(proposal.usage), task: task)
            conversation.append(call: proposal, observation: observation, label: label)
        }
        return record
    }

    private static func record(of task: LoopTask, on server: PeerServer) async throws -> LoopRecord {
        var messages: [JSONValue] = [
            ["role": "system", "content": .string(task.system)], ["role": "user", "content": .string(task.user)],
        ]
        let tools: [JSONValue] = task.tools.map { PeerTool.json($0) }
        var record = LoopRecord()
        for turn in 1...task.turnLimit {
            let reply = try await server.ask(
                [
                    "messages": .array(messages), "tools": .array(tools), "tool_choice": "auto",
                    "parallel_tool_calls": false, "max_tokens": .integer(task.tokenLimit),
                ], keepsPrefix: turn > 1)
            guard let call = reply.call else {
                record.add(seconds: reply.seconds, cost: reply.cost)
                break
            }
            let observation = record.add(
                call.name, call.arguments, seconds: reply.seconds, cost: reply.cost, task: task)
            let calls = reply.message["tool_calls"]?.arrayValue ?? []
            messages.append([
                "role": "assistant", "content": reply.message["content"] ?? "",
                "tool_calls": .array(Array(calls.prefix(1))),
            ])
            messages.append([
                "role": "tool", "tool_call_id": calls.first?["id"] ?? .string("\(turn)"),
                "content": .string(observation),
            ])
        }
        return record
    }
}

/// A tool as OpenAI's interface names it.
enum PeerTool {
    static func json(_ tool: OfferedTool) -> JSONValue {
        [
            "type": "function",
            "function": [
                "name": .string(tool.name), "description": .string(tool.summary), "parameters": tool.arguments.source,
            ],
        ]
    }
}
