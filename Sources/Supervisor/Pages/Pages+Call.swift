import JSONSchemas
import PolicyEngine
import Provenance
import Reports
import RunJournal

extension Pages {
    /// The arguments of a call: raw values, labels, and where each came from. `entry` has all of them; 0 where none does.
    static func arguments(of call: CallView, entry: Int) throws(ReportError) -> Markup {
        let run = RunID(call.run)
        return try PageTemplate.call.filled([
            "arguments": .array(call.arguments.map { argument($0, run: run, entry: entry) }),
            "no_arguments": .bool(call.arguments.isEmpty),
        ])
    }

    /// UTF-8 bytes of an argument, and of a change, that are shown.
    private static let shownByteLimit = 64 * 1024

    private static func argument(_ argument: CallView.Argument, run: RunID?, entry: Int) -> JSONValue {
        let text = LongText(argument.text, byteLimit: shownByteLimit)
        let further = argument.furtherOriginCount
        let left = further - furtherPlaceLimit
        return [
            "name": .string(name(argument.name)), "integrity": .string(argument.label.integrity.name),
            "readers": .string(readers(argument.label.readers)), "text": .string(text.text),
            "tall": .bool(ShownText.isTall(text.text)), "cut": .string(ShownText.cut(text)),
            "cut_href": .string(entry > 0 ? PagePath.entry(entry) : ""),
            "origins": .array(argument.origins.map { origin($0, of: argument, run: run) }),
            "further": further > 0 ? .string(ShownText.count(further, "more place")) : .null,
            "further_places": .array(
                argument.furtherOrigins.prefix(furtherPlaceLimit).map { place($0, run: run) }),
            "further_left": left > 0 ? .string("\(ShownText.count(left)) more are in the record") : .null,
        ]
    }

    /// Places that a value came from and that are listed when they are asked for.
    private static let furtherPlaceLimit = 200

    private static func place(_ source: Source, run: RunID?) -> JSONValue {
        let isStep = !source.isWorkflow && !source.isInput
        return [
            "source": .string(source.description),
            "href": .string(isStep ? run.map { PagePath.step(source.step, of: $0) } ?? "" : ""),
        ]
    }

    private static func origin(_ origin: CallView.Origin, of argument: CallView.Argument, run: RunID?) -> JSONValue {
        let source = origin.source
        // What is only the value itself says nothing more, nor does the beginning of a place beside one that holds it.
        let isHeld = argument.origins.contains { $0.snippet?.isVerbatim == true }
        let snippet = origin.snippet.flatMap {
            $0.text == VisibleText.line(argument.text) || isHeld && !$0.isVerbatim ? nil : $0
        }
        let mark = snippet.map { SnippetMark($0, value: argument.value) }
        let isStep = !source.isWorkflow && !source.isInput
        return [
            "source": .string(source.description),
            "href": .string(isStep ? run.map { PagePath.step(source.step, of: $0) } ?? "" : ""),
            "says": .bool(mark != nil), "verbatim": .bool(snippet?.isVerbatim ?? false),
            "before": .string(mark?.before ?? ""), "marked": .string(mark?.marked ?? ""),
            "after": .string(mark?.after ?? ""),
        ]
    }

    private static func readers(_ readers: Readers) -> String {
        switch readers {
        case .everyone: ""
        case .only(let names):
            names.isEmpty ? "for nobody to see" : "only for " + names.sorted().joined(separator: ", ")
        }
    }

    /// What a call would change in a file, line by line.
    static func change(_ change: ChangeView?) throws(ReportError) -> Markup {
        guard let change else { return .empty }
        return try PageTemplate.change.filled([
            "path": .string(change.path), "remark": .string(change.remark), "has_lines": .bool(!change.lines.isEmpty),
            "lines": .array(shown(change.lines).map(line)),
        ])
    }

    /// The lines as far as they are shown; what is left out is said.
    private static func shown(_ lines: [ChangeView.Line]) -> [ChangeView.Line] {
        var left = shownByteLimit
        var result: [ChangeView.Line] = []
        for (place, line) in lines.enumerated() {
            guard left > 0 else {
                let count = ShownText.count(lines.count - place, "more line")
                return result + [ChangeView.Line(.skipped, "\(count) left out here")]
            }
            let text = LongText(line.text, byteLimit: left)
            left -= text.text.utf8.count + 1
            result.append(ChangeView.Line(line.kind, text.text))
            if text.isCut {
                let rest = ShownText.size(text.byteCount - text.text.utf8.count)
                result.append(ChangeView.Line(.skipped, "\(rest) more of this line left out here"))
                left = 0
            }
        }
        return result
    }

    private static func line(_ line: ChangeView.Line) -> JSONValue {
        let (sign, words) = signs(of: line.kind)
        return [
            "kind": .string(line.kind.rawValue), "sign": .string(sign), "words": .string(words),
            "text": .string(VisibleText.escaping(line.text)),
        ]
    }

    private static func signs(of kind: ChangeView.Line.Kind) -> (sign: String, words: String) {
        switch kind {
        case .kept: (" ", "")
        case .removed: ("\u{2212}", "goes: ")
        case .added: ("+", "comes: ")
        case .skipped: ("\u{22EF}", "")
        }
    }
}
