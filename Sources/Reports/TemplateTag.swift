/// One tag of a Mustache template.
struct TemplateTag: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case variable, rawVariable, section, invertedSection, sectionEnd
    }

    let kind: Kind
    /// What stands in the braces, filters included: `count(items)`.
    let text: String
    /// The path: `items` or `row.title`; empty in `last()`, "." for the current item.
    let name: String
    /// The filters, outermost first.
    let filters: [String]
    /// The tag's line, from 1.
    let line: Int

    /// Reads the tags of a template in order. Comments are left out.
    ///
    /// - Throws: `ReportError` for a tag that isn't closed or that reports don't offer: partials, blocks,
    ///   other delimiters, settings.
    static func scan(_ template: String, operation: String) throws(ReportError) -> [TemplateTag] {
        var tags: [TemplateTag] = []
        var line = 1
        var rest = template[...]
        while let start = rest.firstRange(of: "{{") {
            line += rest[..<start.lowerBound].count { $0.isNewline }
            let isTriple = rest[start.upperBound...].hasPrefix("{")
            let content = isTriple ? rest.index(after: start.upperBound) : start.upperBound
            guard let end = rest[content...].firstRange(of: isTriple ? "}}}" : "}}") else {
                throw ReportError(.template, operation, "the tag in line \(line) is not closed")
            }
            let text = rest[content..<end.lowerBound]
            if let tag = try tag(text, isTriple: isTriple, line: line, operation: operation) {
                tags.append(tag)
            }
            line += text.count { $0.isNewline }
            rest = rest[end.upperBound...]
        }
        return tags
    }

    private static func tag(
        _ text: Substring, isTriple: Bool, line: Int, operation: String
    ) throws(ReportError) -> TemplateTag? {
        var body = text
        var kind = isTriple ? Kind.rawVariable : .variable
        if !isTriple, let sigil = text.first {
            switch sigil {
            case "!": return nil
            case "#": kind = .section
            case "^": kind = .invertedSection
            case "/": kind = .sectionEnd
            case "&": kind = .rawVariable
            case ">", "<", "$", "=", "%":
                throw ReportError(
                    .template, operation, "the tag `{{\(sigil)` in line \(line) isn't offered in reports")
            default: break
            }
            if kind != .variable { body = text.dropFirst() }
        }
        let trimmed = body.drop { $0.isWhitespace }
        let tagText = String(trimmed.prefix { !$0.isWhitespace })
        guard !tagText.isEmpty, trimmed.dropFirst(tagText.count).allSatisfy(\.isWhitespace) else {
            throw ReportError(.template, operation, "the tag in line \(line) doesn't hold one name")
        }
        var parts = tagText.split(separator: "(", omittingEmptySubsequences: false).map(String.init)
        var name = parts.removeLast()
        let closing = name.reversed().prefix { $0 == ")" }.count
        guard closing == parts.count, parts.allSatisfy({ !$0.isEmpty }) else {
            throw ReportError(
                .template, operation, "the parentheses of `\(tagText)` in line \(line) don't match")
        }
        name.removeLast(closing)
        guard name.allSatisfy({ isNameCharacter($0) }), !name.isEmpty || !parts.isEmpty else {
            throw ReportError(
                .template, operation,
                "`\(tagText)` in line \(line) isn't a name: letters, digits, `_`, `-` and `.`")
        }
        return TemplateTag(kind: kind, text: tagText, name: name, filters: parts, line: line)
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_-.".contains(character))
    }
}
