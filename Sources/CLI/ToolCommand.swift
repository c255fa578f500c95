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
            }
        }
    }
}
