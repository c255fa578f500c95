import Foundation
import SandboxExecution
import Testing

@Suite struct SandboxDoctorTests {
    @Test func `every promise holds on this machine`() async {
        let checks = await SandboxExecutor.doctor()
        #expect(checks.count == 15)
        for check in checks { #expect(check.passed, "\(check.name): \(check.detail) \(check.fix)") }
    }

    @Test func `a missing bubblewrap is named with its fix`() async {
        let checks = await SandboxDoctor(bubblewrapPath: nil).checks()
        #expect(checks.map(\.passed) == [false])
        #expect(checks[0].fix.contains("apt-get"))
    }

    @Test func `a sandbox that cannot be built is named with its fix`() async throws {
        let failed = try await failedChecks(replacing: "--unshare-user", by: "--no-such-option")
        #expect(failed.map(\.name) == ["namespaces work"])
        #expect(failed.first?.fix.isEmpty == false)
    }

    /// One option of the sandbox is taken away or turned round; the check it belongs to must notice.
    @Test(arguments: [
        ("--unshare-net", "", "network is cut"),
        ("--clearenv", "--setenv LEAKED x", "nothing is inherited"),
        ("--seccomp", "", "system calls are filtered"),
        ("--uid 65534 --gid 65534", "--uid 1 --gid 1", "identity"),
    ])
    func `a weakened sandbox is found out`(option: String, replacement: String, check: String) async throws {
        let failed = try await failedChecks(replacing: option, by: replacement)
        #expect(failed.map(\.name) == [check])
    }

    /// What two layers prevent is found out when both are missing.
    @Test(
        arguments: [
            ([.landlock], "--remount-ro /", "", "system is read-only"),
            ([.landlock, .identity], "--remount-ro /proc", "", "system is read-only"),
            ([.controlGroup], "--no-such", "", "memory is limited"),
            ([.controlGroup], "--no-such", "", "processes are limited"),
            ([.landlock], "--no-such", "", "workspace is guarded"),
            ([.broker], "--no-such", "", "workspace is guarded"),
        ] as [([SandboxLayer], String, String, String)])
    func `a missing layer is found out`(
        layers: [SandboxLayer], option: String, replacement: String, check: String
    ) async throws {
        let failed = try await failedChecks(replacing: option, by: replacement, without: Set(layers))
        #expect(failed.map(\.name).contains(check))
    }

    private func failedChecks(
        replacing option: String, by replacement: String, without layers: Set<SandboxLayer> = []
    ) async throws -> [SandboxCheck] {
        let scratch = try Scratch()
        defer { scratch.keep() }
        // Changes its own options and the helper's, none of which holds a space, and passes the command on untouched.
        let weakened = try scratch.write(
            "bwrap",
            """
            #!/bin/bash
            from=" \(option) "; to=" \(replacement) "
            head=(); while [ "$#" -gt 0 ] && [ "$seen" != 2 ]; do
                if [ "$1" = -- ]; then seen=$((seen + 1)); fi
                if [ "$seen" != 2 ]; then head+=("$1"); shift; fi
            done
            line=" ${head[*]} "
            exec /usr/bin/bwrap ${line/"$from"/"$to"} "$@"
            """, executable: true)
        return await SandboxDoctor(bubblewrapPath: weakened, without: layers).checks().filter {
            !$0.passed
        }
    }
}
