import SandboxExecution

extension EscapeAttacks {
    /// What one run tries to leave to the next, or to whoever looks afterwards.
    static let leaks: [EscapeAttack] = [
        left(50, "shared memory", .withoutLayers([.ipc]), in: "shared-memory"),
        left(50, "a message queue", .withoutLayers([.ipc, .landlock]), in: "queue"),
        left(50, "a file in the temporary folder", inOneRun, in: "temporary-folder"),
        left(50, "a file in the folder for shared memory", inOneRun, in: "memory-folder"),
        left(50, "a file in the workspace", inOneRun, in: "working-folder"),
        EscapeAttack(
            51, "a core file",
            .withoutLayers(
                [.resourceLimits], if: HostFeature.dumpsCoresInPlace, else: "this machine's cores go elsewhere"),
            // Where they do, the kernel reports one whatever the limit says.
            denial: HostFeature.dumpsCoresInPlace ? .refused : .harmless, probe: "core-dump"),
    ]

    private static let inOneRun = EscapeControl.none(because: "its first run shows that the file is found")

    /// The second run looks for what the first one left; the first looks itself first, to see that looking works.
    private static func left(_ number: Int, _ name: String, _ control: EscapeControl, in place: String) -> EscapeAttack
    {
        EscapeAttack(number, name, control) { _ in
            let key = "\(Int32.random(in: 1 << 20 ... .max))"
            var attempt = EscapeAttempt(probe: ["find", place, key])
            let leave = "$probe leave \(place) \(key)"
            attempt.earlier =
                EscapeAttempt(
                    script: "\(leave) || exit 1; $probe find \(place) \(key) || exit 2; \(leave) || exit 2"
                ).command
            return attempt
        }
    }
}
