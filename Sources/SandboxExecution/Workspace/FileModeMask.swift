/// The permission bits that this process gives to no new file, see umask(2).
enum FileModeMask {
    /// The mask as the kernel shows it. Asking by umask(2) would change it for a moment, for all threads.
    static var current: UInt16 {
        let lines = (HostPath.contents("/proc/self/status") ?? "").split(separator: "\n")
        let text = lines.first { $0.hasPrefix("Umask:") }?.dropFirst("Umask:".count).drop { $0 == "\t" || $0 == " " }
        return text.flatMap { UInt16($0, radix: 8) } ?? 0o022
    }
}
