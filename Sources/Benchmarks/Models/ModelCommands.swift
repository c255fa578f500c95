/// The commands that measure how weights are run.
enum ModelCommands {
    private static let model = BenchmarkCommand.Option(
        "--model", "NAME", "a name from `warrant model list` or a GGUF file, again for more (default)")
    private static let threads = BenchmarkCommand.Option("--threads", "N", "threads of an evaluation (the cores)")
    private static let context = BenchmarkCommand.Option("--context", "N", "tokens of the context")
    private static let rounds = BenchmarkCommand.Option("--rounds", "N", "how often each is done (3)")
    private static let json = BenchmarkCommand.Option("--json", "", "taken, and the last line is JSON anyway")

    /// What the commands are called with. None needs an argument: the name alone starts some minutes of work.
    static let table = [
        BenchmarkCommand(
            name: "context-settings", operand: "",
            summary: ["What each setting of llama.cpp's context costs and gains. Takes a quarter of an hour."],
            options: [
                model, rounds, .init("--filter", "TEXT", "only settings whose name holds this"), context, threads,
                .init("--json", "", "JSON lines instead of a table"),
            ]),
        BenchmarkCommand(
            name: "parallel", operand: "",
            summary: ["The same short generations, so many at once. Takes some minutes."],
            options: [
                model, rounds, .init("--parallel", "N,N", "how many at once (1,4,16)"),
                .init("--count", "N", "how many generations (24)"), context, threads, json,
            ]),
        BenchmarkCommand(
            name: "soak", operand: "",
            summary: [
                "Many short generations, a fourth of them cancelled at random moments. Fails when memory grows by more than",
                "50 MB after the first fifty, or when anything of a generation is left. Takes ten minutes and more.",
            ],
            options: [
                model, .init("--count", "N", "how many generations (500)"),
                .init("--parallel", "N", "how many at once (16)"), context, threads, json,
            ]),
        BenchmarkCommand(
            name: "cold-start", operand: "",
            summary: [
                "Seconds from the start of a process to its first sampled token, with the start of the prompt on the disk,",
                "and memory beyond the weights and the cache (`over_mb`). Takes a minute.",
            ],
            options: [model, rounds, context, threads, json]),
    ]

    /// The part of the help.
    static let usage =
        (table.map(\.help) + [
            "Exit codes of these: 0 done, 1 weights that can't be loaded or a failed measurement, 64 wrong arguments."
        ]).joined(separator: "\n\n")
    static let names = Set(table.map(\.name))

    static func run(_ command: String, _ words: [String]) async throws {
        let arguments = try ModelArguments(command: command, words)
        switch command {
        case "context-settings": try await ContextSettingsCommand.run(arguments)
        case "parallel": try await ParallelCommand.run(arguments)
        case "cold-start": try await ColdStartCommand.run(arguments)
        default: try await SoakCommand.run(arguments)
        }
    }
}
