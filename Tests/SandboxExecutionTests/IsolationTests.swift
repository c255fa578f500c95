import Foundation
import SandboxExecution
import Testing

/// What a command must not be able to do. Each test first shows the same script succeeding without the sandbox.
@Suite struct IsolationTests {
    /// Prints `connected` when a TCP connection to the port works, with whichever of three tools is there.
    private static let connect = """
        if command -v /usr/bin/python3 >/dev/null; then
          /usr/bin/python3 -c 'import socket,sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5); print("connected")' $1 $2
        elif command -v /usr/bin/perl >/dev/null; then
          /usr/bin/perl -e 'use IO::Socket::INET; print "connected\\n" if IO::Socket::INET->new(PeerAddr=>$ARGV[0],PeerPort=>$ARGV[1],Timeout=>5)' $1 $2
        else
          /usr/bin/bash -c "exec 3<>/dev/tcp/$1/$2 && echo connected"
        fi
        """

    @Test func `a loopback listener outside cannot be reached`() async throws {
        let listener = try #require(Listener())
        let script = "set -- 127.0.0.1 \(listener.port); \(Self.connect)"
        let scratch = try Scratch()
        #expect(try unsandboxed(script, in: scratch.path).text == "connected\n")
        let outcome = try await sandboxed(script)
        #expect(outcome.text == "")
        #expect(outcome.termination != .exited(0))
    }

    @Test func `an abstract socket outside cannot be reached`() async throws {
        let script = "grep -c @ /proc/net/unix; ls /run /var/run 2>/dev/null | head -1"
        let outcome = try await sandboxed(script)
        #expect(outcome.text == "0\n")
    }

