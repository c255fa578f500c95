import Foundation

/// What this machine has that can be attacked. Asked outside of the sandbox.
enum HostFeature {
    static let isRoot = geteuid() == 0

    /// Whether the kernel is at least of that version.
    static func isKernel(_ major: Int, _ minor: Int) -> Bool {
        let release = text("/proc/sys/kernel/osrelease").split(whereSeparator: { !$0.isNumber }).prefix(2)
        let numbers = release.compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (major, minor)
    }

    /// Landlock knows signals and abstract sockets from its version 6 on.
    static let hasLandlockScopes = isKernel(6, 12)
    static let hasIOUring = text("/proc/sys/kernel/io_uring_disabled") == "0"
    static let hasPerf = (Int(text("/proc/sys/kernel/perf_event_paranoid")) ?? 4) <= 2
    static let hasFreeBPF = text("/proc/sys/kernel/unprivileged_bpf_disabled") == "0"
    static let hasTerminalInput = text("/proc/sys/dev/tty/legacy_tiocsti") == "1"
    static let has32BitCalls = FileManager.default.fileExists(atPath: "/proc/sys/abi/vsyscall32")
    /// Yama's 1 leaves children alone, and hides everybody else's processes.
    static let canTraceChildren = (Int(text("/proc/sys/kernel/yama/ptrace_scope")) ?? 0) <= 1
    static let canTraceOthers = (Int(text("/proc/sys/kernel/yama/ptrace_scope")) ?? 0) == 0
    static let hasSecretMemory = isKernel(6, 5)
    static let hasIPv6 = text("/proc/sys/net/ipv6/conf/lo/disable_ipv6") == "0"
    /// A pattern with a path or a pipe puts cores where no sandbox has a say.
    static let dumpsCoresInPlace = !text("/proc/sys/kernel/core_pattern").contains(where: { "|/".contains($0) })

    /// Whether a socket of this kind can be made.
    static func hasSocket(_ family: Int32, _ type: Int32, _ number: Int32) -> Bool {
        let descriptor = socket(family, type, number)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }

    private static func text(_ path: String) -> String {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
