/// Where ``HostilePageText`` gets its texts from.
enum HostilePageTexts {
    struct Group {
        let name: String
        let runs: Bool
        let texts: [String]
    }

    static let groups = [
        Group(
            name: "script", runs: true,
            texts: [
                "<script>canary()</script>", "<SCRIPT>canary()</SCRIPT>", "<script/x>canary()</script >",
                "<script\n>canary()\n</script\t>", "\"><script>canary()</script>", "'><script>canary()</script>",
                "--><script>canary()</script>", "]]><script>canary()</script>", "</p></div><script>canary()</script>",
                "</textarea><script>canary()</script>", "</title><script>canary()</script>",
                "</style><script>canary()</script>", "</script><script>canary()</script>",
                "</pre></code><script>canary()</script>", "</bdi></span><script>canary()</script>",
                "<script type=module>canary()</script>", "<script src=\"data:text/javascript,canary()\"></script>",
                "<script defer src='data:text/javascript;base64,Y2FuYXJ5KCk='></script>",
                "<noscript><p title=\"</noscript><script>canary()</script>\">",
                "<div><a></div></a><script>canary()</script>",
            ]),
        Group(
            name: "handler", runs: true,
            texts: [
                "<img src=x onerror=canary()>", "<img src=\"x\" onerror=\"canary()\">",
                "<IMG SRC=x OnErRoR='canary()'>",
                "<img/src/onerror=canary()>", "<img src=x onerror=\"&#99;anary()\">",
                "<img src=x onerror=&#x63;anary()>",
                "<img src='x'\nonerror\n=\ncanary()>", "<image src=x onerror=canary()>",
                "<img src=data:, onerror=canary()>",
                "\" onerror=canary() x=\"<img src=x onerror=canary()>", "<audio src=x onerror=canary()></audio>",
                "<video src=x onerror=canary()></video>", "<video><source src=x onerror=canary()></video>",
                "<details open ontoggle=canary()>x</details>", "<input autofocus onfocus=canary()>",
                "<body onload=canary()>",
                "<style onload=canary()></style>", "<link rel=stylesheet href=data:text/css,x onload=canary()>",
                "<script src=x onerror=canary()></script>",
                "<iframe onload=canary()></iframe>",
                "<img srcset='x 1x' src=x onerror=canary()>",
                "<p style='animation-name:a' onanimationstart=canary()><style>@keyframes a{}</style>"
                    + "<img src=x onerror=canary()>",
            ]),
        Group(
            name: "drawing", runs: true,
            texts: [
                "<svg onload=canary()>", "<svg/onload=canary()>", "<svg><script>canary()</script></svg>",
                "<svg><script>&#99;anary()</script></svg>", "<svg><style><img src=x onerror=canary()></style></svg>",
                "<svg><animate onbegin=canary() attributeName=x dur=1s></svg>",
                "<svg><image href=x onerror=canary() /></svg>",
                "<math><mtext><img src=x onerror=canary()></mtext></math>",
                "<svg><desc><img src=x onerror=canary()></desc></svg>",
                "<svg><foreignObject><img src=x onerror=canary()></foreignObject></svg>",
            ]),
        Group(
            name: "frame", runs: true,
            texts: [
                "<iframe srcdoc=\"<script>canary()</script>\"></iframe>", "<iframe src=javascript:canary()></iframe>",
                "<iframe srcdoc='&lt;img src=x onerror=canary()&gt;'></iframe>",
                "<iframe src=\"java\nscript:canary()\"></iframe>",
            ]),
        Group(
            name: "address", runs: false,
            texts: [
                "javascript:canary()", "JaVaScRiPt:canary()//", "java\tscript:canary()",
                "data:text/html,<script>canary()</script>",
                "<a href=javascript:canary()>press here</a>", "<a href=\"data:text/html,x\">press here</a>",
                "[press here](javascript:canary())", "![picture](http://canary.invalid/p.png)",
                "<http://canary.invalid/?leak>",
                "<form action=http://canary.invalid/><input name=token type=submit></form>",
                "<button formaction=javascript:canary()>press</button>", "vbscript:canary()",
                "//canary.invalid/x", "http://user:secret@canary.invalid/", "/api/../../../../etc/passwd",
                "..%2f..%2fetc%2fpasswd", "?run=1&step=<b>#fragment", "xn--80ak6aa92e.invalid",
            ]),
        Group(
            name: "outside", runs: false,
            texts: [
                "<img src=http://canary.invalid/p.png>", "<link rel=stylesheet href=http://canary.invalid/a.css>",
                "<style>@import url(http://canary.invalid/a.css);</style>",
                "<style>body{display:none!important}</style>",
                "<style>*{position:fixed;left:0;top:0}</style>", "<base href=http://canary.invalid/>",
                "<meta http-equiv=refresh content='0;url=http://canary.invalid/'>",
                "<div style='position:fixed;inset:0;background:#fff'>cover</div>",
                "<div style=\"background:url(http://canary.invalid/b.png)\">b</div>",
                "<object data=http://canary.invalid/o></object>",
                "<embed src=http://canary.invalid/e>", "<portal src=http://canary.invalid/>",
                "<svg><use href=http://canary.invalid/s#a /></svg>", "<input type=image src=http://canary.invalid/i>",
                "expression(canary())", "}</style><b>bold", "/*</style>*/",
            ]),
        Group(
            name: "markup", runs: false,
            texts: [
                "&lt;script&gt;canary()&lt;/script&gt;", "&amp;lt;b&amp;gt;", "&#60;img src=x onerror=canary()&#62;",
                "\\u003cscript\\u003ecanary()\\u003c/script\\u003e", "%3Cscript%3Ecanary()%3C/script%3E",
                "<!-- a comment that does not end", "<!DOCTYPE html><html><body>", "<![CDATA[ x ]]>",
                "<?xml version=\"1.0\"?>",
                "</body></html>after the end", "<plaintext>", "<textarea>", "<title>", "<select><option>",
                "<table><tr>",
                "<xmp>",
                "<template><img src=x onerror=canary()></template>", "<b><i><u>not closed", "<h1>a heading</h1>",
                "<a name=events id=events>", "<form id=main><input name=innerHTML>",
                "<input type=hidden name=token value=x>",
                "{{{body}}}", "{{> page}}", "{{#a}}{{/a}}", "${7*7}", "{{7*7}}", "<%= 7 * 7 %>", "#{7*7}",
                "'+canary()+'", "\"-canary()-\"", "`${canary()}`", "\\\";canary();//", "*/canary()/*", "</",
                "<", "&", "&#0;", "&#x110000;", "<\u{0}script>canary()</script>", "\u{FF1C}script\u{FF1E}canary()",
                "data: x\n\nevent: answered\ndata: {}\n\n", "\r\nSet-Cookie: a=b\r\n\r\n<b>", "id: 7\nretry: 1\n",
            ]),
        Group(
            name: "letters", runs: false,
            texts: [
                "\u{202E}txt.exe is no program", "a\u{202A}b\u{202B}c\u{202D}d",
                "\u{2066}left\u{2067}right\u{2068}first",
                "\u{200F}\u{200F}\u{061C}deny", "approve\u{202E}yned", "\u{1B}[31mred\u{1B}[0m", "\u{1B}]0;title\u{07}",
                "\u{1B}]8;;http://canary.invalid\u{1B}\\link\u{1B}]8;;\u{1B}\\", "\u{9B}31mred", "a\rb", "a\u{8}\u{8}b",
                "\u{0}\u{1}\u{2}\u{7F}\u{80}\u{85}", "\u{2028}\u{2029}line",
                "\u{FEFF}\u{200B}\u{200C}\u{200D}\u{2060}x",
                "\u{E0041}\u{E0070}\u{E0070}\u{E0072}\u{E007F}tags", "e" + String(repeating: "\u{301}", count: 200),
                String(repeating: "W", count: 5_000), String(repeating: "https://example.org/", count: 100),
                String(repeating: "\u{5E9}", count: 800), String(repeating: "\n", count: 300) + "end",
                String(repeating: " ", count: 2_000) + "end", String(repeating: "<b>", count: 400),
                String(repeating: "\t", count: 200) + "x", "\u{FDFD}\u{FDFD}\u{FDFD}", "\u{1F469}\u{200D}\u{1F4BB}",
                "\u{FFFE}\u{FFFF}\u{10FFFF}", "\u{FFF9}a\u{FFFA}b\u{FFFB}", "\u{3164}\u{115F}\u{1160}", "",
                " ", "\u{C548}\u{B155} \u{65E5}\u{672C} \u{0E17}\u{0E38}", "_____" + String(repeating: "_", count: 900),
            ]),
    ]

    /// Two pieces of the list, one in or beside the other, with noise between.
    static func mixture(_ generator: inout SeededGenerator) -> String {
        let texts = groups.flatMap(\.texts).filter { $0.utf8.count < 200 && !$0.isEmpty }
        func piece() -> String { texts[Int.random(in: 0..<texts.count, using: &generator)] }
        let (outer, inner) = (Array(piece().unicodeScalars), Array(piece().unicodeScalars))
        let noise: [String] = ["", " ", "\n", "\u{202E}", "\u{0}", "<", "\"", "'", "&", "-->", "</p>", "\u{1B}[2J"]
        let middle = Array(noise[Int.random(in: 0..<noise.count, using: &generator)].unicodeScalars)
        let place = Int.random(in: 0...outer.count, using: &generator)
        var view = String.UnicodeScalarView()
        view.append(contentsOf: outer[..<place] + middle + inner + middle + outer[place...])
        return String(view)
    }
}
