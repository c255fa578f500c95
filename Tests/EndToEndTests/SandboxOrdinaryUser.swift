import Foundation
import TestSupport
import Testing

/// Somebody who is not root and whom nobody knows, with a copy of what they run: the repository may lie where only root
/// may look.
final class SandboxOrdinaryUser: Sendable {
    let number = Int.random(in: 200_000..<900_000)
    let command: Command

    /// Only root can become somebody else, and only hand on hierarchies that are there.
    static var canBe: Bool {
        geteuid() == 0
            && ["memory", "pids", "cpuacct"].allSatisfy {
                FileManager.default.fileExists(atPath: "/sys/fs/cgroup/\($0)/cgroup.procs")
            }
    }
    static let reason: Comment = "needs root, to become an ordinary user, and control groups of version 1, to hand on"

    /// Copies the program and makes the user's folders `home` and `project`.
    init() throws {
        command = try Command()
        for folder in ["installed/bin", "installed/share/Sandbox", "home", "project"] {
            try command.folder.makeFolder(folder)
        }
        let copied = try asRoot(
            """
            cp "$WARRANT" "$HELPER" "$FOLDER/installed/bin" && cp -R "$SHARE/Tools" "$FOLDER/installed/share" &&
            cp -R "$SHARE/Sandbox/profiles" "$FOLDER/installed/share/Sandbox" && chmod -R a+rX "$FOLDER" &&
            chown -R \(number):\(number) "$FOLDER/home" "$FOLDER/project"
            """)
        try #require(copied == 0)
    }

    deinit {
        _ = try? asRoot("rmdir /sys/fs/cgroup/*/warrant-\(number)/warrant-* /sys/fs/cgroup/*/warrant-\(number)")
    }

    /// What makes `Command.sandbox` run as this user.
    var wrapper: SandboxWrapper {
        SandboxWrapper(
            shell: """
                shift; set -- setpriv --reuid \(number) --regid \(number) --clear-groups \
                "$FOLDER/installed/bin/warrant" "$@"
                """,
            environment: [
                "HOME": command.folder.path("home"), "WARRANT_HOME": command.folder.path("home"),
                "WARRANT_SHARE": command.folder.path("installed/share"),
            ])
    }

    func sandbox(_ arguments: [String]) throws -> Finished { try command.sandbox(arguments, in: wrapper) }

    /// Runs a script of the test as root and returns its status.
    @discardableResult
    func asRoot(_ script: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script]
        process.standardError = FileHandle.nullDevice
        process.environment = [
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "FOLDER": command.folder.path, "SHARE": Command.repository,
            "WARRANT": Command.executable, "HELPER": Command.built("sandbox-helper"),
        ]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Has the operator hand on control groups to this user.
    func delegateControlGroups() throws {
        try asRoot(
            """
            for c in memory pids cpuacct; do
                mkdir /sys/fs/cgroup/$c/warrant-\(number) && chown -R \(number) /sys/fs/cgroup/$c/warrant-\(number)
            done
            """)
    }
}