    @Test func `the workspace cannot be written to`() async throws {
        let scratch = try Scratch()
        try scratch.write("kept", "old")
        let script = "echo new > kept && echo x > added && mkdir folder && rm kept && echo done"
        let copy = try Scratch()
        try copy.write("kept", "old")
        #expect(try unsandboxed(script, in: copy.path).text == "done\n")

        for line in [
            "echo new > kept", "echo x > added", "mkdir folder", "rm -f kept", "ln kept b",
        ] {
            let outcome = try await sandboxed(
                line + " && echo done", profile: SandboxProfile(workingDirectory: scratch.path))
            #expect(outcome.text == "", "\(line)")
        }
        // What Landlock doesn't cover happens to the copy alone.
        let outcome = try await sandboxed(
            "chmod 777 kept && echo done", profile: SandboxProfile(workingDirectory: scratch.path))
        #expect(outcome.text == "done\n")
        #expect(
            try FileManager.default.attributesOfItem(atPath: scratch.path + "/kept")[.posixPermissions] as? Int == 0o644
        )
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["kept"])
        #expect(FileManager.default.contents(atPath: scratch.path + "/kept") == Data("old".utf8))
    }

    @Test func `a link in the workspace leads nowhere outside`() async throws {
        let outside = try Scratch()
        let secret = try outside.write("secret", "secret")
        let scratch = try Scratch()
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/link", withDestinationPath: secret)
        #expect(try unsandboxed("cat link", in: scratch.path).text == "secret")
        let outcome = try await sandboxed("cat link", profile: SandboxProfile(workingDirectory: scratch.path))
        #expect(outcome.text == "")
    }

    @Test func `only the temporary folder can be written to`() async throws {
        let control = try await sandboxed("echo x > /tmp/file && cat /tmp/file")
        #expect(control.text == "x\n")
        for path in ["/x", "/usr/x", "/etc/x", "/dev/x", "/workspace/x", "/proc/sys/kernel/hostname"] {
            // Opening for appending changes nothing, even where it would be allowed.
            let outcome = try await sandboxed("exec 3>>\(path) && echo opened")
            #expect(outcome.text == "", "\(path)")
        }
    }

    @Test func `kernel settings cannot be opened for writing`() async throws {
        // Root outside is the owner of these files inside as well, so only the read-only mount protects them.
        let outcome = try await sandboxed(
            """
            find /proc -maxdepth 4 -not -path '/proc/[0-9]*' -not -path '/proc/self/*' -type f -perm /222 2>/dev/null |
            while read file; do (exec 3>>"$file") 2>/dev/null && echo "$file"; done; echo end
            """)
        #expect(outcome.text == "end\n")
    }

    @Test func `the temporary folder is private and empty`() async throws {
        let scratch = try Scratch()
        try scratch.write("file", "x")
        #expect(try unsandboxed("ls -A /tmp | grep -c .", in: scratch.path).text != "0\n")
        let outcome = try await sandboxed("ls -A /tmp; ls \(scratch.path); echo kept > /tmp/mine")
        #expect(outcome.text == "")
        #expect(try await sandboxed("ls -A /tmp").text == "")
    }

    @Test func `home folders and host folders are not there`() async throws {
        let outcome = try await sandboxed(
            "for d in /home /root /run /var /opt /mnt /srv /sys /boot; do [ -e $d ] && echo $d; done; ls /etc"
        )
        #expect(
            outcome.text.split(separator: "\n").allSatisfy { ["alternatives", "ld.so.cache"].contains($0) })
    }

    @Test func `no variable of the caller is visible, not even through process 1`() async throws {
        let name = "SANDBOX_TEST_SECRET"
        // setenv would change this process for all tests; the control arm gives the variable to a child instead.
        let scratch = try Scratch()
        let script = "env; cat /proc/self/environ | tr '\\0' '\\n'"
        #expect(
            try unsandboxed(script, in: scratch.path, environment: [name: "x", "PATH": "/usr/bin:/bin"]).text
                .contains(name))

        let inherited = Set(ProcessInfo.processInfo.environment.keys)
        #expect(inherited.contains("PATH"), "The test process has variables of its own to leak.")
        let outcome = try await sandboxed("env; cat /proc/1/environ /proc/self/environ | tr '\\0' '\\n'")
        let seen = Set(
            outcome.text.split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) }
        )
        #expect(seen.subtracting(["PATH", "LANG", "HOME", "TMPDIR", "PWD", "OLDPWD", "_", "SHLVL"]) == [])
        // Landlock closes another process's environment; without it, that environment is empty.
        #expect(try await sandboxed("cat /proc/1/environ").text == "")
        let open = SandboxExecutor(without: [.landlock])
        let command = SandboxCommand(argv: ["sh", "-c", "wc -c < /proc/1/environ"])
        #expect(try await open.run(command, profile: SandboxProfile()).text == "0\n")
    }

    @Test func `no descriptor of the caller is visible`() async throws {
        let scratch = try Scratch()
        let file = try #require(FileHandle(forReadingAtPath: try scratch.write("open", "x")))
        let number = file.fileDescriptor
        // Foundation opens with close-on-exec; a careless caller would not.
        #expect(fcntl(number, F_SETFD, 0) == 0)
        #expect(number > 2)
        let outcome = try await sandboxed("ls /proc/self/fd; [ -e /proc/self/fd/\(number) ] && echo leaked")
        // `ls` itself opens the folder it lists as 3.
        #expect(outcome.text == "0\n1\n2\n3\n")
        try file.close()
    }

    @Test func `the command is nobody, without capabilities, in namespaces of its own`() async throws {
        let outcome = try await sandboxed(
            "id -u; id -g; hostname; grep -E 'Cap(Eff|Bnd|Prm)' /proc/self/status | tr -d '\\t'")
        #expect(
            outcome.text
                == "65534\n65534\nsandbox\nCapPrm:0000000000000000\nCapEff:0000000000000000\nCapBnd:0000000000000000\n"
        )
    }

    @Test func `further user namespaces are refused`() async throws {
        let scratch = try Scratch()
        let control = try unsandboxed("unshare -U true && echo made", in: scratch.path)
        try #require(
            control.text == "made\n", "unshare does not work outside, so its refusal inside proves nothing")
        #expect(try await sandboxed("unshare -U true && echo made").text == "")
    }

    @Test func `no process outside can be seen`() async throws {
        let outcome = try await sandboxed("ls /proc | grep -E '^[0-9]+$' | wc -l")
        #expect(Int(outcome.text.trimmingCharacters(in: .whitespacesAndNewlines)).map { $0 < 8 } == true)
    }
}

/// A listening loopback port of the test.
private final class Listener {
    let port: UInt16
    private let descriptor: Int32

    init?() {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = descriptor
        // The address outlives the calls, and its size is passed with it.
        let works = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(number, generic, length) == 0 && listen(number, 8) == 0
                    && getsockname(number, generic, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard works else { return nil }
    }

    deinit { close(descriptor) }
}
