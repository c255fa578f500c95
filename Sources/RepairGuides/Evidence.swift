import JSONSchemas

/// What a command or a file showed.
struct Evidence: Hashable {
    /// The command, or the file's path.
    let source: String
    /// Both output streams, or the file's text.
    let text: String
    /// Standard output alone.
    let output: String
    /// The exit status; nil for a file and for a command that didn't end by itself.
    let status: Int?
    /// How it ended, in words.
    let ending: String
    /// Whether a command failed and says that it might not write: where it may only look, that tells nothing of the
    /// machine. It may be the fault all the same, so that nothing is called sound beside it.
    let wasKeptBack: Bool
    /// Whether it can't be known what the command would have shown.
    let isBlind: Bool
    /// Whether it shows the fault.
    var showsFault = false

    /// From the result of a check or a run.
    init(_ result: JSONValue, of command: String) {
        source = command
        output = result["stdout"]?.stringValue ?? ""
        let errors = result["stderr"]?.stringValue ?? ""
        text = output.isEmpty || errors.isEmpty ? output + errors : output + "\n" + errors
        status = result["exit"]?.intValue
        ending = result["ending"]?.stringValue ?? "no result"
        wasKeptBack = status != nil && status != 0 && Self.speaksOfWriting(errors)
        isBlind = result["blind"]?.boolValue == true || status == nil || wasKeptBack
    }

    private static func speaksOfWriting(_ errors: String) -> Bool {
        let text = errors.lowercased()
        return text.contains("read-only file system") || text.contains("permission denied")
    }

    init(file: String, text: String) {
        source = file
        self.text = text
        output = text
        status = nil
        ending = "read"
        wasKeptBack = false
        isBlind = false
    }

    var lines: [String] {
        text.split(whereSeparator: \.isNewline).map(String.init)
    }
}
