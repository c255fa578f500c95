/// What a value is made of, to tell a password from a name, a path or an expression.
struct ValueShape {
    private var counts = [Int](repeating: 0, count: 256)
    private var total = 0
    private var digits = 0
    private var letters = 0
    private var marks = 0
    private var isExpression = false
    /// How often a letter follows a digit or a digit a letter.
    private var changes = 0
    private var previous: UInt8 = 0

    mutating func add(_ byte: UInt8) {
        counts[Int(byte)] += 1
        total += 1
        if ByteKind.isDigit(byte) {
            digits += 1
            changes += ByteKind.isLetter(previous) ? 1 : 0
        } else if ByteKind.isLetter(byte) {
            letters += 1
            changes += ByteKind.isDigit(previous) ? 1 : 0
        } else if [33, 35, 37, 38, 43, 47, 61, 63, 64, 94, 126, 42, 36].contains(byte) {
            marks += 1
        } else if [40, 41, 91, 93, 123, 125, 60, 62, 32, 9].contains(byte) {
            isExpression = true
        }
        previous = byte
    }

    /// The chance that two bytes drawn from the value are alike: 2 to the power of minus its collision entropy (Rényi's of
    /// order 2), which needs no logarithm.
    private var likeness: Double {
        counts.reduce(0.0) { $0 + Double($1 * $1) } / Double(max(total * total, 1))
    }

    /// Without quotes the value may be a name or a call in a program; with them it is a text at least.
    func isRandom(isQuoted: Bool) -> Bool {
        guard !isExpression, letters > 0, digits > 0 else { return false }
        guard isQuoted || changes + marks >= 2 else { return false }
        // 2.75 and 3 bits a byte.
        return likeness <= (isQuoted ? 0.149 : 0.125)
    }
}
