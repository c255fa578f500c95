/// Text that is HTML already: what templates made, in which every value was escaped.
///
/// Nothing else makes one, so that a text can't be taken for markup by mistake.
struct Markup: Sendable {
    /// The HTML.
    let html: String

    /// Nothing.
    static let empty = Markup(html: "")

    /// Only for ``PageTemplate``, and for joining.
    fileprivate init(html: String) {
        self.html = html
    }
}

extension PageTemplate {
    /// What a template made.
    func markup(_ rendered: String) -> Markup { Markup(html: rendered) }
}
