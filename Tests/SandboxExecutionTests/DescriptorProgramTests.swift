import Foundation
import SandboxExecution
import Testing

/// Programs that are started by descriptor. The program is a shell's copy, so that it can be told what to try.
@Suite struct DescriptorProgramTests {
    private static let isRoot = geteuid() == 0

    /// The copy, alone in its folder.
    private func shell(in scratch: Scratch, permissions: Int = 0o755) throws -> String {
        let path = scratch.path + "/tool"
        let original = URL(fileURLWithPath: "/bin/sh").resolvingSymlinksInPath()
        try FileManager.default.copyItem(at: original, to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
        return path
    }

    private func run(
        _ script: String, by path: String, without layers: Set<SandboxLayer> = [], input: String = ""
    ) async throws -> SandboxOutcome {
        let command = SandboxCommand(
            argv: ["tool", "-c", script], standardInput: Array(input.utf8), program: .file(path))
        return try await SandboxExecutor(without: layers).run(
            command, profile: SandboxProfile(wallLimit: .seconds(30)))
    }

    @Test func `the program has its name, its arguments and its input, and no path inside`() async throws {
        let scratch = try Scratch()
        let path = try shell(in: scratch)
        let outcome = try await run("echo $0; cat; ls \(path) /tmp", by: path, input: "given\n")
        #expect(outcome.text == "tool\ngiven\n/tmp:\n")
        #expect(outcome.termination != .exited(0), "`ls` found the program by its path")
        // The control arm: shown by its path, it is there.
        let shown = SandboxProfile(readOnlyPaths: [path])
        let byPath = try await SandboxExecutor().run(
            SandboxCommand(argv: [path, "-c", "ls \(path)"]), profile: shown)
        #expect(byPath.text == path + "\n")
    }

    @Test(.enabled(if: isRoot, "Only a caller that is root has folders that are closed to the sandbox's user."))
    func `a program in a closed folder of root's runs by descriptor and not by path`() async throws {
        let scratch = try Scratch()
        let path = try shell(in: scratch)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: scratch.path)
        #expect(try await run("echo ran", by: path).text == "ran\n")
        let error = await #expect(throws: SandboxError.self) {
            try await SandboxExecutor().run(
                SandboxCommand(argv: [path, "-c", "echo ran"]), profile: SandboxProfile(readOnlyPaths: [path]))
        }
        #expect(error?.reason.contains("Permission denied") == true)
        // A file that is closed itself stays closed: the kernel looks at it as at any other.
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        #expect(try await run("echo ran", by: path).text == "")
    }

    @Test func `no descriptor but the three streams is open in the program`() async throws {
        let scratch = try Scratch()
        let path = try shell(in: scratch)
        #expect(try await run("ls /proc/$$/fd; true", by: path).text == "0\n1\n2\n")
    }

    /// The program's file is the machine's own. It is held open over the start of another program, since a file that
    /// is being executed can't be written to by anybody.
    private static let rewrite = "exec 3</proc/self/exe; exec /bin/sh -c 'echo x >> /proc/self/fd/3 && echo written'"

    @Test(arguments: [
        (rewrite, SandboxLayer.landlock, "written\n"),
        ("chmod 0100 /proc/$$/exe && echo changed", .seccomp, "changed\n"),
        ("touch -d 2001-01-01 /proc/$$/exe && echo touched", .seccomp, "touched\n"),
    ])
    func `the program can't change its own file`(script: String, layer: SandboxLayer, said: String) async throws {
        let scratch = try Scratch()
        let path = try shell(in: scratch, permissions: 0o777)
        // As it is where Warrant is started by an ordinary user, who owns what is installed.
        if Self.isRoot { try FileManager.default.setAttributes([.ownerAccountID: 65534], ofItemAtPath: path) }
        let before = try state(of: path)
        #expect(try await run(script, by: path).text == "")
        #expect(try state(of: path) == before)
        // The control arm: ownership alone would allow it.
        #expect(try await run(script, by: path, without: [layer]).text == said)
        #expect(try state(of: path) != before)
    }

    private func state(of path: String) throws -> [String] {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return [FileAttributeKey.size, .posixPermissions, .modificationDate].map { "\(attributes[$0] ?? "")" }
    }

    @Test func `attributes of other files stay as they are too, and files are written as ever`() async throws {
        let scratch = try Scratch()
        let path = try shell(in: scratch)
        let script = "echo x > /tmp/a; cat /tmp/a; chmod 600 /tmp/a || echo refused"
        #expect(try await run(script, by: path).text == "x\nrefused\n")
        #expect(try await sandboxed(script).text == "x\n")
    }

    @Test func `what can't be started by descriptor is missing, with the reason`() async throws {
        let scratch = try Scratch()
        let script = try scratch.write("script", "#!/bin/sh\necho ran\n", executable: true)
        let closed = try scratch.write("closed", "#!/bin/sh\n")
        // Unsafe only for the path pointer, which lives as long as the call.
        try #require(unsafe mkfifo(scratch.path + "/pipe", 0o777) == 0)
        for path in [script, closed, scratch.path, scratch.path + "/none", scratch.path + "/pipe"] {
            guard case .missing(let program, let reason) = try await run("", by: path).termination else {
                Issue.record("\(path) was started")
                continue
            }
            #expect(program == "tool" && !reason.isEmpty)
        }
    }
}
