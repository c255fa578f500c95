import ModelRuntime

/// What of this process is in memory, in megabytes of a million bytes.
struct ResidentMemory {
    /// Pages of its own: heap, cache of keys and values, repacked weights.
    let own: Double
    /// Of these what stands in large pages.
    let largePages: Double
    /// Pages of files: mapped weights, which the system can drop.
    let files: Double

    /// Both.
    var all: Double { own + files }

    /// Reads `/proc/self/status` and `smaps_rollup`; zeros where there is none.
    static var now: ResidentMemory {
        let text = ["status", "smaps_rollup"].map { MappedFile.text(ofProcessFile: "/proc/self/\($0)") }.joined()
        func megabytes(_ name: String) -> Double {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0)
                * 1.024e-3
        }
        return ResidentMemory(
            own: megabytes("RssAnon"), largePages: megabytes("AnonHugePages"), files: megabytes("RssFile"))
    }
}
