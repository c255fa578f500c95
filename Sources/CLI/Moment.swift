import Foundation
import JSONSchemas

/// A moment as a command takes it: a time, a day, or an age.
enum Moment {
    /// Nanoseconds since 1970 of `2026-11-26T03:00:00Z`, of the beginning of the day `2026-11-26` in UTC, or of a time
    /// that lies `90m`, `2h` or `7d` back; nil for anything else.
    static func nanoseconds(_ text: String, now: Date = Date()) -> Int64? {
        if let age = text.wholeMatch(of: /([0-9]{1,6})([smhd])/), let count = Double(age.1) {
            let unit: Double =
                switch age.2 {
                case "s": 1
                case "m": 60
                case "h": 3_600
                default: 86_400
                }
            return Int64((now.timeIntervalSince1970 - count * unit) * 1e9)
        }
        let isDay = text.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil
        let time = isDay ? text + "T00:00:00Z" : text
        for style in [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)] {
            if let date = try? style.parse(time), (0..<8e9).contains(date.timeIntervalSince1970) {
                return Int64(date.timeIntervalSince1970 * 1e9)
            }
        }
        return nil
    }

    /// The same for an option of `warrant runs`.
    /// - Throws: `CommandFailure` with code 64.
    static func option(_ name: String, _ text: String) throws -> Int64 {
        guard let moment = nanoseconds(text) else {
            throw CommandFailure(
                .usage,
                "Can't list runs: `--\(name) \(text)` is no time; write 2026-11-26, 2026-11-26T03:00:00Z, 90m, 2h or 7d."
            )
        }
        return moment
    }
}
