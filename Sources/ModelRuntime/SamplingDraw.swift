/// One number that decides a draw. It depends on the seed, the request and the position only, so a resumed
/// run draws what the unbroken one did, whatever other steps drew in between.
package struct SamplingDraw {
    let seed: UInt64
    let key: UInt64
    let position: Int

    package init(seed: UInt64, key: UInt64, position: Int) {
        self.seed = seed
        self.key = key
        self.position = position
    }

    /// Uniform in 0..<1 (SplitMix64, Steele, Lea and Flood 2014).
    package var unit: Double {
        var value = seed ^ key.multipliedReportingOverflow(by: 0x9E37_79B9_7F4A_7C15).partialValue
        value = Self.mixed(value) &+ UInt64(bitPattern: Int64(position)) &* 0xD1B5_4A32_D192_ED03
        return Double(Self.mixed(value) >> 11) * 0x1p-53
    }

    private static func mixed(_ input: UInt64) -> UInt64 {
        var value = input &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension RequestID {
    /// FNV-1a over the address and the attempt. `Hasher` is seeded anew in every process.
    var drawKey: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in address.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return (hash ^ UInt64(bitPattern: Int64(attempt))) &* 0x0000_0100_0000_01B3
    }
}
