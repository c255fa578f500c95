/// What a template's text is, and so how a value is written into it.
///
/// | format | `{{x}}` | line breaks in x |
/// | --- | --- | --- |
/// | `markdown` | no value makes a link, image, mention, HTML tag, emphasis, list, heading or table cell | a space |
/// | `html` | `& < > " '` as entities | kept |
/// | `text` | as it is | kept |
///
/// In every format control characters and characters that reorder text are made visible, so that what a
/// person reads is what is there.
public enum ReportFormat: String, Hashable, Sendable, CaseIterable {
    case markdown, html, text

    /// The format for a template's file name: `x.md.mustache` and `x.md` are Markdown, `x.html` is HTML,
    /// others are text.
    public init(fileName: String) {
        let name = fileName.lowercased()
        let stem = name.hasSuffix(".mustache") ? name.dropLast(".mustache".count) : name[...]
        if stem.hasSuffix(".md") || stem.hasSuffix(".markdown") {
            self = .markdown
        } else if stem.hasSuffix(".html") || stem.hasSuffix(".htm") {
            self = .html
        } else {
            self = .text
        }
    }

    /// The text as `{{x}}` prints it: on one line in Markdown.
    func escaped(_ text: String) -> String {
        switch self {
        case .markdown: MarkdownText.inline(text)
        case .html: HTMLText.escaped(text)
        case .text: VisibleText.showingControls(text)
        }
    }

    /// The text as code within a line.
    func code(_ text: String) -> String {
        switch self {
        case .markdown: MarkdownText.codeSpan(text)
        case .html: "<code>" + HTMLText.escaped(text) + "</code>"
        case .text: VisibleText.showingControls(text)
        }
    }

    /// The text as a block of code that stands on lines of its own.
    func fence(_ text: String) -> String {
        switch self {
        case .markdown: MarkdownText.fencedBlock(text)
        case .html: "<pre><code>" + HTMLText.escaped(text) + "</code></pre>"
        case .text: VisibleText.showingControls(text)
        }
    }

    /// The text as a quotation that stands on lines of its own and keeps its line breaks.
    func quotation(_ text: String) -> String {
        switch self {
        case .markdown: MarkdownText.quotation(text)
        case .html: "<blockquote>" + HTMLText.escaped(text) + "</blockquote>"
        case .text:
            VisibleText.lines(of: VisibleText.showingControls(text)).map { "> " + $0 }.joined(separator: "\n")
        }
    }
}
