/// Finds links in a text: with a scheme, with `www.`, and bare names that mail and chat programs make links of. The one
/// finder for `links`, `strip` and `defang`.
///
/// Errs towards finding. A word too many costs a question, one too few is a request to somebody's server.
enum LinkFinder {
    /// How sure it is that a program makes a link of it; the surest is the greatest.
    enum Certainty: Comparable, Sendable {
        /// A name of two words with a dot between them, such as `os.path`, and a place in a file, `main.py:12`.
        case doubtful
        /// A name, without a scheme, that programs know: its ending is a top-level domain, it goes on with a path or a
        /// port, or it is an IP address.
        case bare
        /// Written as a link: with a scheme, `www.` or `//`.
        case written
    }

    /// One link in a text.
    struct Found: Sendable {
        /// Where it stands, without punctuation at its end.
        let range: Range<Int>
        let certainty: Certainty
    }

    /// All links, whatever the certainty.
    static func links(in text: String) -> [TextLink] {
        let scalars = Array(text.unicodeScalars)
        return find(in: scalars).map { TextLink(String(String.UnicodeScalarView(scalars[$0.range]))) }
    }

    /// The places of all links, in order.
    /// - Complexity: O(*n*).
    static func find(in text: [Unicode.Scalar]) -> [Found] {
        var found: [Found] = []
        var start = 0
        // Most runs are plain words, and those are only counted.
        var isPlain = true
        for index in 0...text.count {
            if index == text.count || endsLink(text[index]) {
                if !isPlain, index - start > 3, let one = link(in: text[start..<index]) { found.append(one) }
                start = index + 1
                isPlain = true
            } else if isPlain, opensLink(text[index]) {
                isPlain = false
            }
        }
        return found
    }

    /// A dot between the labels of a name, also in the forms that browsers read as one.
    static func isDot(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "." || scalar == "\u{FF0E}" || isIdeographic(scalar)
    }

    /// At most one link is in a run: what follows the first place without a space belongs to it, and it is as sure as
    /// the surest of them, so that no word before a link hides it.
    ///
    /// - Complexity: O(*n*): no two places where a name starts share the name.
    private static func link(in run: ArraySlice<Unicode.Scalar>) -> Found? {
        // A dot at the end of a sentence.
        if run.firstIndex(where: opensLink) == run.endIndex - 1 { return nil }
        var first: Int?
        var surest = Certainty.doubtful
        for start in run.indices where start == run.startIndex || !isName(run[start - 1]) {
            let before = start == run.startIndex ? nil : run[start - 1]
            guard let sureness = certainty(of: run[start...], before: before) else { continue }
            if first == nil { first = start }
            surest = max(surest, sureness)
            if surest == .written { break }
        }
        guard let first else { return nil }
        var end = run.endIndex
        while end > first, isPunctuation(run[end - 1]) { end -= 1 }
        return end > first ? Found(range: first..<end, certainty: surest) : nil
    }

    private static func certainty(of run: ArraySlice<Unicode.Scalar>, before: Unicode.Scalar?) -> Certainty? {
        let name = run.prefix { isName($0) }
        let rest = run[name.endIndex...]
        if name.isEmpty {
            return starts(run, with: "//") && run.count > 2 && isName(run[run.startIndex + 2]) ? .written : nil
        }
        if starts(rest, with: "://") { return rest.count > 3 ? .written : nil }
        // The first half of a mail address, or the second.
        if rest.first == "@" || before == "@" { return nil }
        if rest.first == ":", rest.count > 1, name.count <= 10,
            ["mailto", "javascript", "data", "tel", "file"].contains(lower(name))
        {
            return .written
        }
        if starts(run, with: "www"), name.count > 4, isDot(run[run.startIndex + 3]) { return .written }
        // `app.test` in `src/app.test` is a path.
        guard before != "/", before != "\\" else { return nil }
        return certainty(ofName: name, rest)
    }

    /// The same for a name without anything before it that says what it is.
    private static func certainty(
        ofName name: ArraySlice<Unicode.Scalar>, _ rest: ArraySlice<Unicode.Scalar>
    ) -> Certainty? {
        var labels = name.split(omittingEmptySubsequences: false, whereSeparator: isDot)
        if labels.last?.isEmpty == true { labels.removeLast() }
        guard labels.count > 1, labels.allSatisfy({ !$0.isEmpty }), let last = labels.last else { return nil }
        // Longer ones are no ending of anything.
        let ending = last.count <= 63 ? lower(last) : ""
        if TopLevelDomains.contains(ending) || ending.hasPrefix("xn--") { return .bare }
        if labels.count == 4, labels.allSatisfy(isByte) { return .bare }
        let isNumber = last.allSatisfy(PreparedText.isDigit)
        let next = rest.dropFirst().first
        if rest.first == "/" || rest.first == "?", rest.count > 1 {
            // `bit.example/x`; `1.2/3` is a calculation.
            return (last.count > 1 || labels.count == 4) && !(labels.count < 4 && isNumber) ? .bare : nil
        }
        if rest.first == ":", PreparedText.isDigit(next) {
            guard last.count > 1 || labels.count == 4, !(labels.count < 4 && isNumber) else { return nil }
            return TopLevelDomains.isFileEnding(ending) ? .doubtful : .bare
        }
        // A full stop of Chinese or Japanese stands between sentences more often than between labels, and what follows
        // a name there needs no space.
        let head = last.prefix { $0.isASCII }
        if head.count < last.count || name.contains(where: isIdeographic) {
            if head.count <= 63, TopLevelDomains.contains(lower(head)) { return .bare }
            if name.contains(where: isIdeographic) { return nil }
        }
        guard last.count > 1, last.allSatisfy({ $0.properties.isAlphabetic }),
            !TopLevelDomains.isFileEnding(ending)
        else { return nil }
        return .doubtful
    }

    /// A part of an IPv4 address.
    private static func isByte(_ label: ArraySlice<Unicode.Scalar>) -> Bool {
        label.count <= 3 && label.allSatisfy(PreparedText.isDigit) && label.reduce(0) { $0 * 10 + $1.value - 48 } < 256
    }

    private static func starts(_ run: ArraySlice<Unicode.Scalar>, with prefix: String) -> Bool {
        let wanted = prefix.unicodeScalars
        return run.count >= wanted.count
            && zip(run, wanted).allSatisfy { $0 == $1 || ($0.isASCII && $0.value | 0x20 == $1.value && $1.value > 96) }
    }

    private static func lower(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars)).lowercased()
    }

    private static func isName(_ scalar: Unicode.Scalar) -> Bool {
        PreparedText.isWord(scalar) || isDot(scalar) || scalar == "-" || scalar == "+" || scalar == "%"
    }

    private static func opensLink(_ scalar: Unicode.Scalar) -> Bool {
        scalar == ":" || scalar == "/" || isDot(scalar)
    }

    private static func isIdeographic(_ scalar: Unicode.Scalar) -> Bool { scalar == "\u{3002}" || scalar == "\u{FF61}" }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", ",", ";", ":", "!", "?", "*", "_", "~", "…": true
        default: isDot(scalar)
        }
    }

    private static func endsLink(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "/", ":", "-", "@": false
        case "<", ">", "\"", "'", "`", "(", ")", "[", "]", "{", "}", "|": true
        default: scalar.value < 0x20 || PreparedText.isSpace(scalar)
        }
    }
}
