import Foundation
import JSONSchemas
import TestSupport
import Testing

/// What `warrant sandbox exec` passes through and brings back, as whoever runs the tests.
@Suite struct SandboxExecTests {
    private let command: Command

    init() throws {
        command = try Command()
    }

    private func exec(_ script: String, _ options: [String] = []) throws -> Finished {
        try command.sandbox(["exec"] + options + ["--", "sh", "-c", script])
    }

    @Test(arguments: [0, 1, 5, 78, 124, 127, 255])
    func `the exit code is the command's`(code: Int32) throws {
        let finished = try exec("exit \(code)")
        #expect(finished.status == code)
        #expect(finished.errors.isEmpty)
    }

    @Test func `a signal that ended the command is 128 more than its number`() throws {
        #expect(try exec("kill -TERM $$").status == 128 + SIGTERM)
        #expect(try exec("kill -KILL $$").status == 128 + SIGKILL)
    }

    @Test func `both streams and the arguments are passed on as they are`() throws {
        let finished = try command.sandbox([
            "exec", "--", "sh", "-c", "printf '%s|' \"$@\"; printf 'e\\n' >&2", "sh", "a b", "$HOME", "--profile",
            "x\ny", "",
        ])
        #expect(finished.status == 0)
        #expect(finished.output == "a b|$HOME|--profile|x\ny||")
        #expect(finished.errors == "e\n")
    }

    @Test func `a folder is changed as the profile says`() throws {
        let folder = try command.folder.makeFolder("project")
        try command.folder.write("before\n", to: "project/text")
        let script = "echo after > text && mkdir sub && echo new > sub/made"
        let strict = try exec(script, ["--workspace", folder, "--profile", "strict"])
        #expect(strict.status != 0)
        #expect(try command.folder.text(of: "project/text") == "before\n")
        #expect(try exec(script, ["--workspace", folder]).status == 0)
        #expect(try command.folder.text(of: "project/text") == "after\n")
        #expect(try command.folder.text(of: "project/sub/made") == "new\n")
    }

    @Test func `what is not brought back is listed with names that hide nothing`() throws {
        let folder = try command.folder.makeFolder("project")
        let script = """
            echo x > kept; mkdir .git; echo x > .git/hook; ln -s /etc/passwd link
            echo x > "$(printf 'a\\nb')"; echo x > "$(printf 'c\\377')"; echo x > "$(printf '\\033[31mred')"; exit 3
            """
        let finished = try exec(script, ["--workspace", folder])
        #expect(finished.status == 3)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["kept"])
        let lines = finished.errors.split(separator: "\n")
        #expect(lines.count == 5, "\(finished.errors)")
        for name in [".git", "link", #"a\x0Ab"#, #"c\xFF"#, #"\x1B[31mred"#] {
            #expect(lines.contains { $0.hasPrefix("warrant: not brought back: `\(name)`: ") }, "\(finished.errors)")
        }
        #expect(!finished.errors.utf8.contains(0x1B) && !finished.errors.utf8.contains(0xFF))
    }

