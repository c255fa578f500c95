public import Foundation

/// Names one run: 26 characters, lower-case Crockford base 32, sorting by the time of creation (the ULID layout).
public struct RunID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let length = 26

    /// The 26 characters.
    public let description: String

    /// Reads an identifier; nil unless it is 26 characters of the alphabet. Upper case is accepted and lowered.
    public init?(_ text: String) {
        let lowered = text.lowercased()
        guard lowered.utf8.count == Self.length, lowered.utf8.allSatisfy({ Self.alphabet.contains($0) })
        else {
            return nil
        }
        description = lowered
    }

    /// Makes the identifier of a run created at this moment: 48 bits of time, then 80 random bits.
    public init(
        generating millisecondsSince1970: Int64, random generator: inout some RandomNumberGenerator
    ) {
        var characters = [UInt8](repeating: Self.alphabet[0], count: Self.length)
        var time = UInt64(max(millisecondsSince1970, 0)) & 0xFFFF_FFFF_FFFF
        for index in stride(from: 9, through: 0, by: -1) {
            characters[index] = Self.alphabet[Int(time & 31)]
            time >>= 5
        }
        for index in 10..<Self.length {
            characters[index] = Self.alphabet[Int(UInt64.random(in: 0..<32, using: &generator))]
        }
        description = String(decoding: characters, as: UTF8.self)
    }

    /// When it was made, by the wall clock of then.
    public var created: Date {
        let milliseconds = description.utf8.prefix(10).reduce(UInt64(0)) { time, character in
            time << 5 | UInt64(Self.alphabet.firstIndex(of: character) ?? 0)
        }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    /// A new identifier from the wall clock and the system's randomness.
    public static func generate() -> RunID {
        var generator = SystemRandomNumberGenerator()
        return RunID(generating: Int64(Date().timeIntervalSince1970 * 1000), random: &generator)
    }

    /// Reads the identifier from a single string.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = RunID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a run identifier")
        }
        self = id
    }

    /// Writes the identifier as a single string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// Older identifiers come first.
    public static func < (left: RunID, right: RunID) -> Bool { left.description < right.description }
}
