import Glibc

/// Reads the machine's process table; changes nothing.
enum ProcessTable {
    /// Every process's arguments, joined by NUL bytes, of those that can be read.
    static func commandLines() -> [String] {
        // opendir's stream is used only here and closed below; each entry is copied before the next call.
        guard let stream = unsafe opendir("/proc") else { return [] }
        defer { unsafe closedir(stream) }
        var lines: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix(while: { $0 != 0 }), as: UTF8.self)
            }
            guard name.allSatisfy(\.isNumber), let line = HostPath.contents("/proc/\(name)/cmdline") else {
                continue
            }
            lines.append(line)
        }
        return lines
    }
}
