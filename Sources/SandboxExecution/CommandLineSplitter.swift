/// Splits a command template into its arguments, with a shell's quoting and nothing else of a shell.
///
/// Single quotes keep everything; double quotes keep everything but backslash escapes of `"`, `\` and `$`;
/// outside quotes a backslash keeps the next character. What a shell would act on is refused unless quoted,
/// so that nobody believes a pipe or a variable works.
package enum CommandLineSplitter {
    private static let refused: Set<Character> = ["|", "&", ";", "<", ">", "$", "`", "(", ")", "\n"]

    /// Returns the arguments of `line`.
    ///
    /// - Throws: ``SandboxError`` with ``SandboxError/Code/invalidCommand``, naming the character at fault.
    package static func split(_ line: String) throws(SandboxError) -> [String] {
        var arguments: [String] = []
        var current: String?
        var characters = line.makeIterator()
        while let character = characters.next() {
            switch character {
            case " ", "\t":
                if let finished = current { arguments.append(finished) }
                current = nil
            case "'":
                current = (current ?? "") + (try singleQuoted(&characters))
            case "\"":
                current = (current ?? "") + (try doubleQuoted(&characters))
            case "\\":
                guard let next = characters.next() else { throw failure("it ends in a backslash") }
                current = (current ?? "") + String(next)
            case _ where refused.contains(character):
                let shown = character == "\n" ? "a line break" : "`\(character)`"
                throw failure(
                    "\(shown) means nothing here, because no shell runs the command",
                    fix: "Quote it if it is part of an argument, or put the pipeline in a script.")
            default:
                current = (current ?? "") + String(character)
            }
        }
        if let finished = current { arguments.append(finished) }
        guard let program = arguments.first, !program.isEmpty else { throw failure("it names no program") }
        return arguments
    }

    private static func singleQuoted(_ characters: inout String.Iterator) throws(SandboxError) -> String {
        var text = ""
        while let character = characters.next() {
            if character == "'" { return text }
            text.append(character)
        }
        throw failure("a single quote is not closed")
    }

    private static func doubleQuoted(_ characters: inout String.Iterator) throws(SandboxError) -> String {
        var text = ""
        while let character = characters.next() {
            if character == "\"" { return text }
            guard character == "\\" else {
                text.append(character)
                continue
            }
            guard let next = characters.next() else { break }
            if next != "\"", next != "\\", next != "$" { text.append("\\") }
            text.append(next)
        }
        throw failure("a double quote is not closed")
    }

    private static func failure(_ reason: String, fix: String? = nil) -> SandboxError {
        SandboxError(.invalidCommand, operation: "read command", reason: reason, fix: fix)
    }
}
