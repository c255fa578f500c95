import JSONSchemas
import PolicyEngine

/// What a call would change in a file, as far as its arguments and the run's record tell.
enum ChangeReading {
    /// The change of a call; nil for one that changes no file.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - before: The text of the file before it; nil where that is not certain.
    /// - Returns: The change, line by line.
    static func change(of call: CallView, before: String?) -> ChangeView? {
        let arguments = Dictionary(call.arguments.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        guard let path = arguments["path"]?.stringValue else { return nil }
        switch call.tool {
        case "file.replace_line":
            guard let old = arguments["old_line"]?.stringValue, let new = arguments["new_line"]?.stringValue else {
                return nil
            }
            return replacement(of: old, by: new, at: arguments["line"]?.intValue, in: before, path: path)
        case "file.write":
            guard let text = arguments["text"]?.stringValue else { return nil }
            return writing(text, over: before, path: path)
        default: return nil
        }
    }

    private static func replacement(
        of old: String, by new: String, at number: Int?, in before: String?, path: String
    ) -> ChangeView {
        let plain = [ChangeView.Line(.removed, old), ChangeView.Line(.added, new)]
        guard let before else {
            return ChangeView(path: path, lines: plain, remark: "The record doesn't hold the rest of the file.")
        }
        let (text, count) = replaced(old, by: new, in: before, at: number)
        guard let after = text else {
            return ChangeView(
                path: path, lines: plain,
                remark: number.map { "As the run saw the file last, line \($0) is another: so nothing is replaced." }
                    ?? "As the run saw the file last, the line stands there \(count) times: so nothing is replaced.")
        }
        guard let lines = LineDifference.lines(from: before, to: after) else {
            return ChangeView(path: path, lines: plain, remark: "The file is too long for the rest to be shown.")
        }
        return ChangeView(path: path, lines: lines, remark: "Around it: the file as the run looked at it last.")
    }

    private static func writing(_ text: String, over before: String?, path: String) -> ChangeView {
        if let before, let lines = LineDifference.lines(from: before, to: text) {
            var remark = "Before: what this run wrote there last."
            let (had, has) = (before.utf8.last == 0x0A, text.utf8.last == 0x0A)
            if !before.isEmpty, !text.isEmpty, had != has {
                remark += has ? " A line break at the end comes." : " The line break at the end goes."
            }
            return ChangeView(path: path, lines: lines, remark: remark)
        }
        guard let lines = LineDifference.lines(from: "", to: text) else {
            return ChangeView(
                path: path, lines: [], remark: "The whole content, which has too many lines to be shown here.")
        }
        return ChangeView(
            path: path, lines: lines,
            remark: "The whole content. The record doesn't hold what stands there now, if anything does.")
    }

    /// The text after the tool replaced the line, which it does where the line stands there once or, with a number, where
    /// that line is it, and how often it stands. As there, a carriage return in front of a line's end is no part of the line.
    private static func replaced(
        _ old: String, by new: String, in text: String, at number: Int?
    ) -> (after: String?, count: Int) {
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        // What follows the last line's end is no line.
        if lines.last?.isEmpty == true { lines.removeLast() }
        let places = lines.indices.filter { place in
            let line = lines[place]
            guard number == nil || number == place + 1 else { return false }
            return (line.last == 0x0D ? line.dropLast() : line[...]).elementsEqual(old.utf8)
        }
        guard places.count == 1, let place = places.first else { return (nil, places.count) }
        lines[place] = Array(new.utf8) + (lines[place].last == 0x0D ? [0x0D] : [])
        let end: [UInt8] = text.utf8.last == 0x0A ? [0x0A] : []
        return (String(decoding: Array(lines.joined(separator: [0x0A])) + end, as: UTF8.self), 1)
    }
}
