/// Why a calibration can't be read or written.
public struct CalibrationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence: `Can't <verb> <object>: <reason>.`
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
