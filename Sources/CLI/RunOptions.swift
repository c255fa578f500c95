import ArgumentParser

/// What `run` and `resume` share.
struct RunOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The model: a name from `warrant model list`, a .gguf file, an OpenAI-compatible server as http://127.0.0.1:8080/v1#NAME (its key from WARRANT_API_KEY), or scripted:FILE (JSON Lines: step, value, confidence).",
            valueName: "M"))
    var model: String?

    @Flag(name: .long, help: "One JSON value a line on standard output; the last one is the verdict.")
    var json = false

    @Flag(name: .long, help: "Ask the model everything again, also what it answered in an earlier run.")
    var fresh = false

    @Flag(
        name: .long,
        help: "The same run gives the same answers to the last bit; slower, and one generation at a time.")
    var deterministic = false

    @Flag(name: .long, help: "Ask nobody: park at every question, also at a terminal.")
    var unattended = false
}
