/// Regular expressions for RFC 3986's addresses, RFC 3987's with other letters, and RFC 6570's templates.
struct AddressForms {
    let isInternational: Bool

    private static let percent = "%[0-9A-Fa-f]{2}"
    private static let otherLetters: String = {
        let planes = (1...14).map { plane -> String in
            let start = UInt32(plane) << 16 + (plane == 14 ? 0x1000 : 0)
            return "\\u{\(String(start, radix: 16))}-\\u{\(String(UInt32(plane) << 16 + 0xFFFD, radix: 16))}"
        }
        return "\\u00A0-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFEF" + planes.joined()
    }()
    private static let privateUse = "\\uE000-\\uF8FF\\u{F0000}-\\u{FFFFD}\\u{100000}-\\u{10FFFD}"
    private static let separators = "!$&'()*+,;="

    /// Unreserved characters and separators, without brackets around them.
    private var plain: String {
        "A-Za-z0-9\\-._~\(Self.separators)" + (isInternational ? Self.otherLetters : "")
    }

    private func characters(_ more: String, privateUse: Bool = false) -> String {
        let hidden = privateUse && isInternational ? Self.privateUse : ""
        return "(?:[\(plain)\(more)\(hidden)]|\(Self.percent))"
    }

    private var authority: String {
        let future = "[vV][0-9A-Fa-f]+\\.[A-Za-z0-9\\-._~\(Self.separators):]+"
        let host = "(?:\\[(?:\(HostForms.ipv6)|\(future))\\]|\(characters(""))*)"
        return "(?:\(characters(":"))*@)?\(host)(?::[0-9]*)?"
    }

    private var tail: String {
        let rest = { (privateUse: Bool) in "\(characters(":@/?", privateUse: privateUse))*" }
        return "(?:\\?\(rest(true)))?(?:#\(rest(false)))?"
    }

    private var segments: String { "(?:/\(characters(":@"))*)*" }

    /// Where neither scheme nor authority stands first, what a path begins with must not look like either.
    private var rooted: String {
        let any = characters(":@")
        return "//\(authority)\(segments)|/(?:\(any)+\(segments))?"
    }

    /// An address with its scheme.
    var absolute: String {
        "[A-Za-z][A-Za-z0-9+\\-.]*:(?:\(rooted)|\(characters(":@"))+\(segments))?\(tail)"
    }

    /// An address or a part of one.
    var reference: String {
        "(?:\(absolute)|(?:\(rooted)|\(characters("@"))+\(segments))?\(tail))"
    }

    static let template: String = {
        let literal =
            "[!#$&-;=?-\\[\\]_a-z~\(otherLetters)\(privateUse)]|\(percent)"
        let letter = "(?:[A-Za-z0-9_]|\(percent))"
        let variable = "\(letter)(?:\\.?\(letter))*(?::[1-9][0-9]{0,3}|\\*)?"
        return "(?:\(literal)|\\{[+#./;?&=,!@|]?\(variable)(?:,\(variable))*\\})*"
    }()
}
