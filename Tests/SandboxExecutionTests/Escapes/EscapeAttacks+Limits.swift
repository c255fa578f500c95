import SandboxExecution

extension EscapeAttacks {
    private static let group = EscapeControl.withoutLayers([.controlGroup])
    private static let groupAndLimits = EscapeControl.withoutLayers([.controlGroup, .resourceLimits])
    private static let supervision = EscapeControl.withoutLayers([.supervision])

    /// What tries to use up the machine.
    static let limits: [EscapeAttack] = [
        limited(39, "a fork bomb", groupAndLimits, .limit("processes"), "fork-bomb", "120") { $0.processLimit = 40 },
        limited(39, "a thread bomb", groupAndLimits, .limit("processes"), "thread-bomb", "120") {
            $0.processLimit = 40
        },
        limited(40, "memory of one process", group, .limit("memory"), "memory", "160") {
            $0.memoryByteLimit = 64 << 20
        },
        limited(40, "memory of many processes", group, .limit("memory"), "memory-of-many", "10", "12") {
            $0.memoryByteLimit = 48 << 20
        },
        limited(40, "memory in a file without a name", group, .limit("memory"), "memory-file", "120") {
            $0.memoryByteLimit = 48 << 20
            $0.fileByteLimit = 1 << 30
        },
        limited(40, "memory in the temporary folder", group, .limit("memory"), "fill", "/tmp", "120") {
            $0.memoryByteLimit = 48 << 20
            $0.tmpByteLimit = 512 << 20
        },
        limited(40, "memory in names of files", group, .limit("memory"), "fill-with-names", "/dev/shm", "60000") {
            $0.memoryByteLimit = 24 << 20
            $0.tmpByteLimit = 512 << 20
        },
        limited(41, "processor time of threads", groupAndLimits, .limit("cpu"), "burn", "1", "2", "2500") {
            $0.cpuLimit = .seconds(1)
        },
        limited(41, "processor time of processes", group, .limit("cpu"), "burn", "4", "1", "500") {
            $0.cpuLimit = .seconds(1)
        },
        limited(42, "not end when asked to", supervision, .limit("wall"), "sleep", "1500") {
            $0.wallLimit = .milliseconds(700)
        },
        limited(43, "stop itself", supervision, .limit("wall"), "stop", "1500") { $0.wallLimit = .milliseconds(700) },
        limited(43, "wait for nobody", supervision, .limit("wall"), "pipe-without-writer", "1500") {
            $0.wallLimit = .milliseconds(700)
        },
        limited(44, "a flood of output", supervision, .limit("output"), "flood", "1", "16") {
            $0.outputKillByteLimit = 2 << 20
        },
        limited(44, "a flood of errors", supervision, .limit("output"), "flood", "2", "16") {
            $0.outputKillByteLimit = 2 << 20
        },
        limited(44, "a flood of both", supervision, .limit("output"), "flood", "3", "16") {
            $0.outputKillByteLimit = 2 << 20
        },
        limited(44, "an endless line", supervision, .limit("output"), "endless-line", "16") {
            $0.outputKillByteLimit = 2 << 20
        },
        limited(48, "fill the workspace", roomierWorkspace, .limit("disk"), "fill", ".", "24") {
            $0.workspaceByteLimit = 8 << 20
        },
        limited(
            48, "fill the workspace at once", roomierWorkspace, .refusedOrLimit("disk"), "fill-at-once", ".", "24"
        ) {
            $0.workspaceByteLimit = 8 << 20
            $0.fileByteLimit = 64 << 20
        },
        limited(49, "fill the temporary folder", roomierTemporary, .refused, "fill", "/tmp", "24") {
            $0.tmpByteLimit = 8 << 20
        },
        limited(49, "fill the folder for shared memory", roomierTemporary, .refused, "fill", "/dev/shm", "24") {
            $0.tmpByteLimit = 8 << 20
        },
        limited(57, "a large file", .withoutLayers([.resourceLimits]), .limit("file size"), "memory-file", "24") {
            $0.fileByteLimit = 8 << 20
        },
        limited(58, "many descriptors", .withoutLayers([.resourceLimits]), .refused, "open-files", "300") {
            $0.openFileLimit = 100
        },
    ]

    private static let roomierWorkspace = EscapeControl.roomier { $0.workspaceByteLimit = 64 << 20 }
    private static let roomierTemporary = EscapeControl.roomier { $0.tmpByteLimit = 64 << 20 }

    private static func limited(
        _ number: Int, _ name: String, _ control: EscapeControl, _ denial: EscapeDenial, _ probe: String...,
        narrow: @escaping @Sendable (inout SandboxProfile) -> Void
    ) -> EscapeAttack {
        EscapeAttack(number, name, control, denial: denial) { _ in
            var attempt = EscapeAttempt(probe: probe)
            narrow(&attempt.profile)
            return attempt
        }
    }
}
