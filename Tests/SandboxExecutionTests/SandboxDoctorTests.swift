import Foundation
import SandboxExecution
import Testing

@Suite struct SandboxDoctorTests {
    @Test func `every promise holds on this machine`() async {
        let checks = await SandboxExecutor.doctor()
        #expect(checks.count == 8)
        for check in checks { #expect(check.passed, "\(check.name): \(check.detail) \(check.fix)") }
    }

    @Test func `a missing bubblewrap is named with its fix`() async {
        let checks = await SandboxDoctor(executor: SandboxExecutor(bubblewrapPath: nil)).checks()
        #expect(checks.map(\.passed) == [false])
        #expect(checks[0].fix.contains("apt-get"))
    }

    @Test func `a sandbox that cannot be built is named with its fix`() async throws {
        let failed = try await failedChecks(replacing: "--unshare-all", by: "--no-such-option")
        #expect(failed.map(\.name) == ["namespaces work"])
        #expect(failed.first?.fix.isEmpty == false)
    }

    /// One option of the sandbox is taken away or turned round; the check it belongs to must notice.
    @Test(arguments: [
        ("--unshare-all", "--unshare-pid --unshare-ipc --unshare-uts", "network is cut"),
        ("--remount-ro /", "", "system is read-only"),
        ("--clearenv", "--setenv LEAKED x", "nothing is inherited"),
    ])
    func `a weakened sandbox is found out`(option: String, replacement: String, check: String) async throws {
        let failed = try await failedChecks(replacing: option, by: replacement)
        #expect(failed.map(\.name) == [check])
    }

    @Test(.enabled(if: geteuid() == 0, "Only root is the owner of the kernel's settings."))
    func `a writable kernel setting is found out`() async throws {
        let failed = try await failedChecks(replacing: "--remount-ro /proc", by: "")
        #expect(failed.map(\.name) == ["system is read-only"])
    }

    private func failedChecks(replacing option: String, by replacement: String) async throws -> [SandboxCheck] {
        let scratch = try Scratch()
        defer { scratch.keep() }
        // Changes its own options, none of which holds a space, and passes the command on untouched.
        let weakened = try scratch.write(
            "bwrap",
            """
            #!/bin/bash
            from=" \(option) "; to=" \(replacement) "
            head=(); while [ "$1" != -- ]; do head+=("$1"); shift; done
            line=" ${head[*]} "
            exec /usr/bin/bwrap ${line/"$from"/"$to"} "$@"
            """, executable: true)
        return await SandboxDoctor(executor: SandboxExecutor(bubblewrapPath: weakened)).checks().filter {
            !$0.passed
        }
    }
}
