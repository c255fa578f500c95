import Foundation
import JSONSchemas
import TestSupport
import Testing

/// A machine that lacks one layer: nothing runs, and both commands say what is missing.
///
/// Each is only simulated, for one command and what it starts. The control arm has the same wrapper without what is
/// missing.
@Suite struct SandboxMissingLayerTests {
    /// One layer, how it is taken away, and what has to be said.
    struct Layer: Sendable, CustomTestStringConvertible {
        let name: String
        let control: String
        let missing: String
        /// What the sentence of `exec` names.
        let says: [String]
        /// The check of `doctor` that fails.
        let check: String
        /// What has to be there for the layer to be taken away.
        var needs: String?

        var testDescription: String { name }
    }

    private static let bound = #"set -- bwrap --dev-bind / / "#

    static let layers = [
        Layer(
            name: "bubblewrap", control: bound + #"-- "$@""#,
            missing: """
                set -- -- "$@"; for file in /usr/local/bin/bwrap /usr/bin/bwrap; do
                    if [ -e $file ]; then set -- --ro-bind /dev/null $file "$@"; fi
                done; set -- bwrap --dev-bind / / "$@"
                """,
            says: ["bubblewrap", "apt-get install bubblewrap"], check: "bubblewrap is installed"),
        Layer(
            name: "helper",
            control: """
                mkdir -p "$FOLDER/bin" && cp "$1" "$FOLDER/bin/warrant" && cp "$HELPER" "$FOLDER/bin"
                shift; set -- "$FOLDER/bin/warrant" "$@"
                """,
            missing: #"rm -f "$FOLDER/bin/sandbox-helper"; shift; set -- "$FOLDER/bin/warrant" "$@""#,
            says: ["`sandbox-helper`", "Scripts/build"], check: "the helper is installed"),
        Layer(
            name: "user namespaces", control: #"set -- "$PROBE" without nothing "$@""#,
            missing: #"set -- "$PROBE" without namespaces "$@""#,
            says: ["create new namespace", "warrant sandbox doctor"], check: "namespaces work"),
        Layer(
            name: "Landlock", control: #"set -- "$PROBE" without nothing "$@""#,
            missing: #"set -- "$PROBE" without landlock "$@""#,
            says: ["Landlock", "Linux 6.7", "warrant sandbox doctor"], check: "Landlock works"),
        Layer(
            name: "system-call filter", control: #"set -- "$PROBE" without nothing "$@""#,
            missing: #"set -- "$PROBE" without seccomp "$@""#,
            says: ["system-call filter", "warrant sandbox doctor"], check: "the system-call filter works"),
        Layer(
            name: "control groups", control: bound + #"-- "$@""#,
            missing: bound + #"--ro-bind /sys/fs/cgroup /sys/fs/cgroup -- "$@""#,
            says: ["control group for", "`memory`", "`pids`", "/sys/fs/cgroup"], check: "control groups work"),
        Layer(
            name: "memory controller", control: bound + #"-- "$@""#,
            missing: bound + #"--ro-bind /sys/fs/cgroup/memory /sys/fs/cgroup/memory -- "$@""#,
            says: ["control group for `memory` is", "/sys/fs/cgroup"], check: "control groups work",
            needs: "/sys/fs/cgroup/memory/cgroup.procs"),
        Layer(
            name: "processor time", control: bound + #"-- "$@""#,
            missing: bound + #"--ro-bind /sys/fs/cgroup/cpuacct /sys/fs/cgroup/cpuacct -- "$@""#,
            says: ["control group for `cpuacct` is", "/sys/fs/cgroup"], check: "control groups work",
            needs: "/sys/fs/cgroup/cpuacct/cgroup.procs"),
    ].filter { $0.needs.map(FileManager.default.fileExists) ?? true }

    @Test(arguments: layers)
    func `nothing runs without a layer, and what is missing is said`(layer: Layer) throws {
        let command = try Command()
        let control = SandboxWrapper(shell: layer.control)
        let missing = SandboxWrapper(shell: layer.missing)
        let folder = try command.folder.makeFolder("project")
        let exec = ["exec", "--workspace", folder, "--", "sh", "-c", "echo ran; echo ran > made"]

        let ran = try command.sandbox(exec, in: control)
        #expect(ran.status == 0 && ran.output == "ran\n", "\(ran.errors)")
        #expect(command.folder.contains("project/made"))
        try FileManager.default.removeItem(atPath: command.folder.path("project/made"))

        try command.sandbox(exec, in: missing).expectSentence(exit: 78, says: layer.says)
        #expect(!command.folder.contains("project/made"))
        try expectDoctor(command, missing, layer)
    }

    private func expectDoctor(_ command: Command, _ wrapper: SandboxWrapper, _ layer: Layer) throws {
        let doctor = try command.sandbox(["doctor"], in: wrapper)
        #expect(doctor.status == 78)
        let lines = doctor.output.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("FAIL ") } == 1, "\(doctor.output)")
        let place = try #require(lines.firstIndex { $0.hasPrefix("FAIL \(layer.check): ") }, "\(doctor.output)")
        let mend = lines.dropFirst(place + 1).first
        #expect(mend?.hasPrefix("     ") == true && mend?.hasSuffix(".") == true, "\(doctor.output)")

        let json = try command.sandbox(["doctor", "--json"], in: wrapper)
        #expect(json.status == 78)
        let values = try json.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
        #expect(values.last?["type"] == "verdict" && values.last?["exit"] == 78)
        #expect(values.dropLast().filter { $0["passed"] == false }.map { $0["check"] } == [.string(layer.check)])
    }
}
