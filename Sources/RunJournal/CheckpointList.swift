/// Several signed notes one after the other, with empty lines between and after them, as files outside the database
/// keep them.
///
/// The beginning of a note, as a power cut leaves it, may stand before the same note where the file is only added to; it
/// is passed over.
struct CheckpointList {
    /// The notes, each as it was written.
    private(set) var notes: [String] = []
    /// Where the last note ends: the place in the text right behind its line feed.
    private(set) var end = 0
    /// What stands behind the last note and is none: a write that a power cut ended, or damage. Without empty lines at
    /// its end.
    private(set) var rest: [UInt8] = []

    private static let mark = Array("— ".utf8)
    private static let lineFeed = UInt8(ascii: "\n")

    init(_ text: [UInt8]) {
        var position = 0
        while true {
            var start = position
            while start < text.count, text[start] == Self.lineFeed { start += 1 }
            guard start < text.count else { return }
            let stop = Self.endOfNote(in: text, from: start)
            let follower = stop.flatMap { text[$0...].firstIndex { $0 != Self.lineFeed } }
            let note = stop.map { String(decoding: text[start..<$0], as: UTF8.self) } ?? ""
            // Reading every note to its last byte would take longer than all else that a checkpoint costs.
            let isSure = stop != nil && follower.map { !Self.agree(text, at: start, and: $0) } ?? false
            let isWhole = isSure || Self.isWhole(note)
            if !isWhole, let next = Self.startOfNote(behindBeginningsAt: start, in: text) {
                position = next
                continue
            }
            if let stop, isWhole || follower != nil {
                notes.append(note)
                position = stop
                end = stop
                continue
            }
            var count = text.count
            while text[count - 1] == Self.lineFeed { count -= 1 }
            rest = Array(text[start..<count])
            return
        }
    }

    /// Whether nothing is missing at the end. Where a file was grown ahead, a signature that a power cut ended has a line
    /// feed behind it all the same.
    private static func isWhole(_ note: String) -> Bool {
        // An Ed25519 signature has 64 bytes, and no other kind has fewer.
        SignedNote(note)?.signatures.allSatisfy { $0.bytes.count >= 64 } ?? false
    }

    /// Whether two places begin alike, for longer than the notes of two different entries do.
    private static func agree(_ text: [UInt8], at one: Int, and other: Int) -> Bool {
        text[one...].prefix(80).elementsEqual(text[other...].prefix(80))
    }

    /// Where the whole note begins of which nothing but beginnings stand from `start` on; nil where something else does.
    private static func startOfNote(behindBeginningsAt start: Int, in text: [UInt8]) -> Int? {
        let mark = Array("\n\n\(Checkpoint.originPrefix)".utf8)
        var beginnings: [ArraySlice<UInt8>] = []
        var position = start
        while let found = text[position...].firstRange(of: mark) {
            beginnings.append(text[position..<found.lowerBound])
            position = found.lowerBound + 2
            if let stop = endOfNote(in: text, from: position),
                isWhole(String(decoding: text[position..<stop], as: UTF8.self))
            {
                return beginnings.allSatisfy({ text[position..<stop].starts(with: $0) }) ? position : nil
            }
        }
        return nil
    }

    /// The place behind the last signature line of the note that begins at `start`.
    private static func endOfNote(in text: [UInt8], from start: Int) -> Int? {
        var position = start
        while let next = endOfLine(in: text, from: position) {
            // An empty line ends the text, and signature lines follow.
            if next < text.count, text[next] == lineFeed {
                var stop = next + 1
                while text[stop...].starts(with: mark) {
                    guard let after = endOfLine(in: text, from: stop) else { return nil }
                    stop = after
                }
                return stop > next + 1 ? stop : nil
            }
            position = next
        }
        return nil
    }

    private static func endOfLine(in text: [UInt8], from start: Int) -> Int? {
        text[min(start, text.count)...].firstIndex(of: lineFeed).map { $0 + 1 }
    }
}
