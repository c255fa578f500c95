import Synchronization

/// A form of strings that `format` names.
///
/// Each is one regular expression, so that a validator and a generator share one truth:
///
/// | format | after | departures |
/// | --- | --- | --- |
/// | `date-time`, `date`, `time` | RFC 3339 | real dates, leap years included; a leap second at 23:59:60 UTC, written with `Z` or a zero offset, only |
/// | `duration` | RFC 3339, appendix A | none |
/// | `email`, `idn-email` | RFC 5321, RFC 6531 | no comments; a domain's name as in `hostname`, `idn-hostname` |
/// | `hostname` | RFC 1123 | at most 253 characters; what `xn--` stands for isn't looked at |
/// | `idn-hostname` | RFC 5890 | letters, marks and digits by their general category, without the rules about neighbors |
/// | `ipv4`, `ipv6` | RFC 2673, RFC 4291 | none |
/// | `uri`, `uri-reference`, `iri`, `iri-reference` | RFC 3986, RFC 3987 | none |
/// | `uri-template` | RFC 6570 | none |
/// | `uuid` | RFC 4122 | none |
/// | `json-pointer`, `relative-json-pointer` | RFC 6901 | none |
/// | `regex` | ECMA-262 | a text fits when it can be parsed as a `pattern`, or could but for back-references and the names of Unicode properties; octal escapes and `\` before letters without a meaning don't fit. The expression here is a part of that, for generating |
public struct StringFormat: Hashable, Sendable {
    private let form: Form

    /// What is known about a form, once for all schemas that name it.
    private final class Form: Sendable {
        let name: String
        let pattern: StringPattern
        let maxLength: Int?
        let isExact: Bool

        init(name: String, pattern: StringPattern) {
            self.name = name
            self.pattern = pattern
            maxLength = name.hasSuffix("hostname") ? 253 : nil
            isExact = name != "regex"
        }
    }

    /// The format's name, such as `date-time`.
    public var name: String { form.name }
    /// The whole strings that have the form, as an anchored regular expression.
    public var pattern: StringPattern { form.pattern }
    /// The greatest length of a string that has the form, in code points, where the form has one beside `pattern`.
    public var maxLength: Int? { form.maxLength }
    /// Whether `pattern` and `maxLength` are all there is to it. Otherwise strings that fit them have the form, and so do
    /// others.
    public var isExact: Bool { form.isExact }

    /// The names of the formats that are known.
    public static var names: [String] { sources.keys.sorted() }

    /// The format `name`, if it is known.
    public static func named(_ name: String) -> StringFormat? {
        if let format = known.withLock({ $0[name] }) { return format }
        guard let source = sources[name] else { return nil }
        let text = "^(?:\(source()))$"
        guard let pattern = try? StringPattern(parsing: text) else {
            preconditionFailure("The expression of the format `\(name)` can't be parsed.")
        }
        let format = StringFormat(form: Form(name: name, pattern: pattern))
        known.withLock { $0[name] = format }
        return format
    }

    /// Whether `text` has the form.
    public func matches(_ text: String) -> Bool {
        guard isExact else { return PatternParser.isWellFormed(text) }
        if let maxLength, text.unicodeScalars.count > maxLength { return false }
        return pattern.matches(text)
    }

    /// Whether both have the same name.
    public static func == (left: StringFormat, right: StringFormat) -> Bool { left.name == right.name }

    /// Feeds the name to `hasher`.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// Parsing an expression takes longer than reading a schema; each is parsed once.
    private static let known = Mutex<[String: StringFormat]>([:])

    /// Names that say how a number or bytes are stored, which no text can break.
    static func isForOtherTypes(_ name: String) -> Bool {
        ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double", "byte", "binary"]
            .contains(name)
    }

    private static let sources: [String: @Sendable () -> String] = [
        "date-time": { DateForms.date + "[Tt]" + DateForms.time },
        "date": { DateForms.date },
        "time": { DateForms.time },
        "duration": { DateForms.duration },
        "email": { MailForms.email(isInternational: false) },
        "idn-email": { MailForms.email(isInternational: true) },
        "hostname": { HostForms.name },
        "idn-hostname": { HostForms.internationalName },
        "ipv4": { HostForms.ipv4 },
        "ipv6": { HostForms.ipv6 },
        "uri": { AddressForms(isInternational: false).absolute },
        "uri-reference": { AddressForms(isInternational: false).reference },
        "iri": { AddressForms(isInternational: true).absolute },
        "iri-reference": { AddressForms(isInternational: true).reference },
        "uri-template": { AddressForms.template },
        "uuid": { "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}" },
        "json-pointer": { pointer },
        "relative-json-pointer": { "(?:0|[1-9][0-9]*)(?:#|\(pointer))" },
        "regex": { expression(depth: 3) },
    ]

    private static let pointer = "(?:/(?:[^~/]|~[01])*)*"

    /// Expressions that any reader of ECMA-262 takes, with groups nested to `depth`.
    private static func expression(depth: Int) -> String {
        let escape = "\\\\[dDwWsStnrfv.*+?()\\[\\]{}|^$/\\\\]"
        let range = "a-z|A-Z|0-9|[^\\]\\[\\\\^\\-\\u0000-\\u001F]|\(escape)"
        var atom = "[^\\\\.*+?()\\[\\]{}|^$\\u0000-\\u001F]|\\.|\(escape)|\\[\\^?(?:\(range))+\\]"
        if depth > 0 { atom += "|\\((?:\\?:)?\(expression(depth: depth - 1))\\)" }
        let piece = "(?:\(atom))(?:(?:[*+?]|\\{[0-9]{1,2},?\\})\\??)?"
        let side = "\\^?(?:\(piece))*\\$?"
        return "\(side)(?:\\|\(side))*"
    }
}
