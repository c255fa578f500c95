/// e^x for x up to 0, with a relative error below 4e-6; 0 below -80 and for what is no number. Has no
/// branches, unlike the C library's.
///
/// 2^t is split at the nearest whole number: that part goes into the exponent's bits, the rest, between -0.5
/// and 0.5, through the Taylor polynomial of degree 5.
func exponential(_ x: Float) -> Float {
    let power = (x > -80 ? x : -80) * 1.442_695_041
    // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the lowest bits.
    let shifted = power + 12_582_912
    let rest = power - (shifted - 12_582_912)
    let polynomial =
        1 + rest
        * (0.693_147_182 + rest
            * (0.240_226_463 + rest
                * (0.055_503_228_7 + rest * (0.009_618_175_46 + rest * 0.001_339_084_35))))
    let exponent = (Int32(bitPattern: shifted.bitPattern) &- 0x4B40_0000) &<< 23
    let result = Float(bitPattern: UInt32(bitPattern: Int32(bitPattern: polynomial.bitPattern) &+ exponent))
    return x > -80 ? result : 0
}
