import JSONSchemas

/// Parses `when`: a reference, `not` a reference, or a reference compared with a literal.
enum ConditionParser {
    static let forms = "Write `${a}`, `not ${a}`, `${a} == literal` or `${a} != literal`."

    static func parse(_ text: String, at position: SourcePosition) throws(TemplateParser.Failure) -> Condition {
        func failure(_ problem: String) -> TemplateParser.Failure {
            TemplateParser.Failure(problem: problem, fix: forms, position: position)
        }
        var rest = trimmed(Substring(text))
        var isNegated = false
        if rest.hasPrefix("not ") {
            isNegated = true
            rest = trimmed(rest.dropFirst(4))
        }
        guard rest.hasPrefix("${"), let end = rest.firstIndex(of: "}") else {
            throw failure("`when` doesn't start with a reference")
        }
        let inside = String(rest[rest.index(rest.startIndex, offsetBy: 2)..<end])
        let reference = try TemplateParser.reference(inside, at: position)
        rest = trimmed(rest[rest.index(after: end)...])
        if rest.isEmpty {
            return Condition(reference: reference, comparison: isNegated ? .isEmpty : .isTrue)
        }
        guard !isNegated, rest.hasPrefix("==") || rest.hasPrefix("!=") else {
            throw failure("`when` has something after the reference that isn't one comparison")
        }
        let isEqual = rest.hasPrefix("==")
        guard let literal = literal(trimmed(rest.dropFirst(2))) else {
            throw failure("`when` doesn't compare with one literal (quote a text that has spaces)")
        }
        return Condition(reference: reference, comparison: isEqual ? .equal(literal) : .notEqual(literal))
    }

    private static func literal(_ text: Substring) -> JSONValue? {
        if text.hasPrefix("'") {
            guard text.count >= 2, text.hasSuffix("'") else { return nil }
            let inside = text.dropFirst().dropLast()
            return inside.contains("'") ? nil : .string(String(inside))
        }
        if text.hasPrefix("\"") {
            guard let value = try? JSONValue(parsing: String(text)), value.stringValue != nil else {
                return nil
            }
            return value
        }
        guard !text.isEmpty, !text.contains(where: { $0.isWhitespace || "${}()&|=<>\"'".contains($0) }) else {
            return nil
        }
        return YAMLScalar.value(ofPlain: String(text))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
