/// A JSON number that compares exactly across its integer and floating-point form.
public enum JSONNumber: Sendable {
    /// A number that fits 64 bits without fraction.
    case integer(Int)
    /// Any other finite number.
    case double(Double)

    /// The number that `value` holds, if it holds one.
    public init?(_ value: JSONValue) {
        switch value {
        case .integer(let integer): self = .integer(integer)
        case .number(let double):
            if let integer = Int(exactly: double) {
                self = .integer(integer)
            } else {
                self = .double(double)
            }
        default: return nil
        }
    }

    /// Whether the number has no fraction.
    public var isInteger: Bool {
        switch self {
        case .integer: true
        case .double(let value): value.isFinite && value == value.rounded(.towardZero)
        }
    }

    /// The nearest double.
    public var doubleValue: Double {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        }
    }
}

extension JSONNumber: CustomStringConvertible {
    /// The number as JSON writes it.
    public var description: String {
        switch self {
        case .integer(let value): String(value)
        case .double(let value): value.description
        }
    }
}

extension JSONNumber: Hashable, Comparable {
    /// Whether both are the same number.
    public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.integer(let a), .double(let b)), (.double(let b), .integer(let a)): Int(exactly: b) == a
        }
    }

    /// Whether `left` is the smaller number; exact, where converting both to doubles would round.
    public static func < (left: JSONNumber, right: JSONNumber) -> Bool {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): a < b
        case (.double(let a), .double(let b)): a < b
        case (.integer(let a), .double(let b)): sign(of: a, minus: b) < 0
        case (.double(let a), .integer(let b)): sign(of: b, minus: a) > 0
        }
    }

    /// Feeds the number to `hasher` so that equal numbers hash alike.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .integer(let value): hasher.combine(value)
        case .double(let value):
            if let integer = Int(exactly: value) {
                hasher.combine(integer)
            } else {
                hasher.combine(value)
            }
        }
    }

    private static func sign(of integer: Int, minus double: Double) -> Int {
        if double >= 0x1p63 { return -1 }
        if double < -0x1p63 { return 1 }
        let whole = double.rounded(.towardZero)
        let truncated = Int(whole)
        if integer != truncated { return integer < truncated ? -1 : 1 }
        return double == whole ? 0 : (double > whole ? -1 : 1)
    }
}
