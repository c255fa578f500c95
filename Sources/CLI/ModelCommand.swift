import ArgumentParser
import Foundation
import JSONSchemas
import ModelRuntime

/// `warrant model`.
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "List, fetch and inspect model weights.",
        discussion: """
            A model behind any server that speaks OpenAI's chat completions needs no weights here: write \
            --model http://127.0.0.1:8080/v1#NAME, or https for another machine, or the same under `model: use:` of a \
            workflow. Its answers are checked here and refused where they break the schema. The key comes from \
            WARRANT_API_KEY; where a workflow and not --model names the server, WARRANT_API_ORIGIN must name it too.
            """,
        subcommands: [List.self, Fetch.self, Info.self])

    /// `warrant model list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the models this version knows.")

        @Flag(name: .long, help: "One JSON value a line.")
        var json = false

        func run() async throws {
            try await Output.reporting(json: json) {
                let catalog = ModelCatalog()
                defer {
                    if !json {
                        Output.message("Or a server: --model http://127.0.0.1:8080/v1#NAME (see warrant model --help)")
                    }
                }
                for entry in catalog.entries {
                    let isPresent = catalog.isPresent(entry)
                    if json {
                        Output.result([
                            "model": .string(entry.name), "aliases": .array(entry.aliases.map { .string($0) }),
                            "bytes": .integer(entry.byteCount), "sha256": .string(entry.sha256),
                            "license": .string(entry.license), "present": .bool(isPresent),
                            "path": .string(catalog.path(of: entry)),
                        ])
                    } else {
                        let names = ([entry.name] + entry.aliases).joined(separator: ", ")
                        Output.result(
                            "\(names)  \(entry.byteCount / 1_000_000) MB  \(entry.license)  \(isPresent ? "present" : "not fetched")"
                        )
                    }
                }
            }
        }
    }

    /// `warrant model fetch`.
    struct Fetch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Download a model's weights; goes on where an earlier try stopped, and checks SHA-256.")

        @Argument(help: "The model's name.")
        var name: String

        func run() async throws {
            try await Output.reporting {
                let catalog = ModelCatalog()
                let entry = try catalog.entry(named: name)
                let isTerminal = Terminal.errorIsTerminal
                let pace = FetchPace()
                let task = Task {
                    try await catalog.fetch(entry.name) { progress in
                        guard pace.isDue(isTerminal: isTerminal) else { return }
                        let share = Double(progress.receivedBytes) / Double(max(1, progress.totalBytes))
                        let filled = Int(share * 30)
                        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
                        let megabytes = "\(progress.receivedBytes / 1_000_000) of \(progress.totalBytes / 1_000_000) MB"
                        let rate = "\(Int(progress.bytesPerSecond / 1_000_000)) MB/s"
                        Output.raw(
                            isTerminal
                                ? "\r[\(bar)] \(megabytes)  \(rate)\u{1B}[K"
                                : "\(megabytes)  \(rate)  \(progress.source)\n")
                    }
                }
                let interruption = Interruption(cancelling: task)
                defer { interruption.stop() }
                let path = try await task.value
                if isTerminal { Output.raw("\r\u{1B}[K") }
                Output.result(path)
            }
        }
    }

    /// `warrant model info`.
    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a model's facts and whether its weights are intact.")

        @Argument(help: "The model's name.")
        var name: String

        @Flag(name: .long, help: "One JSON value.")
        var json = false

        func run() async throws {
            try await Output.reporting(json: json) {
                let catalog = ModelCatalog()
                let entry = try catalog.entry(named: name)
                let isPresent = catalog.isPresent(entry)
                if json {
                    Output.result([
                        "model": .string(entry.name), "bytes": .integer(entry.byteCount),
                        "sha256": .string(entry.sha256), "license": .string(entry.license),
                        "present": .bool(isPresent), "path": .string(catalog.path(of: entry)),
                    ])
                } else {
                    Output.result(
                        """
                        \(entry.name)
                          file     \(catalog.path(of: entry))
                          bytes    \(entry.byteCount)
                          sha256   \(entry.sha256)
                          license  \(entry.license)
                          state    \(isPresent ? "present" : "not fetched; `warrant model fetch \(entry.name)` gets it")
                        """)
                }
            }
        }
    }
}
