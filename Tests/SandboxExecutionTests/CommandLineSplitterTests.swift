import SandboxExecution
import Testing

@Suite struct CommandLineSplitterTests {
    @Test(arguments: [
        ("python3 sut.py", ["python3", "sut.py"]),
        ("  a\t b  ", ["a", "b"]),
        ("a 'b c' \"d e\" f\\ g", ["a", "b c", "d e", "f g"]),
        ("a 'x'\"y\"z ''", ["a", "xyz", ""]),
        (#"a "\"q\" \n \\ \$x" '\n'"#, ["a", #""q" \n \ $x"#, #"\n"#]),
        ("a '|&;<>$()' \\|", ["a", "|&;<>$()", "|"]),
    ])
    func `quoting works as in a shell`(line: String, arguments: [String]) throws {
        #expect(try CommandLineSplitter.split(line) == arguments)
    }

    @Test(arguments: [
        "", "   ", "''", "a 'b", "a \"b", "a \\", "a | b", "a > b", "a; b", "a && b", "a $HOME", "a `b`",
        "a\nb",
    ])
    func `what only a shell could do is refused`(line: String) {
        let error = #expect(throws: SandboxError.self) { try CommandLineSplitter.split(line) }
        #expect(error?.code == .invalidCommand)
    }
}
