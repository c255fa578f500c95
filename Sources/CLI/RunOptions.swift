import ArgumentParser

/// What `run` and `resume` share.
struct RunOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The model: a name from `warrant model list`, a .gguf file, or scripted:FILE (JSON Lines: step, value, confidence).",
            valueName: "M"))
    var model: String?

    @Flag(name: .long, help: "One JSON value a line on standard output; the last one is the verdict.")
    var json = false

    @Flag(name: .long, help: "Ask the model everything again, also what it answered in an earlier run.")
    var fresh = false

    @Flag(name: .long, help: "Ask nobody: park at every question, also at a terminal.")
    var unattended = false
}
