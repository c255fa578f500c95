/// Reads what of a warning can be held without judgement.
enum CautionReader {
    static func caution(id: String, _ quote: Quote) -> GuideCaution {
        let text = quote.line
        let isForbidding = text.lowercased().contains(/\b(never|do not|don't|must not|leave|keep|must stay)\b/)
        let condition = conditionToStop(in: text)
        let held = heldCommand(in: text)
        var protects: [String] = []
        var unheld: [String] = []
        if isForbidding {
            let bytes = Array(text.utf8)
            for span in CodeSpans(bytes, bytes.indices).spans where !isInside(span, held?.part, text) {
                let name = span.text
                let isPath = CodeSpans.isPath(name) || CodeSpans.isFolder(name)
                if isPath, let path = FolderPath(name) {
                    if !protects.contains(path.text) { protects.append(path.text) }
                } else if isPath || !isInside(span, condition, text), !unheld.contains(name) {
                    // A condition to stop is looked at by itself; anything else would be passed over.
                    unheld.append(name)
                }
            }
        }
        return GuideCaution(
            id: id, quote: quote, protects: protects, stopsIf: condition.map { String(text[$0]) },
            forbids: held?.forbidden, unheld: unheld)
    }

    /// What follows `If` in a warning that says to stop, up to where it forbids something.
    private static func conditionToStop(in text: String) -> Range<String.Index>? {
        guard let match = text.firstMatch(of: /^If (.+?), ?[^,]*\b(stop|escalate)\b/.ignoresCase()) else { return nil }
        let condition = match.output.1
        let order = condition.firstMatch(
            of: /[,;:.] *(?:and |but |then )?(?:never|do not|don't|must not|leave|keep)\b/.ignoresCase())
        return condition.startIndex..<(order?.range.lowerBound ?? condition.endIndex)
    }

    /// A command that waits for a setting, and the part of the warning that says so. It doesn't go on behind a comma, a
    /// full stop or another `never`: what stands there is forbidden by itself.
    private static func heldCommand(
        in text: String
    ) -> (forbidden: GuideCaution.Forbidden, part: Range<String.Index>)? {
        let pattern =
            /\b(?:never|do not|don't) ([a-z]+)\b(?:`[^`]*`|(?![ (](?:never|do not|don't)\b)[^`,;.])*?\b(?:while|when|if|as long as) `([^`]+)` is (?:still )?`?([A-Za-z0-9_.-]+)/
        guard let match = text.firstMatch(of: pattern.ignoresCase()) else { return nil }
        let forbidden = GuideCaution.Forbidden(
            verb: match.output.1.lowercased(), key: String(match.output.2), value: String(match.output.3).trimmedStop)
        return (forbidden, match.range)
    }

    /// Whether all of a span lies in a part of the text.
    private static func isInside(_ span: Quote, _ part: Range<String.Index>?, _ text: String) -> Bool {
        guard let part else { return false }
        return span.range.lowerBound >= text.utf8.distance(from: text.startIndex, to: part.lowerBound)
            && span.range.upperBound <= text.utf8.distance(from: text.startIndex, to: part.upperBound)
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
