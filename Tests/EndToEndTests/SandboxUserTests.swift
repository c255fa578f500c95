import Foundation
import TestSupport
import Testing

/// `warrant sandbox` as an ordinary user, beside what `SandboxExecTests` shows as the user of the tests.
@Suite(.enabled(if: SandboxOrdinaryUser.canBe, SandboxOrdinaryUser.reason))
struct SandboxUserTests {
    private let user: SandboxOrdinaryUser
    private let project: String

    init() throws {
        user = try SandboxOrdinaryUser()
        project = user.command.folder.path("project")
    }

    private func exec(_ script: String) throws -> Finished {
        try user.sandbox(["exec", "--workspace", project, "--", "sh", "-c", script])
    }

    private func owner(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID] as? Int
    }

    @Test func `without control groups nothing runs, and what is said to get them is enough`() throws {
        let script = "id -u; echo x > made; echo e >&2; exit 7"
        let refused = try exec(script)
        refused.expectSentence(
            exit: 78, says: ["`memory`, `pids`, `cpuacct`", "user \(user.number)", "systemd-run --user --scope"])
        #expect(!user.command.folder.contains("project/made"))
        let doctor = try user.sandbox(["doctor"])
        #expect(doctor.status == 78 && doctor.output.contains("FAIL control groups work: "), "\(doctor.output)")

        // The command for the operator that stands in the second line.
        let mend = try #require(refused.errors.firstMatch(of: #/`(for c in [^`]+; done)`/#)?.output.1)
        #expect(try user.asRoot(String(mend)) == 0)
        let ran = try exec(script)
        #expect(ran.status == 7)
        #expect(ran.output == "65534\n")
        #expect(ran.errors == "e\n")
        #expect(try owner(of: project + "/made") == user.number)
        let passed = try user.sandbox(["doctor"])
        #expect(passed.status == 0, "\(passed.output)")
        #expect(passed.output.split(separator: "\n").filter { $0.hasPrefix("ok  ") }.count == 15)
    }

    @Test func `a folder or a file that the user may not read is refused by name`() throws {
        try user.delegateControlGroups()
        #expect(try exec("exit 0").status == 0)

        try user.asRoot(#"echo x > "$FOLDER/project"/$'closed\nfile'; chmod 600 "$FOLDER/project"/*"#)
        try exec("echo ran").expectSentence(exit: 65, says: [#"`closed\x0Afile` can't be read"#, "Permission denied"])
        try user.asRoot(#"rm "$FOLDER/project"/*; mkdir "$FOLDER/project/sub"; chmod 700 "$FOLDER/project/sub""#)
        try exec("echo ran").expectSentence(exit: 65, says: ["`sub` can't be read"])
        try user.asRoot(#"rmdir "$FOLDER/project/sub"; chown 0 "$FOLDER/project"; chmod 700 "$FOLDER/project""#)
        try exec("echo ran").expectSentence(exit: 65, says: [project, "not readable"])
        try user.asRoot(#"chmod 755 "$FOLDER/project"; mkdir -p "$FOLDER/closed/in"; chmod 700 "$FOLDER/closed""#)
        try user.sandbox(["exec", "--workspace", user.command.folder.path("closed/in"), "--", "true"])
            .expectSentence(exit: 65, says: ["closed to user \(user.number)"])
        #expect(try exec("exit 0").status == 0)
    }

    @Test func `what root brings back into a user's folder belongs to the user`() throws {
        let finished = try user.command.sandbox([
            "exec", "--workspace", project, "--", "sh", "-c", "id -u; mkdir sub; echo x > sub/made",
        ])
        #expect(finished.status == 0 && finished.output == "65534\n", "\(finished.errors)")
        #expect(try owner(of: project + "/sub") == user.number)
        #expect(try owner(of: project + "/sub/made") == user.number)
    }
}
