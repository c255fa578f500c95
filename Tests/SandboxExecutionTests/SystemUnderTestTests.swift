import Foundation
import SandboxExecution
import Synchronization
import Testing

@Suite struct SystemUnderTestTests {
    private static let script = """
        #!/bin/sh
        read -r line
        case "$line" in
          yes) echo '{"a": 1}' ;;
          quiet) exit 0 ;;
          no) echo "not valid" >&2; exit 1 ;;
          odd) exit 3 ;;
          crash) kill -SEGV $$ ;;
          hang) sleep 1000 ;;
          flood) yes ;;
          long) head -c 2000000 /dev/zero ;;
        esac
        """

    // A wall limit far above what any of these needs on a busy machine; the tests about limits set their own.
    private func system(wall: Duration = .seconds(180)) throws -> (SystemUnderTest, Scratch) {
        let scratch = try Scratch()
        try scratch.write("sut", Self.script, executable: true)
        return (
            try SystemUnderTest(argvTemplate: "./sut --strict", workspace: scratch.path, wallLimit: wall),
            scratch
        )
    }

    @Test(arguments: [
        ("yes", CaseRun.Outcome.accepted(value: Array("{\"a\": 1}\n".utf8))),
        ("quiet", .accepted(value: [])),
        ("no", .rejected),
        ("odd", .error(.exit(3))),
        ("crash", .error(.signal(11))),
        ("flood", .error(.outputLimit(16 << 20))),
        ("long", .error(.outputLimit(1 << 20))),
    ])
    func `each way to end has its own outcome`(input: String, expected: CaseRun.Outcome) async throws {
        let (system, scratch) = try system()
        defer { scratch.keep() }
        let run = try await system.run(input: Array((input + "\n").utf8))
        #expect(run.outcome == expected)
    }

    @Test func `a file is found with another content and a later time, and stays what it is`() async throws {
        let scratch = try Scratch()
        defer { scratch.keep() }
        try scratch.write("a.txt", "as it is\n")
        try scratch.write("b.txt", "another\n")
        var system = SystemUnderTest(
            argv: ["sh", "-c", "cat a.txt b.txt; stat -c %Y a.txt"], workspace: scratch.path,
            wallLimit: .seconds(180))
        func shown() async throws -> [String] {
            guard case .accepted(let bytes) = try await system.run(input: []).outcome else { return [] }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { String($0) }
        }
        let before = try await shown()
        #expect(before.prefix(2) == ["as it is", "another"])
        system.replacements = [
            try ConfinedPath("a.txt"): FileReplacement(
                bytes: Array("replaced, and longer\n".utf8), modifiedSeconds: 4_000_000_000)
        ]
        #expect(try await shown() == ["replaced, and longer", "another", "4000000000"])
        let all = try await system.runAll(inputs: [[], []])
        #expect(all.allSatisfy { String(decoding: $0.standardOutput, as: UTF8.self).hasPrefix("replaced") })
        system.replacements = [:]
        #expect(try await shown() == before)
    }

    @Test func `a hanging system is a timeout that names the limit`() async throws {
        let (system, scratch) = try system(wall: .milliseconds(300))
        defer { scratch.keep() }
        let run = try await system.run(input: Array("hang\n".utf8))
        #expect(run.outcome == .error(.timeout(.milliseconds(300))))
        #expect(run.outcome.description == "did not end within 300 ms")
    }

    @Test func `a missing system is an error of its own`() async throws {
        let system = SystemUnderTest(argv: ["no-such-system"], workspace: nil)
        let run = try await system.run(input: [])
        guard case .error(let failure) = run.outcome else {
            Issue.record("\(run.outcome)")
            return
        }
        #expect(failure.kind == "missing")
        #expect(failure.description.contains("no-such-system"))
    }

    @Test func `results come back in the order of the inputs`() async throws {
        let (system, scratch) = try system()
        defer { scratch.keep() }
        let inputs = ["yes", "no", "odd", "quiet", "no", "crash", "yes"]
        let counts = Mutex<[Int]>([])
        let runs = try await system.runAll(inputs: inputs.map { Array(($0 + "\n").utf8) }, parallel: 3) {
            done, total in
            counts.withLock { $0.append(done) }
            #expect(total == inputs.count)
        }
        let words = runs.map(\.outcome.description)
        #expect(
            words.map { $0.split(separator: " ")[0] } == [
                "accepted", "rejected", "ended", "accepted", "rejected", "crashed", "accepted",
            ])
        #expect(counts.withLock { $0 } == Array(1...inputs.count))
    }

    @Test func `no inputs give no results`() async throws {
        let (system, scratch) = try system()
        defer { scratch.keep() }
        #expect(try await system.runAll(inputs: []).isEmpty)
    }

    @Test func `a sandbox that cannot be built stops all cases`() async throws {
        let system = SystemUnderTest(
            argv: ["true"], workspace: nil, executor: SandboxExecutor(bubblewrapPath: nil))
        let error = await #expect(throws: SandboxError.self) {
            try await system.runAll(inputs: [[], [], []])
        }
        #expect(error?.code == .unavailable)
    }
}
