extension String {
    /// The longest beginning of at most `byteLimit` UTF-8 bytes that ends between two Unicode scalars.
    func cut(toBytes byteLimit: Int) -> String {
        guard utf8.count > byteLimit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, byteLimit))
        // Bytes 10xxxxxx continue a scalar.
        while end > utf8.startIndex, utf8[end] & 0b1100_0000 == 0b1000_0000 { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
