import WebAddresses

/// A link that somebody may follow, in the form in which links are compared.
struct TextLink: Hashable, Sendable {
    /// Scheme and host in lower case, `http` and `https` left out, and the rest as it is written.
    let canonical: String
    /// The address, where it is one that every parser reads alike.
    let address: WebAddress?

    /// The link that `text` is as a whole, or nil when it is none or more than that.
    init?(whole text: String) {
        let links = LinkFinder.links(in: text)
        guard links.count == 1, let link = links.first, link.source == text else { return nil }
        self = link
    }

    /// What was found, without punctuation at its end.
    let source: String

    init(_ source: String) {
        self.source = source
        let hasScheme = source.contains("://")
        let address = try? WebAddress(hasScheme ? source : (source.hasPrefix("//") ? "https:" : "https://") + source)
        self.address = address
        if let address {
            let port = address.port == address.scheme.port ? "" : ":\(address.port)"
            canonical = "\(address.host)\(port)" + (address.rest == "/" ? "" : address.rest)
        } else {
            // Nothing that can't be read equals something that can.
            canonical = "unread " + source
        }
    }
}

/// Finds links in a text: with a scheme, with `www.`, and bare ones that mail and chat programs make links of.
///
/// Errs towards finding. A word too many costs a question, one too few is a request to somebody's server.
enum LinkFinder {
    static func links(in text: String) -> [TextLink] {
        let scalars = Array(text.unicodeScalars)
        var links: [TextLink] = []
        var start = 0
        // Most runs are plain words, and those are only counted.
        var isPlain = true
        for index in 0...scalars.count {
            if index == scalars.count || endsLink(scalars[index]) {
                if !isPlain, index - start > 3 { find(Array(scalars[start..<index]), &links) }
                start = index + 1
                isPlain = true
            } else if scalars[index] == "." || scalars[index] == ":" || scalars[index] == "/" {
                isPlain = false
            }
        }
        return links
    }

    /// At most one link starts in a run: what follows it without a space belongs to it.
    private static func find(_ run: [Unicode.Scalar], _ links: inout [TextLink]) {
        // A dot at the end of a sentence.
        if let dot = run.firstIndex(where: { $0 == "." || $0 == ":" || $0 == "/" }), dot == run.count - 1 { return }
        for start in run.indices where start == 0 || !isName(run[start - 1]) {
            guard isLink(run[start...], before: start == 0 ? nil : run[start - 1]) else { continue }
            var end = run.count
            while end > start, ".,;:!?*_~…".unicodeScalars.contains(run[end - 1]) { end -= 1 }
            links.append(TextLink(String(String.UnicodeScalarView(run[start..<end]))))
            return
        }
    }

    private static func isLink(_ run: ArraySlice<Unicode.Scalar>, before: Unicode.Scalar?) -> Bool {
        let name = run.prefix { isName($0) }
        let rest = run.dropFirst(name.count)
        if name.isEmpty { return starts(run, with: "//") && run.count > 2 && isName(run[run.startIndex + 2]) }
        if starts(rest, with: "://") { return rest.count > 3 }
        // The first half of a mail address, or the second.
        if rest.first == "@" || before == "@" { return false }
        if rest.first == ":", ["mailto", "javascript", "data", "tel", "file"].contains(lower(name)), rest.count > 1 {
            return true
        }
        if starts(run, with: "www."), name.count > 4 { return true }
        // `app.test` in `src/app.test` is a path.
        guard before != "/", before != "\\" else { return false }
        var labels = name.split(separator: ".", omittingEmptySubsequences: false)
        if labels.last?.isEmpty == true { labels.removeLast() }
        guard labels.count > 1, labels.allSatisfy({ !$0.isEmpty }), let last = labels.last else { return false }
        let ending = lower(last)
        if topLevel.contains(ending) { return true }
        // Something with a path or a port: `bit.example/x`, `10.0.0.1:8080`.
        let goesOn =
            rest.count > 1
            && (rest.first == "/" || rest.first == "?"
                || (rest.first == ":" && PreparedText.isDigit(rest.dropFirst().first)))
        return goesOn && (last.count > 1 || labels.count == 4)
            && !(labels.count < 4 && last.allSatisfy(PreparedText.isDigit))
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
        PreparedText.isWord(scalar) || scalar == "." || scalar == "-" || scalar == "+" || scalar == "%"
    }

    private static func endsLink(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "/", ":", "-", "@": false
        case "<", ">", "\"", "'", "`", "(", ")", "[", "]", "{", "}", "|": true
        default: scalar.value < 0x20 || PreparedText.isSpace(scalar)
        }
    }

    /// Endings that make a bare name a link. Those that are also endings of common files (`md`, `py`, `rs`, `sh`, `zip`)
    /// are missing; with a path behind them they are found all the same.
    private static let topLevel: Set<String> = [
        "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "name", "pro", "io", "ai", "app", "dev", "co",
        "me", "tv", "ly", "gl", "gg", "xyz", "site", "online", "shop", "store", "tech", "cloud", "top", "club", "live",
        "link", "click", "page", "blog", "icu", "vip", "us", "uk", "de", "fr", "es", "it", "nl", "ch", "at", "be", "eu",
        "ru", "cn", "jp", "kr", "in", "br", "au", "ca", "nz", "se", "no", "fi", "dk", "cz", "pt", "gr", "ie", "mx",
        "ar", "za", "tk", "ml", "ga", "cf", "cc", "ws", "to", "so", "im", "is", "fm", "am", "la", "su", "ua", "ro",
        "hu", "il", "tr", "hk", "sg", "tw", "id", "th", "vn", "my", "onion", "news", "art", "fun", "space", "world",
    ]
}
