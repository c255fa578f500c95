import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal

/// The prompts in the record of a step.
enum PromptReading {
    /// The prompts that an entry holds: of a read, one a chunk, of an agent's turn or a plan, one.
    static func prompts(in entry: JournalEntry, byteLimit: Int) -> [PromptView] {
        switch entry.kind {
        case .promptBuilt:
            return (entry.body["prompts"]?.arrayValue ?? []).map { prompt($0, byteLimit: byteLimit) }
        case .valueProduced:
            guard let text = entry.body["prompt"]?.stringValue else { return [] }
            if let prompt = cut(text, at: entry.body["segments"], byteLimit: byteLimit) { return [prompt] }
            // What the record doesn't tell apart is all taken for the worst that is in it.
            let label = entry.body["label"].flatMap(Label.init(fromJSON:))
            return [
                PromptView(segments: [
                    PromptView.Segment(
                        .whole, label?.integrity ?? .untrusted, LongText(text, byteLimit: byteLimit))
                ])
            ]
        default: return []
        }
    }

    private static func prompt(_ segments: JSONValue, byteLimit: Int) -> PromptView {
        PromptView(
            segments: (segments.arrayValue ?? []).map { segment in
                PromptView.Segment(
                    segment["kind"]?.stringValue.flatMap(PromptView.Segment.Kind.init(rawValue:)) ?? .whole,
                    integrity(segment["integrity"]?.stringValue),
                    LongText(segment["text"]?.stringValue ?? "", byteLimit: byteLimit))
            })
    }

    /// A whole prompt in the pieces that the record says it has; nil where it says nothing of them, or something that does
    /// not fit the text.
    private static func cut(_ text: String, at segments: JSONValue?, byteLimit: Int) -> PromptView? {
        guard let list = segments?.arrayValue else { return nil }
        var rest = Array(text.utf8)[...]
        var pieces: [PromptView.Segment] = []
        for item in list {
            guard let kind = item[0]?.stringValue.flatMap(PromptView.Segment.Kind.init(rawValue:)),
                let count = item[2]?.intValue, count >= 0, count <= rest.count,
                let piece = String(validating: rest.prefix(count), as: UTF8.self)
            else { return nil }
            rest = rest.dropFirst(count)
            pieces.append(
                PromptView.Segment(
                    kind, integrity(item[1]?.stringValue), LongText(piece, byteLimit: byteLimit)))
        }
        return rest.isEmpty ? PromptView(segments: pieces) : nil
    }

    private static func integrity(_ word: String?) -> Integrity {
        [Integrity.trusted, .endorsed, .untrusted].first { "\($0)" == word } ?? .untrusted
    }
}
