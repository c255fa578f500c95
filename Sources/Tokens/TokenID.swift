/// The number by which a model knows one of its tokens.
public struct TokenID: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The model's own number, counted from 0.
    public let rawValue: Int32

    /// The token with this number.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The token with this number.
    public init(_ rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The number as text.
    public var description: String { String(rawValue) }

    /// Whether `left` has the smaller number.
    public static func < (left: TokenID, right: TokenID) -> Bool {
        left.rawValue < right.rawValue
    }
}
