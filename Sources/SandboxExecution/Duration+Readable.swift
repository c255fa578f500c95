extension Duration {
    /// Whole seconds, rounded up.
    var roundedUpSeconds: Int {
        Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0)
    }

    /// `10 s`, or `250 ms` where it is not a whole number of seconds.
    package var readable: String {
        if components.attoseconds == 0 { return "\(components.seconds) s" }
        return "\(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) ms"
    }
}
