import Testing
import WorkflowFormat

@Suite struct CommandPatternTests {
    @Test(arguments: [
        ("ls", ["ls"], true), ("ls", ["ls", "-l", "logs"], true), ("ls", ["lsof"], false),
        ("kill -0 *", ["kill", "-0", "77"], true), ("kill -0 *", ["kill", "-9", "77"], false),
        ("kill -0 *", ["kill", "-0", "77", "78"], false), ("kill -0", ["kill", "-0", "77"], false),
        ("db x 'REINDEX *'", ["db", "x", "REINDEX a"], true), ("db x 'REINDEX *'", ["db", "x", "DROP a"], false),
        ("cp a b", ["cp", "a", "b"], true), ("cp a b", ["cp", "a", "/etc/b"], false),
        ("tail -n * ...", ["tail", "-n", "3", "a", "b"], true),
        ("a *x*y", ["a", "1x2y"], true), ("a *x*y", ["a", "y1x"], false), ("", ["ls"], false), ("'ls", ["ls"], false),
    ])
    func `a listed command permits what it says and nothing else`(line: String, argv: [String], permits: Bool) {
        #expect((CommandPattern(line)?.permits(argv) ?? false) == permits)
        #expect(CommandPattern.permits(argv, by: [line]) == permits)
    }

    @Test(arguments: [
        ("sed", ["sed", "-i", "d", "x"], false), ("sed", ["sed"], true), ("sed ...", ["sed", "-i", "d", "x"], true),
        ("sed -n p *", ["sed", "-n", "p", "x"], true), ("sed -n p *", ["sed", "-i", "p", "x"], false),
    ])
    func `a program alone permits a change without arguments only`(
        line: String, argv: [String], permits: Bool
    ) throws {
        let pattern = try #require(CommandPattern(line))
        #expect(pattern.permitsChange(argv) == permits)
        #expect(pattern.program == "sed")
    }
}
