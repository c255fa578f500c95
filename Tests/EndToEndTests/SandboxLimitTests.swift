import Foundation
import TestSupport
import Testing

/// How `warrant sandbox exec` ends where the command doesn't end by itself, and that nothing is brought back then.
@Suite struct SandboxLimitTests {
    private let command: Command
    private let project: String

    init() throws {
        command = try Command()
        project = try command.folder.makeFolder("project")
    }

    private func arguments(_ script: String, _ options: [String] = []) -> [String] {
        ["exec", "--workspace", project] + options + ["--", "sh", "-c", "echo x > made; " + script]
    }

    private var isImported: Bool { command.folder.contains("project/made") }

    /// The shipped profile with smaller limits.
    private func smallProfile() throws -> String {
        let shipped = try String(contentsOfFile: Command.repository + "/Sandbox/profiles/test.yaml", encoding: .utf8)
        var text = shipped
        for (key, value) in [
            ("memory", "32MiB"), ("tmp", "8MiB"), ("workspace", "8MiB"), ("file_size", "16MiB"), ("processes", "12"),
            ("output", "2MiB"), ("cpu", "1s"),
        ] {
            let line = try #require(text.firstMatch(of: try Regex("(?m)^  \(key): .*$")))
            text.replaceSubrange(line.range, with: "  \(key): \(value)")
        }
        return try command.folder.write(text, to: "small.yaml")
    }

    static let limits: [(name: String, script: String, value: String)] = [
        ("memory", "head -c 80000000 /dev/zero | tail -c 80000000 | wc -c", "32 MiB"),
        ("processes", "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 9 & done; wait", "12"),
        ("output", "head -c 3000000 /dev/zero; sleep 9", "2 MiB"),
        ("cpu", "while :; do :; done", "1 s"),
        ("disk", "head -c 9000000 /dev/zero > big; sleep 9", "8 MiB"),
    ]

    @Test(arguments: 0..<limits.count)
    func `a limit ends the command with 124 and nothing is brought back`(index: Int) throws {
        let (name, script, value) = Self.limits[index]
        let profile = ["--profile", try smallProfile()]
        let ended = try command.sandbox(arguments(script, profile))
        #expect(ended.status == 124, "\(ended.errors)")
        let sentence = "warrant: the `\(name)` limit of \(value) ended the command\n"
        #expect(ended.errors.contains(sentence), "\(ended.errors)")
        #expect(!isImported)
        #expect(try command.sandbox(arguments("exit 6", profile)).status == 6)
        #expect(isImported)
    }

    @Test func `the wall limit ends the command with 124 and nothing is brought back`() throws {
        let mark = Command.sleepMark()
        let ended = try command.sandbox(
            arguments("trap '' TERM INT; setsid sleep \(mark) & sleep \(mark)", ["--wall", "500ms"]))
        #expect(ended.status == 124)
        #expect(ended.errors == "warrant: the `wall` limit of 500 ms ended the command\n")
        #expect(Command.processes(with: mark).isEmpty)
        #expect(!isImported)
        #expect(try command.sandbox(arguments("exit 0", ["--wall", "500s"])).status == 0)
        #expect(isImported)
    }

    /// A terminal's Ctrl-C reaches every process of the foreground group, a service's end often all of its processes.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP], [false, true])
    func `an interruption ends everything and brings nothing back`(signal: Int32, toGroup: Bool) throws {
        let mark = Command.sleepMark()
        let started = try command.startSandbox(
            arguments("trap '' INT TERM HUP; setsid sleep \(mark) & sleep \(mark); exit 0"))
        try waitForSleepers(mark)
        let process = started.process.processIdentifier
        try #require(getpgid(process) == process)
        let start = ContinuousClock.now
        kill(toGroup ? -process : process, signal)
        let finished = started.wait()
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(finished.status == 75 && !finished.wasKilled, "\(finished.errors)")
        #expect(finished.errors.contains("warrant: Can't run command in sandbox: the task was cancelled"))
        #expect(Command.processes(with: mark).isEmpty)
        #expect(Command.controlGroups(of: process).isEmpty)
        #expect(!isImported)
    }

    @Test func `the sandbox ended from outside is no end of the command`() throws {
        let mark = Command.sleepMark()
        let started = try command.startSandbox(arguments("sleep \(mark)"))
        try waitForSleepers(mark)
        let process = started.process.processIdentifier
        // The outer of its two processes is the child of `warrant`.
        let bubblewrap = Command.processes(with: mark).compactMap(Int32.init).first { Self.parent(of: $0) == process }
        kill(try #require(bubblewrap), SIGKILL)
        let finished = started.wait()
        finished.expectSentence(exit: 74, says: ["bubblewrap", "SIGKILL", "outside"])
        #expect(Command.processes(with: mark).isEmpty)
        #expect(!isImported)
    }

    @Test func `the tree dies with a killed warrant, and the next one removes what it left`() throws {
        let mark = Command.sleepMark()
        let started = try command.startSandbox(arguments("trap '' TERM; setsid sleep \(mark) & sleep \(mark)"))
        try waitForSleepers(mark)
        let process = started.process.processIdentifier
        started.send(SIGKILL)
        let start = ContinuousClock.now
        #expect(started.wait().wasKilled)
        // Not `Task.sleep`: other tests hold the threads that tasks share, and their time isn't the tree's.
        while !Command.processes(with: mark).isEmpty, ContinuousClock.now - start < .seconds(30) { usleep(5_000) }
        #expect(Command.processes(with: mark).isEmpty)
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(!isImported)
        // Whether they are still there now depends on other tests, whose commands remove them as well.
        #expect(try command.sandbox(arguments("exit 0")).status == 0)
        #expect(Command.controlGroups(of: process).isEmpty)
    }

    /// Waits until a process that the sandboxed shell starts is there; `warrant`, bubblewrap and the shell have the mark
    /// in their arguments too.
    ///
    /// Not with `Task.sleep`, as below: it comes back when another test gives a thread free, and the minute may be over.
    private func waitForSleepers(_ mark: String) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !Command.processes(with: mark).contains(where: { Self.name(of: $0) == "sleep" }) {
            try #require(ContinuousClock.now < deadline)
            usleep(5_000)
        }
    }

    private static func name(of process: String) -> String? {
        FileManager.default.contents(atPath: "/proc/\(process)/comm").map {
            String(decoding: $0.dropLast(), as: UTF8.self)
        }
    }

    private static func parent(of process: Int32) -> Int32? {
        let status = FileManager.default.contents(atPath: "/proc/\(process)/status") ?? Data()
        return String(decoding: status, as: UTF8.self).firstMatch(of: #/PPid:\t(\d+)/#).flatMap { Int32($0.output.1) }
    }
}
