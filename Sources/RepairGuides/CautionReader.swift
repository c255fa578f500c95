/// Reads what of a warning can be held without judgement.
enum CautionReader {
    static func caution(id: String, _ quote: Quote) -> GuideCaution {
        let text = quote.line
        let bytes = Array(quote.text.utf8)
        let spans = CodeSpans(bytes, bytes.indices).spans.map(\.text)
        let isForbidding = text.lowercased().contains(/\b(never|do not|don't|must not|leave|keep|must stay)\b/)
        var stopsIf: String?
        if let match = text.firstMatch(of: /^If (.+?), ?[^,]*\b(stop|escalate)\b/.ignoresCase()) {
            stopsIf = String(match.output.1)
        }
        var forbids: GuideCaution.Forbidden?
        let pattern =
            /\b(?:never|do not|don't) ([a-z]+)\b.*?\b(?:while|when|if|as long as) `([^`]+)` is (?:still )?`?([A-Za-z0-9_.-]+)/
        if let match = text.firstMatch(of: pattern.ignoresCase()) {
            forbids = GuideCaution.Forbidden(
                verb: match.output.1.lowercased(), key: String(match.output.2),
                value: String(match.output.3).trimmedStop)
        }
        var protects: [String] = []
        var unheld: [String] = []
        if isForbidding, forbids == nil {
            for span in spans {
                let isPath = CodeSpans.isPath(span) || CodeSpans.isFolder(span)
                if isPath, let path = FolderPath(span) {
                    if !protects.contains(path.text) { protects.append(path.text) }
                } else if isPath || stopsIf == nil, !unheld.contains(span) {
                    // A condition to stop is looked at by itself; anything else would be passed over.
                    unheld.append(span)
                }
            }
        }
        return GuideCaution(
            id: id, quote: quote, protects: protects, stopsIf: stopsIf, forbids: forbids, unheld: unheld)
    }
}

extension String {
    /// The text without full stops and colons at its end.
    var trimmedStop: String {
        var text = self
        while let last = text.last, last == "." || last == ":" || last == "," || last == ";" { text.removeLast() }
        return text
    }
}
