/// Byte counts for messages.
enum ByteCount {
    /// `16 MiB`, `64 KiB` or `1000 bytes`: the largest unit that divides the count.
    static func readable(_ count: Int) -> String {
        if count >= 1 << 20, count % (1 << 20) == 0 { return "\(count >> 20) MiB" }
        if count >= 1 << 10, count % (1 << 10) == 0 { return "\(count >> 10) KiB" }
        return "\(count) bytes"
    }
}
