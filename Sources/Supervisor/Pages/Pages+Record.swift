import JSONSchemas
import PolicyEngine
public import Reports
import RunJournal

extension Pages {
    /// The page of one entry, whole.
    public static func entry(_ view: EntryView, in frame: PageFrame) throws(ReportError) -> String {
        let kind = ShownText.words(view.kind.rawValue)
        let content = try PageTemplate.entry.filled([
            "sequence": .string(String(view.sequence)), "kind": .string(kind),
            "run": .string(view.run.description), "run_href": .string(PagePath.run(view.run)),
            "step": .string(view.step.isEmpty ? "" : name(view.step)),
            "step_href": .string(view.step.isEmpty ? "" : PagePath.step(view.step, of: view.run)),
            "time_at": .string(view.time), "time": .string(ShownText.time(view.time)),
            "size": .string(ShownText.size(view.body.byteCount)), "problem": .string(view.problem),
            "body": .string(view.body.text),
            "cut": .string(
                view.body.isCut
                    ? "\(ShownText.cut(view.body)). `warrant show` has all of it." : ""),
        ])
        return try page("Entry \(view.sequence)", content, in: frame, name: "entry", run: view.run.description)
    }

    /// The page of feedback.
    public static func feedback(_ view: FeedbackView, in frame: PageFrame) throws(ReportError) -> String {
        let content = try PageTemplate.feedback.filled([
            "cases": .array(view.cases.map(feedbackCase)), "has_cases": .bool(!view.cases.isEmpty),
            "has_more": .bool(view.hasMore),
        ])
        return try page("Feedback", content, in: frame, name: "feedback")
    }

    private static func feedbackCase(_ item: FeedbackView.Case) -> JSONValue {
        let differences = item.differences.map { difference -> JSONValue in
            [
                "name": .string(name(difference.name)), "asked": lines(difference.asked, beside: difference.wanted),
                "wanted": lines(difference.wanted, beside: difference.asked),
            ]
        }
        let call = LongText(JSONValue.object(item.asked).serialized(.pretty), byteLimit: 16 * 1024)
        return [
            "kind": .string(item.kind.rawValue), "tool": .string(name(item.tool)),
            "href": .string(PagePath.step(item.address, of: item.run)), "address": .string(name(item.address)),
            "person": .string(item.person), "at": .string(item.at), "when": .string(ShownText.time(item.at)),
            "rule": .string(item.rule), "reason": .string(item.reason), "has_differences": .bool(!differences.isEmpty),
            "differences": .array(differences),
            "call": .string(VisibleText.escaping(call.text)), "call_cut": .string(ShownText.cut(call)),
        ]
    }

    /// UTF-8 bytes of an argument that differs that are shown, and how many of them stand before the first difference.
    private static let differenceByteLimit = 8192
    private static let differenceMargin = 200

    /// The lines of an argument's value, each made visible; of a long one what stands around where it begins to differ.
    private static func lines(_ value: JSONValue?, beside other: JSONValue?) -> JSONValue {
        guard let value else { return .array([]) }
        let bytes = Array(ShownText.value(value).utf8)
        var start = 0
        if bytes.count > differenceByteLimit {
            let others = other.map { Array(ShownText.value($0).utf8) } ?? []
            let shared = zip(bytes, others).prefix { $0 == $1 }.count
            start = max(0, shared - differenceMargin)
            while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        }
        let rest = LongText(String(decoding: bytes[start...], as: UTF8.self), byteLimit: differenceByteLimit)
        var lines = VisibleText.escaping(rest.text).split(separator: "\n", omittingEmptySubsequences: false).map {
            String($0)
        }
        if start > 0 { lines.insert("... (\(ShownText.size(start)) that are the same in both)", at: 0) }
        if rest.isCut { lines.append("... (\(ShownText.size(rest.byteCount - rest.text.utf8.count)) more)") }
        return .array(lines.map { ["text": .string($0)] })
    }

    /// The page of the journal.
    public static func journal(_ view: JournalView, in frame: PageFrame) throws(ReportError) -> String {
        let (words, sentence) = outcome(view.outcome)
        let erasures = view.erasures.map { erasure -> JSONValue in
            ["person": .string(name(erasure.person)), "count": .string(ShownText.count(erasure.count))]
        }
        let content = try PageTemplate.journal.filled([
            "outcome": .string(view.outcome), "outcome_words": .string(words), "sentence": .string(sentence),
            "problems": strings(view.problems), "entries": .string(ShownText.count(view.entryCount)),
            "signed_to": .string(view.signedTo == 0 ? "none" : ShownText.count(view.signedTo)),
            "unsigned": .string(ShownText.count(view.unsignedCount)),
            "checkpoints": .string(ShownText.count(view.checkpointCount)),
            "external_to": .string(view.externalTo == 0 ? "none" : ShownText.count(view.externalTo)),
            "verified_at": .string(view.verifiedAt), "verified": .string(ShownText.time(view.verifiedAt)),
            "path": .string(view.path), "read_only": .bool(view.isReadOnly), "head": .string(view.head),
            "key": .string(view.key ?? ""), "external_file": .string(view.externalFile ?? ""),
            "remarks": strings(view.remarks), "has_erasures": .bool(!erasures.isEmpty), "erasures": .array(erasures),
        ])
        return try page("Journal", content, in: frame, name: "journal")
    }

    private static func outcome(_ word: String) -> (words: String, sentence: String) {
        switch word {
        case "intact": ("intact", "Every entry is as it was written, and in its place.")
        case "incomplete": ("incomplete", "Something is missing that signatures speak of.")
        case "tampered": ("tampered", "Something is not as it was written.")
        default: ("cannot tell", "Whether the journal is as it was written can't be told.")
        }
    }
}
