import Databases
import Foundation
import JSONSchemas
import TestSupport
import Testing

/// Row D3 of the crash matrix, and D1 on a real file system: a state folder that is mounted read-only, or lies on a file
/// system that is full. Mounts are private to the one command.
@Suite(.enabled(if: PrivateMount.isAllowed, "no private mounts for this user on this machine"))
struct RefusedStorageTests {
    private let command: Command

    init() throws {
        command = try Command()
        try command.folder.write(Workflows.filing, to: "filing/workflow.yaml")
        try command.folder.write(Workflows.rows, to: "filing/rows.jsonl")
        try command.folder.write(Workflows.script, to: "script.jsonl")
    }

    /// A run that waits for its resume: three issues are approved and none is filed.
    private func approved() throws -> String {
        let parked = try command.verdict(
            [
                "run", command.folder.path("filing"), "--model", "scripted:" + command.folder.path("script.jsonl"),
                "--output", command.folder.path("out"),
            ], exit: 2)
        let run = try #require(parked.verdict?["run"]?.stringValue)
        #expect(try command.run(["approve", run, "all"]).status == 0)
        return run
    }

    /// Runs `warrant` in a mount namespace of its own, after `commands`; `after` has its exit code in `$code`.
    private func inside(_ commands: String, _ arguments: [String], after: String = "") throws -> Finished {
        try command.run(
            arguments + ["--json"], environment: ["COPY": command.folder.path("copy")],
            shell: """
                exec unshare --map-root-user --mount bash -c '
                set -e
                \(commands)
                code=0; "$@" || code=$?
                \(after)
                exit $code' bash "$@"
                """)
    }

    @Test func `a read-only state folder is one clear error and nothing is done`() throws {
        let run = try approved()
        let refused = try inside(
            #"mount --bind "$WARRANT_HOME" "$WARRANT_HOME"; mount -o remount,bind,ro "$WARRANT_HOME""#, ["resume", run])
        #expect(refused.status == 74, "\(refused.status): \(refused.errors)")
        #expect(refused.errors.contains("warrant: Can't "), "\(refused.errors)")
        #expect(refused.verdict?["exit"] == 74)
        #expect(try command.issues() == [])
        // Control: writable again, it goes on.
        try command.verdict(["resume", run], exit: 0)
        #expect(try command.issues() == ["one", "two", "three"])
        #expect(try command.run(["verify"]).status == 0)
    }

    @Test func `a full file system stops a run, which goes on where there is space`() throws {
        let run = try approved()
        var refusals = 0
        for kibibytes in [64, 512, 2_048, 9_000, 12_000] {
            let result = try inside(
                """
                used=$(du -sk "$WARRANT_HOME" | cut -f1)
                cp -a "$WARRANT_HOME" "$COPY-\(kibibytes)"
                mount -t tmpfs -o size=$((used + \(kibibytes)))k tmpfs "$WARRANT_HOME"
                cp -a "$COPY-\(kibibytes)/." "$WARRANT_HOME/"
                rm -r "$COPY-\(kibibytes)"
                """, ["resume", run],
                after: #"cp -a "$WARRANT_HOME" "$COPY-\#(kibibytes)""#)
            guard result.status != 0 else { continue }
            refusals += 1
            #expect(result.status == 74, "\(kibibytes): \(result.errors)")
            #expect(result.errors.contains("Can't "), "\(kibibytes): \(result.errors)")
            // What lay on the full file system goes on elsewhere.
            let elsewhere = ["WARRANT_HOME": command.folder.path("copy-\(kibibytes)")]
            try command.verdict(["resume", run], exit: 0, environment: elsewhere)
            #expect(try command.run(["verify"], environment: elsewhere).status == 0)
            let tracker = try LocalTracker(path: command.folder.path("copy-\(kibibytes)/tracker.sqlite"))
            #expect(try tracker.list().map(\.title) == ["one", "two", "three"], "\(kibibytes)")
        }
        #expect(refusals > 0, "no size was too small")
        // The state folder itself was never touched.
        #expect(try command.issues() == [])
    }
}

/// Mounts that only one process and its children see.
enum PrivateMount {
    /// Whether this user may mount in a namespace of its own.
    static let isAllowed: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
