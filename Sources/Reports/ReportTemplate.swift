public import JSONSchemas
internal import Mustache

/// A Mustache template that turns JSON values into Markdown, HTML or plain text, in which no value can become
/// markup.
///
/// | tag | prints |
/// | --- | --- |
/// | `{{x}}`, `{{x.y}}`, `{{.}}` | the value, escaped for the format (`ReportFormat`); null prints nothing |
/// | `{{{x}}}`, `{{&x}}` | the same value unescaped, only for `x` named in `rawNames`; else an error |
/// | `{{#x}} {{/x}}` | once for each item; or once unless null, false or an empty text (0 counts) |
/// | `{{^x}} {{/x}}` | when there is nothing in `x` |
/// | `{{code(x)}}`, `{{fence(x)}}`, `{{quotation(x)}}` | as code in a line, as a block of code, as a quotation |
/// | `{{json(x)}}`, `{{pretty(x)}}`, `{{count(x)}}`, `{{percent(x)}}`, `{{fixed2(x)}}`, `{{plusone(x)}}` | as named |
/// | `{{bar(x)}}` | a part of 1 as a bar of ten blocks |
/// | `{{#empty(x)}}`, `{{^last()}}`, `{{#first()}}`, `{{index()}}` | questions |
/// | `{{! comment}}` | nothing |
///
/// Partials, blocks, other delimiters and settings are not offered. A name that the data lacks is an error.
public struct ReportTemplate: Sendable {
    /// The template's name in errors.
    public let name: String
    /// What the text is.
    public let format: ReportFormat

    private let tags: [TemplateTag]
    private let template: MustacheTemplate

    /// Parses a template.
    ///
    /// - Parameters:
    ///   - text: The template.
    ///   - name: Its file name; says the format unless `format` does.
    ///   - format: The format, if the name doesn't tell.
    /// - Throws: `ReportError` with `.template`, naming the line.
    public init(text: String, name: String, format: ReportFormat? = nil) throws(ReportError) {
        let operation = "read template `\(name)`"
        self.name = name
        self.format = format ?? ReportFormat(fileName: name)
        tags = try TemplateTag.scan(text, operation: operation)
        do {
            // The library would escape for HTML; values come escaped for the format. The tag stands alone, so
            // it prints no line.
            template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT }}\n" + text)
        } catch let error as MustacheTemplate.ParserError {
            // The first line is ours.
            let line = error.context.lineNumber - 1
            throw ReportError(
                .template, operation, "the tag at line \(line) is not well-formed (\(error.error))")
        } catch {
            throw ReportError(.template, operation, "it is not a Mustache template (\(error))")
        }
    }

    /// The names that the data has to have: the first parts of all names outside of sections.
    public var requiredNames: [String] {
        var depth = 0
        var names: [String] = []
        for tag in tags {
            if tag.kind == .sectionEnd { depth -= 1 }
            let first = String(tag.name.prefix { $0 != "." })
            if depth == 0, tag.kind != .sectionEnd, !first.isEmpty, !names.contains(first) {
                names.append(first)
            }
            if tag.kind == .section || tag.kind == .invertedSection { depth += 1 }
        }
        return names
    }

    /// Renders the template.
    ///
    /// - Parameters:
    ///   - data: The values by name.
    ///   - rawNames: Names of values that are reports of the same format already, escaped where they were
    ///     made. They are printed as they
    ///     are, and only they may be in `{{{x}}}`. Never name a value that a model or an input wrote.
    /// - Returns: The report's text.
    /// - Throws: `ReportError` with `.missingVariable` naming the variable, its line and the template.
    public func render(_ data: JSONObject, rawNames: Set<String> = []) throws(ReportError) -> String {
        var check = TemplateCheck(data: data, rawNames: rawNames, operation: "render `\(name)`")
        try check.check(tags)
        return template.render(ReportRoot(data: data, format: format, rawNames: rawNames))
    }
}
