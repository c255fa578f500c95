import WorkflowFormat

/// The commands that an operator lists, as far as a repair plans with them. The policy decides on each call all the same,
/// so what is planned here can only be less than what it permits.
public struct OperatorList: Hashable, Sendable {
    /// What to do with a step whose command isn't listed.
    public enum Unlisted: String, Hashable, Sendable {
        /// The policy refuses it, and the repair ends there.
        case stop
        /// The step is left out, and the record says so.
        case leaveOut = "leave_out"
    }

    private let lines: [String]?
    private let unlisted: Unlisted

    /// A list of commands, one a line; without one a person decides on each.
    public init(_ lines: [String]? = nil, unlisted: Unlisted = .stop) {
        self.lines = lines
        self.unlisted = unlisted
    }

    /// Whether the step of a command is left out, since no line permits it, or none permits it to change something.
    func leavesOut(_ words: [String], changing: Bool) -> Bool {
        guard unlisted == .leaveOut, let lines = commandLines else { return false }
        return changing ? !permitsChange(words, lines) : !CommandPattern.permits(words, by: lines)
    }

    /// Whether the step of a command is left out whatever fills its holes: it needs a shell, or no line has its program.
    func leavesOut(_ command: GuideCommand) -> Bool {
        guard unlisted == .leaveOut, let lines = commandLines else { return false }
        guard command.refusal == nil, let program = command.argv.first else { return true }
        return !lines.contains { CommandPattern($0)?.program == program }
    }

    /// Whether an edit of a file is left out.
    func leavesOutEdit(of path: String) -> Bool {
        guard unlisted == .leaveOut, let lines else { return false }
        return !CommandPattern.permits(["write", path], by: lines)
    }

    /// Whether a listed command must not change anything: it has arguments, and only its program is listed. Such a line
    /// is enough to look, where nothing can be changed.
    func onlyLooks(_ words: [String]) -> Bool {
        guard let lines = commandLines, CommandPattern.permits(words, by: lines) else { return false }
        return !permitsChange(words, lines)
    }

    private func permitsChange(_ words: [String], _ lines: [String]) -> Bool {
        lines.contains { CommandPattern($0)?.permitsChange(words) == true }
    }

    /// The lines that name a command; `write PATH` names a file.
    private var commandLines: [String]? {
        lines?.filter { $0.split(whereSeparator: \.isWhitespace).first != "write" }
    }
}
