/// Why a runbook or a guide can't be used.
public struct GuideError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, as the rest of a sentence.
    public let reason: String

    /// An error with the rest of its sentence.
    public init(_ reason: String) {
        self.reason = reason
    }

    /// One sentence.
    public var description: String { "Can't use the guide: \(reason)." }
}
