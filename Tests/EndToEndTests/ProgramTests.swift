import Foundation
import JSONSchemas
import TestSupport
import Testing

/// Programs under test that misbehave, and a person who stops a run while one works.
@Suite(.serialized) struct ProgramTests {
    private let command: Command

    init() throws {
        command = try Command()
        try command.folder.write(Workflows.cases, to: "testing/cases.jsonl")
    }

    private func arguments(_ program: String, wall: Int) throws -> [String] {
        let path = try command.folder.write(
            Workflows.testing.replacing("WALL", with: "\(wall)"), to: "testing/workflow.yaml")
        return ["run", path, "--input", "sut=" + program, "--output", command.folder.path("out")]
    }

    private func rows() throws -> [JSONValue] {
        try JSONValue(parsing: command.folder.text(of: "out/result.json"))["rows"]?.arrayValue ?? []
    }

    static let programs: [(script: String, wall: Int, outcome: String)] = [
        ("sh -c 'read x; [ $x = first ]'", 60, "fail"),
        ("sh -c 'read x; [ $x = first ] || kill -SEGV $$'", 60, "error"),
        ("sh -c 'read x; [ $x = first ] || while :; do :; done'", 2, "timeout"),
        ("sh -c 'read x; [ $x = first ] || head -c 1000000000 /dev/zero'", 60, "error"),
    ]

    @Test(arguments: 0..<programs.count)
    func `what a program does to one case is that case's outcome`(index: Int) throws {
        let (script, wall, outcome) = Self.programs[index]
        try command.verdict(try arguments(script, wall: wall), exit: 0)
        #expect(try rows().map { $0["outcome"]?.stringValue } == ["pass", outcome])
    }

    @Test func `a program that is not there is every case's outcome`() throws {
        try command.verdict(try arguments("/no/such/program", wall: 1), exit: 0)
        #expect(try rows().map { $0["outcome"]?.stringValue } == ["error", "error"])
    }

    @Test func `an interrupted run stops at once, leaves no process and is resumed`() throws {
        let marker = "marker-" + UUID().uuidString
        try command.folder.write("", to: "space/go")
        let program = "sh -c 'while [ -e /workspace/go ]; do :; done' \(marker)"
        let started = try command.start(
            try arguments(program, wall: 60) + ["--input", "workspace=" + command.folder.path("space"), "--json"])
        let clock = ContinuousClock()
        let patience = clock.now.advanced(by: .seconds(30))
        // Two programs run at a time; the command's own line holds the marker too.
        while Command.processes(with: marker).count < 3, started.process.isRunning, clock.now < patience {
            sched_yield()
        }
        #expect(Command.processes(with: marker).count >= 3)
        let first = try command.folder.text(of: String(started.outputPath.dropFirst(command.folder.path.count + 1)))
        let line = try #require(first.split(separator: "\n").first)
        let run = try #require(try JSONValue(parsing: Array(line.utf8))["run"]?.stringValue)
        let second = try command.verdict(["resume", run], exit: 75)
        #expect(second.verdict?["reason"]?.stringValue?.contains("\(started.process.processIdentifier)") == true)

        let sent = clock.now
        started.send(SIGINT)
        let stopped = started.wait()
        #expect(sent.duration(to: clock.now) < .seconds(10))
        #expect(stopped.status == 75, "\(stopped.output)\(stopped.errors)")
        #expect(stopped.verdict?["exit"] == 75)
        #expect(Command.processes(with: marker) == [])

        try FileManager.default.removeItem(atPath: command.folder.path("space/go"))
        try command.verdict(["resume", run], exit: 0)
        #expect(try rows().map { $0["outcome"]?.stringValue } == ["pass", "pass"])
    }
}
