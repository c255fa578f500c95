/// Reads the machine's process table; changes nothing.
enum ProcessTable {
    /// Every process's arguments, joined by NUL bytes, of those that can be read.
    static func commandLines() -> [String] {
        HostPath.names(in: "/proc").filter { $0.allSatisfy(\.isNumber) }
            .compactMap { HostPath.contents("/proc/\($0)/cmdline") }
    }
}
