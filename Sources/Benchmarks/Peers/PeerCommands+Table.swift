extension PeerCommands {
    private static let model = BenchmarkCommand.Option(
        "--model", "NAME", "a name from `warrant model list` or a GGUF file (default)")
    private static let threads = BenchmarkCommand.Option("--threads", "N", "threads of an evaluation (the cores)")
    private static let lines = BenchmarkCommand.Option(
        "--json", "", "the lines before the last one as JSON too; the last one always is")
    private static let server = BenchmarkCommand.Option(
        "--server", "URL", "a llama-server with the same weights to measure beside it, as http://127.0.0.1:8091")
    private static let rounds = BenchmarkCommand.Option(
        "--rounds", "N", "how often it is done; figures are medians (3)")

    /// What the commands are called with.
    static let table = [
        BenchmarkCommand(
            name: "loop-task", operand: "DIR",
            summary: [
                "An agent's turns with canned results, cold and with the start of the prompt on the disk.",
                "DIR has task.json: system, user, turns, max_tokens_per_turn, tools, results by tool, milestones.",
            ],
            options: [server, model, rounds, threads, lines]),
        BenchmarkCommand(
            name: "triage-batch", operand: "DIR",
            summary: [
                "Tickets answered under a schema, many at once; a server answers one by one and four at once.",
                "DIR has tickets.jsonl (id, text), labels.jsonl (id, and a list of right values a field), system.txt and "
                    + "schema.json.",
            ],
            options: [
                server, model, rounds, .init("--parallel", "N", "how many tickets are worked on at once (16)"), threads,
                lines,
            ]),
        BenchmarkCommand(
            name: "bfcl", operand: "FILE",
            summary: [
                "Single calls, and requests that no function fits: shares of right ones, and of valid calls.",
                "FILE has a case a line as the Berkeley Function Calling Leaderboard writes it: id, category, question, "
                    + "functions, possible_answer.",
            ],
            options: [
                server, model, .init("--limit", "N", "how many cases, each category having its share (all)"),
                .init("--no-decline", "", "leaves out the question whether to call at all"), threads, lines,
            ]),
        BenchmarkCommand(
            name: "call-cost", operand: "FILE",
            summary: [
                "What a call costs under its functions' schemas, against the same tokens written freely.",
                "FILE is as for bfcl; cases that no function fits are passed over.",
            ],
            options: [
                model, rounds, .init("--limit", "N", "how many cases, evenly from all (20)"), threads, lines,
            ]),
    ]

    /// The part of the help.
    static let usage =
        (table.map(\.help) + [
            "Exit codes of these: 0 done, 1 a server or weights that give no answer, 64 wrong arguments, 74 a folder or "
                + "file that can't be read."
        ]).joined(separator: "\n\n")
}
