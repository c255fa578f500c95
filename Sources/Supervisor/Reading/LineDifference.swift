/// What was left, taken out and put in between two lists of lines: Myers' algorithm, as `CollectionDifference` has it.
///
/// Lines are the same where their bytes are: texts that are only canonically equivalent look alike and are not.
enum LineDifference {
    /// Lines around a change that are shown.
    private static let margin = 3
    /// Lines on either side beyond which no difference is looked for: it would take too long to be waited for.
    static let lineLimit = 2000
    /// The product of the lines on both sides beyond which none is looked for in common: finding them takes time and memory.
    private static let productLimit = 500_000

    /// The lines of the change; what stays far from any change is summed up. Nil where a text has too many lines.
    static func lines(from before: String, to after: String) -> [ChangeView.Line]? {
        let old = split(before)
        let new = split(after)
        guard old.count <= lineLimit, new.count <= lineLimit else { return nil }
        let (removed, added) = changed(from: old, to: new)
        var lines: [ChangeView.Line] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if left < old.count, removed.contains(left) {
                lines.append(ChangeView.Line(.removed, old[left]))
                left += 1
            } else if right < new.count, added.contains(right) {
                lines.append(ChangeView.Line(.added, new[right]))
                right += 1
            } else {
                lines.append(ChangeView.Line(.kept, old[left]))
                left += 1
                right += 1
            }
        }
        return shortened(lines)
    }

    /// The places in the old lines that go and those in the new ones that come.
    private static func changed(from old: [String], to new: [String]) -> (removed: Set<Int>, added: Set<Int>) {
        var numbers: [[UInt8]: Int] = [:]
        func number(_ line: String) -> Int {
            let bytes = Array(line.utf8)
            if let known = numbers[bytes] { return known }
            let number = numbers.count
            numbers[bytes] = number
            return number
        }
        let left = old.map(number)
        let right = new.map(number)
        let shorter = min(left.count, right.count)
        var start = 0
        while start < shorter, left[start] == right[start] { start += 1 }
        var same = 0
        while same < shorter - start, left[left.count - 1 - same] == right[right.count - 1 - same] { same += 1 }
        let leftMiddle = Array(left[start..<left.count - same])
        let rightMiddle = Array(right[start..<right.count - same])
        guard leftMiddle.count * rightMiddle.count <= productLimit else {
            return (Set(start..<left.count - same), Set(start..<right.count - same))
        }
        var removed = Set<Int>()
        var added = Set<Int>()
        for change in rightMiddle.difference(from: leftMiddle) {
            switch change {
            case .remove(let offset, _, _): removed.insert(start + offset)
            case .insert(let offset, _, _): added.insert(start + offset)
            }
        }
        return (removed, added)
    }

    private static func split(_ text: String) -> [String] {
        guard !text.isEmpty else { return [] }
        // By scalars: a carriage return and a line feed are one character, and each would be lost from sight.
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func shortened(_ lines: [ChangeView.Line]) -> [ChangeView.Line] {
        var isShown = [Bool](repeating: false, count: lines.count)
        for (place, line) in lines.enumerated() where line.kind != .kept {
            for near in max(0, place - margin)...min(lines.count - 1, place + margin) { isShown[near] = true }
        }
        var result: [ChangeView.Line] = []
        var place = 0
        while place < lines.count {
            if isShown[place] {
                result.append(lines[place])
                place += 1
                continue
            }
            let start = place
            while place < lines.count, !isShown[place] { place += 1 }
            let count = place - start
            result.append(ChangeView.Line(.skipped, "\(count) line\(count == 1 ? "" : "s") as before"))
        }
        return result
    }
}