    @Test func `names with a newline or invalid bytes are copied`() throws {
        let folder = try command.folder.makeFolder("project")
        let made = SandboxWrapper(
            shell: #"(cd "$FOLDER/project" && echo n > $'a\nb' && echo b > $'c\377')"#)
        let read = ["exec", "--workspace", folder, "--", "sh", "-c", #"cat "$(printf 'a\nb')" "$(printf 'c\377')""#]
        let finished = try command.sandbox(read, in: made)
        #expect(finished.status == 0, "\(finished.errors)")
        #expect(finished.output == "n\nb\n")
    }

    @Test func `a folder in shared memory, another device, works`() throws {
        let folder = "/dev/shm/warrant-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let finished = try exec("echo x > made", ["--workspace", folder])
        #expect(finished.status == 0, "\(finished.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["made"])
    }

    @Test func `output is passed on whole and as it comes`() throws {
        // More than what is kept of a stream for other uses, and less than what ends the command.
        let finished = try exec("seq 1 300000")
        #expect(finished.status == 0)
        #expect(finished.output == (1...300_000).map { "\($0)\n" }.joined())
        #expect(finished.errors == "")
        // Ended by a limit, it leaves what it had written.
        let ended = try exec("echo early; echo err >&2; sleep 60", ["--wall", "2s"])
        #expect(ended.status == 124)
        #expect(ended.output == "early\n")
        #expect(ended.errors.hasPrefix("err\n"))
    }

    @Test func `standard input that does not end is a limit, and input that ends is passed on`() throws {
        let late = try command.sandbox(
            ["exec", "--wall", "500ms", "--", "true"], in: SandboxWrapper(shell: "exec < <(sleep 5)"))
        #expect(late.status == 124)
        #expect(late.errors.contains("standard input did not end within the `wall` limit of 500 ms"), "\(late.errors)")
        let ended = try command.sandbox(
            ["exec", "--wall", "20s", "--", "cat"], in: SandboxWrapper(shell: "exec < <(echo text)"))
        #expect(ended.output == "text\n", "\(ended.errors)")
    }

    @Test func `an exit status is not taken for a limit on processor time`() throws {
        let finished = try exec("exit 152")
        #expect(finished.status == 152)
        #expect(finished.errors == "")
        // The control arm: the limit itself, by the same signal.
        let profile = try command.folder.write("profile: short\nlimits: {cpu: 1s, wall: 30s}\n", to: "short.yaml")
        let ended = try exec("while :; do :; done", ["--profile", profile])
        #expect(ended.status == 124)
        #expect(ended.errors.contains("the `cpu` limit of 1 s ended the command"), "\(ended.errors)")
    }

    @Test func `what is not copied is said when the command fails`() throws {
        let folder = try command.folder.makeFolder("project")
        try command.folder.write("x", to: "project/.env")
        let tool = try command.folder.write("#!/bin/sh\n", to: "project/.git/tool")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool)
        let failed = try exec("cat .env", ["--workspace", folder])
        #expect(failed.status == 1)
        #expect(failed.errors.contains("not copied into the sandbox: `.env`, `.git`"), "\(failed.errors)")
        let missing = try command.sandbox(["exec", "--workspace", folder, "--", "./.git/tool"])
        #expect(missing.status == 126)
        #expect(missing.errors.contains("`.git` is not copied into the sandbox"), "\(missing.errors)")
        #expect(try exec("true", ["--workspace", folder]).errors == "")
    }

    @Test func `many refusals are counted, not listed`() throws {
        let folder = try command.folder.makeFolder("project")
        let script = "i=0; while [ $i -lt 150 ]; do mkfifo f$i; i=$((i+1)); done"
        let finished = try exec(script, ["--workspace", folder])
        let lines = finished.errors.split(separator: "\n")
        #expect(lines.count == 101)
        #expect(lines.last == "warrant: not brought back: 50 more")
    }

    @Test func `the folder may hold as many small files as its limit lets it`() throws {
        let folder = try command.folder.makeFolder("project")
        for index in 0..<16 {
            try command.folder.write(String(repeating: "x", count: 4096), to: "project/full\(index)")
        }
        let profile = try command.folder.write(
            "profile: small\nworkspace: scratch\nlimits: {workspace: 64KiB}\n", to: "small.yaml")
        #expect(try exec("true", ["--workspace", folder, "--profile", profile]).status == 0)
        // The control arm: what the command itself writes is limited.
        let filled = try exec("head -c 1000000 /dev/zero > more", ["--workspace", folder, "--profile", profile])
        #expect(filled.status == 124, "\(filled.errors)")
        #expect(filled.errors.contains("the `disk` limit of 64 KiB"), "\(filled.errors)")
    }

    @Test func `output that can't be written is 74`() throws {
        let full = SandboxWrapper(shell: "exec > /dev/full")
        try command.sandbox(["exec", "--", "echo", "x"], in: full)
            .expectSentence(exit: 74, says: ["standard output: No space left on device"])
    }

    @Test(arguments: ["exec <&-", "exec >&-", "exec 2>&-", "exec <&- >&- 2>&-"])
    func `a stream that is closed takes and gives nothing`(closing: String) throws {
        let folder = try command.folder.makeFolder("project")
        let exec = ["exec", "--workspace", folder, "--", "sh", "-c", "cat; echo x; echo y >&2; echo z > made; exit 3"]
        let finished = try command.sandbox(exec, in: SandboxWrapper(shell: closing))
        #expect(finished.status == 3, "\(finished.errors)")
        #expect(finished.output == (closing.contains(" >&-") ? "" : "x\n"))
        #expect(finished.errors == (closing.contains("2>&-") ? "" : "y\n"))
        #expect(try command.folder.text(of: "project/made") == "z\n")
    }

    @Test func `the doctor finds nothing, and says so in JSON`() throws {
        let finished = try command.verdict(["sandbox", "doctor"], exit: 0)
        let checks = finished.output.split(separator: "\n").dropLast()
        #expect(checks.count == 15)
        for line in checks { #expect(try JSONValue(parsing: Array(line.utf8))["passed"] == true, "\(line)") }
    }
}
