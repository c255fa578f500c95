import Foundation
import Glibc
import JSONSchemas
import SandboxExecution

/// Runs a command in the sandbox with the folder under repair read-only: whatever it is, it changes nothing.
struct CommandCheckTool: Tool {
    let name = "command.check"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        if let answer = ProcessProbe.answer(to: RepairCommand.argv(arguments)) { return answer }
        return .object(try await RepairCommand.run(arguments, isWritable: false, in: context))
    }
}

/// Runs a command in the sandbox on a copy of the folder under repair, and brings back what may change.
struct CommandRunTool: Tool {
    let name = "command.run"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        .object(try await RepairCommand.run(arguments, isWritable: true, in: context))
    }

    func unobservedResult(of arguments: JSONObject) -> JSONValue? {
        ["ending": "not observed: a person says that it was done", "changes": []]
    }
}

/// What both have in common.
enum RepairCommand {
    private static let outputByteLimit = 8 * 1024
    /// The most changes, and the most refusals, that a result lists.
    private static let changeLimit = 200

    /// Programs that tell of the machine's processes and services. In the sandbox they see its own and would say that
    /// nothing is there, which is worse than no answer.
    private static let blind: Set = [
        "ps", "pgrep", "pidof", "pkill", "kill", "killall", "top", "ss", "netstat", "lsof", "fuser", "systemctl",
        "service", "journalctl",
    ]

    static func argv(_ arguments: JSONObject) -> [String] {
        arguments["argv"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    static func run(_ arguments: JSONObject, isWritable: Bool, in context: ToolContext) async throws -> JSONObject {
        let argv = argv(arguments)
        var result: JSONObject = ["approved_by": .string(context.approvedBy ?? "policy")]
        let program = argv.first?.split(separator: "/").last.map(String.init) ?? ""
        guard !blind.contains(program) else {
            result["ending"] = .string("not run: in the sandbox `\(program)` sees none of the machine's processes")
            result["blind"] = true
            if isWritable { result["changes"] = [] }
            return result
        }
        var profile = try context.profile(
            folder: try arguments.required("workspace"), wallSeconds: arguments.integer("wall_seconds"))
        profile.outputByteLimit = outputByteLimit
        profile.workspaceAccess = isWritable ? .imported : .readOnly
        let outcome: SandboxOutcome
        let preparation = ImportPreparation(context)
        do {
            outcome = try await context.environment.sandbox.run(
                SandboxCommand(argv: argv), profile: profile, beforeImport: preparation.prepare)
        } catch {
            throw error.toolFailure
        }
        if case .exited(let status) = outcome.termination { result["exit"] = .integer(Int(status)) }
        result["ending"] = .string("\(outcome.termination)")
        result["stdout"] = .string(String(decoding: outcome.standardOutput, as: UTF8.self))
        result["stderr"] = .string(String(decoding: outcome.standardError, as: UTF8.self))
        // What isn't text is kept exactly, beside what can be read of it.
        for (name, bytes) in [("stdout", outcome.standardOutput), ("stderr", outcome.standardError)]
        where String(validating: bytes, as: UTF8.self) == nil {
            result[name + "_base64"] = .string(Data(bytes).base64EncodedString())
        }
        if isWritable {
            let changes = outcome.imported?.applied ?? []
            result["changes"] = .array(
                changes.prefix(changeLimit).map {
                    ["path": .string("\($0.path)"), "change": .string($0.kind.rawValue)]
                })
            // Whoever guards a file by the list has to know that it isn't whole.
            if changes.count > changeLimit { result["changes_cut"] = .integer(changes.count - changeLimit) }
            var refused = (outcome.imported?.refused ?? []).prefix(changeLimit).map { refusal -> JSONValue in
                ["path": .string(refusal.path), "reason": .string(refusal.reason)]
            }
            // What the command printed must not be lost with it.
            if let failure = preparation.failure {
                refused.append(["path": ".", "reason": .string("nothing was imported: \(failure)")])
            }
            if !refused.isEmpty { result["refused"] = .array(Array(refused)) }
        }
        return result
    }
}

/// `kill -0 PID` asks whether a process lives and sends nothing. The sandbox has a process table of its own, in which
/// every process of the machine would seem dead, so Warrant asks the kernel itself.
enum ProcessProbe {
    static func answer(to argv: [String]) -> JSONValue? {
        guard argv.count == 3, argv[0] == "kill", argv[1] == "-0", let pid = Int32(argv[2]), pid > 0 else { return nil }
        let isAlive = kill(pid, 0) == 0 || errno == EPERM
        return [
            "exit": .integer(isAlive ? 0 : 1), "ending": .string(isAlive ? "exit status 0" : "exit status 1"),
            "stdout": "", "stderr": .string(isAlive ? "" : "kill: (\(pid)) - no such process"), "alive": .bool(isAlive),
            "approved_by": "policy",
        ]
    }
}
