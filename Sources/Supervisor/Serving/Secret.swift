/// A random word that lets somebody in.
struct Secret: Hashable, Sendable {
    /// 64 lower-case hex digits: 256 random bits.
    let text: String

    init() {
        var generator = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = []
        for _ in 0..<32 {
            let byte = UInt8.random(in: .min ... .max, using: &generator)
            bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// Whether `other` is the same word, found in a time that doesn't hang on where they differ.
    func matches(_ other: String) -> Bool {
        let own = text.utf8
        let given = Array(other.utf8.prefix(own.count + 1))
        var difference = UInt8(given.count == own.count ? 0 : 1)
        for (place, byte) in own.enumerated() {
            difference |= byte ^ (place < given.count ? given[place] : 0)
        }
        return difference == 0
    }
}
