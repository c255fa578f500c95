/// Reads what a step's own words say of its conditions, of what must be seen and of what is to be edited.
struct StepReader {
    private(set) var reads: [String] = []
    private(set) var onlyIf: String?
    private(set) var expects: [Expectation] = []
    private(set) var edits: [GuideStep.Edit] = []

    /// `paths`: all paths that the runbook names.
    init(quote: Quote, kind: GuideStep.Kind, command: GuideCommand?, paths: [String]) {
        let text = quote.line
        let bytes = Array(quote.text.utf8)
        let spans = CodeSpans(bytes, bytes.indices).spans.map(\.text).filter { $0 != command?.line.text }
        if let match = text.firstMatch(of: /^(?:Only )?(?:if|when) (.+?)[:,]/.ignoresCase()) {
            onlyIf = String(match.output.1)
        }
        if kind != .mitigate, text.lowercased().contains(/\b(read|look|open|inspect|lines of|view|see)\b/) {
            reads = spans.filter(CodeSpans.isPath)
        }
        readEdits(text, spans)
        readExpectations(text, spans, kind: kind, command: command)
    }

    private mutating func readEdits(_ text: String, _ spans: [String]) {
        let words = text.lowercased()
        guard words.contains(/\b(set|change|put|edit|write|raise|lower|correct|rename|replace)\b/) else { return }
        for span in spans {
            if let match = span.wholeMatch(of: /([A-Za-z_][A-Za-z0-9_.-]*)\s*[=:]\s*(\S.*)/) {
                edits.append(.set(key: String(match.output.1), value: String(match.output.2)))
            }
        }
        if edits.isEmpty,
            words.contains(/\b(correct|rename|fix)\b.*\b(name|spelling)\b.*\b(key|setting|option|parameter)\b/)
                || words.contains(/\b(correct|rename|fix)\b.*\bmisspelt\b/)
        {
            edits.append(.rename)
        }
    }

    private mutating func readExpectations(
        _ text: String, _ spans: [String], kind: GuideStep.Kind, command: GuideCommand?
    ) {
        let words = text.lowercased()
        let demands = words.contains(/\b(must|should|has to|prints|shows|reports|returns)\b/)
        if kind == .diagnose {
            // In a diagnosis, what is quoted is what the fault looks like.
            for match in text.matches(of: /["“]([^"”]{3,80})["”]/) {
                expects.append(.faultIfSays(String(match.output.1)))
            }
            if words.contains(/\bany other\b.{0,40}\b(escalate|stop)\b/) { expects.append(.noOtherLines) }
        } else if command != nil {
            for match in text.matches(of: /\b(?:say|says|show|shows|contain|contains) ["“]([^"”]{2,80})["”]/) {
                expects.append(.says(String(match.output.1)))
            }
        }
        if let match = text.firstMatch(of: /\bmust be at least (\d{1,9})\b/.ignoresCase()),
            let least = Int(match.output.1), let file = spans.first(where: CodeSpans.isPath),
            let key = spans.first(where: { !CodeSpans.isPath($0) })
        {
            expects.append(.settingAtLeast(key: key, file: file, least))
        }
        guard command != nil else {
            if kind == .verify, expects.isEmpty { expects.append(.words(text)) }
            return
        }
        if words.contains(/\b(be|is|stays?) silent\b|\bno output\b|\bprints? nothing\b/) { expects.append(.silent) }
        if let match = text.firstMatch(
            of: /\bexits? (?:with |code |status |with code |with status )?`?(\d{1,3})\b/.ignoresCase()),
            let status = Int(match.output.1)
        {
            expects.append(.exits(status))
        }
        guard demands, kind != .diagnose || words.contains(/\bmust\b/) else {
            nameFiles(spans, kind)
            return
        }
        if words.contains(/\bvalue\b.*\b(copy|backup|before)\b/) { expects.append(.printsEditedValue) }
        if let match = text.firstMatch(
            of: /\b(?:print|prints|show|shows|report|reports|return|returns|read|reads|be|say|says) `([^`]+)`/)
        {
            expects.append(.prints(String(match.output.1)))
        } else if let match = text.firstMatch(of: /\bmust (?:now )?say ([A-Za-z0-9_][^.,;:`"]{1,60})/.ignoresCase()) {
            expects.append(.says(String(match.output.1)))
        }
        nameFiles(spans, kind)
    }

    /// Names of files that a verification speaks of must turn up in what its command shows.
    private mutating func nameFiles(_ spans: [String], _ kind: GuideStep.Kind) {
        guard kind == .verify, !expects.contains(where: \.isRequirement) else { return }
        for span in spans where CodeSpans.isPath(span) { expects.append(.lists(span)) }
    }
}
