import ArgumentParser
import JSONSchemas
import ToolExecution
import WorkflowFormat

/// `warrant tool`.
struct ToolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tool", abstract: "Show the tools there are.", subcommands: [List.self, Show.self])

    /// `warrant tool list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the tools.")

        @Flag(name: .long, help: "One JSON value a line.")
        var json = false

        func run() async throws {
            try await Output.reporting(json: json) {
                for tool in try Surroundings().registry().definitions {
                    if json {
                        Output.result([
                            "tool": .string(tool.name), "effect": .string(tool.effect.rawValue),
                            "summary": .string(tool.summary),
                        ])
                    } else {
                        Output.result("\(tool.name)  (\(tool.effect.rawValue))  \(tool.summary)")
                    }
                }
            }
        }
    }

    /// `warrant tool show`.
    struct Show: AsyncParsableCommand {
        /// What rules can speak about besides the arguments: where a call lands, what it carries, what it vouches for.
        private static func sinkLines(of tool: ToolDefinition) -> [String] {
            var lines: [String] = []
            if !tool.sinkControl.isEmpty {
                lines.append("says where it lands: \(tool.sinkControl.joined(separator: ", "))")
            }
            if !tool.sinkContent.isEmpty {
                lines.append("says what it carries: \(tool.sinkContent.joined(separator: ", "))")
            }
            for (argument, kind) in tool.identifiers.sorted(by: { $0.key < $1.key }) {
                lines.append("identifies a record of kind \(kind): \(argument)")
            }
            for rule in tool.vouches {
                lines.append(
                    "vouches for records of kind \(rule.kind): \(rule.records)\(rule.handle), \(rule.condition.name)")
            }
            return lines.isEmpty ? [] : [""] + lines
        }

        static let configuration = CommandConfiguration(abstract: "Show one tool with its argument schema.")

        @Argument(help: "The tool's name.")
        var name: String

        func run() async throws {
            try await Output.reporting {
                guard let tool = try Surroundings().registry().definition(name) else {
                    throw CommandFailure(
                        .notFound, "Can't show tool `\(name)`: there is none of that name.",
                        fix: "`warrant tool list` names them.")
                }
                Output.result("\(tool.name)  (\(tool.effect.rawValue))\n\(tool.summary)\n")
                Output.result(tool.arguments.source.serialized(.pretty))
                for line in Self.sinkLines(of: tool) { Output.result(line) }
            }
        }
    }
}
