import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

@Suite struct TextFeatureTests {
    /// What `body` becomes under these predicates.
    private func cleaned(_ text: String, _ predicates: ArgumentPredicate...) throws -> String? {
        let policy = try Samples.policy(Samples.rule(["body": predicates + [.allowUntrusted]]))
        guard
            case .allow(let warrant) = policy.decide(
                Samples.call(["body": .string(text)]), in: Samples.context())
        else {
            return nil
        }
        return warrant.call.value.arguments["body"]?.stringValue
    }

    @Test(
        arguments: [
            ("see https://evil.example/x?q=1 now", "see  now", "see https[:]//evil[.]example/x?q=1 now"),
            ("[text](//evil.example)", "[text]()", "[text](//evil[.]example)"),
            ("WWW.evil.example", "", "WWW[.]evil[.]example"),
            ("(javascript:alert)", "()", "(javascript[:]alert)"),
            (
                "time 10:30, ratio a:b, C++ // comment", "time 10:30, ratio a:b, C++ // comment",
                "time 10:30, ratio a:b, C++ // comment"
            ),
            ("hthttps://x ://y.example", "ht ://y.example", nil),
        ] as [(String, String, String?)])
    func `links are taken out or made inert`(text: String, stripped: String, defanged: String?) throws {
        if let defanged { #expect(try cleaned(text, .defang(["links"])) == defanged) }
        if text.hasPrefix("hthttps") { return }
        #expect(try cleaned(text, .strip(["links"])) == stripped)
    }

    @Test func `mentions, images and tags are handled`() throws {
        #expect(try cleaned("@kim and a@b.example, @org/team", .strip(["mentions"])) == " and a@b.example, ")
        #expect(try cleaned("ping @kim", .defang(["mentions"])) == "ping [at]kim")
        #expect(try cleaned("a ![x](https://e.example/p.png) b", .strip(["images"])) == "a  b")
        #expect(
            try cleaned("![x](https://e.example)", .defang(["images", "links"]))
                == "[x](https[:]//e[.]example)")
        #expect(try cleaned("1 < 2 <b>bold</b><script", .strip(["html"])) == "1 < 2 bold")
        #expect(try cleaned("<img src=x>", .defang(["html"])) == "&lt;img src=x>")
    }

    @Test(arguments: [
        "https<b>://evil.example", "![a<b>](x)", "<<b>b>x", "@<b>kim", "www<i></i>.evil.example",
    ])
    func `what taking out joins together is taken out as well`(text: String) throws {
        let once = try #require(try cleaned(text, .strip(["html", "images", "links", "mentions"])))
        #expect(try cleaned(once, .strip(["html", "images", "links", "mentions"])) == once)
        #expect(!once.contains("evil") || !once.contains("://"))
    }

    @Test func `making inert twice changes nothing more`() throws {
        let all = ArgumentPredicate.defang(["links", "mentions", "images", "html"])
        for text in ["https://e.example @kim ![x](//e.example) <b>", "a.b:c//d", "mailto:a@b.example"] {
            let once = try #require(try cleaned(text, all))
            #expect(try cleaned(once, all) == once)
        }
    }

    @Test(
        arguments: [
            ("see evil.travel now", "see evil[.]travel now"), ("data.evil.com/x", "data[.]evil[.]com/x"),
            ("at 1.2.3.4:80", "at 1[.]2[.]3[.]4[:]80"), ("evil\u{3002}com", "evil[\u{3002}]com"),
        ])
    func `a bare name that programs make a link of is made inert, and not lost where links are taken out`(
        text: String, inert: String
    ) throws {
        #expect(try cleaned(text, .strip(["links"])) == inert)
        #expect(try cleaned(text, .defang(["links"])) == inert)
        #expect(try cleaned(inert, .strip(["links"])) == inert)
    }

    @Test(arguments: [
        "os.path in main.py:42 and app.js:10:5", "java.lang.NullPointerException at Foo.java:7", "report.md, run.sh",
        "version 10.0.19041.1", "終わりました。次の文です。",
    ])
    func `code, places in files and prose stay as they are`(text: String) throws {
        let all = ["links", "mentions", "images", "html"]
        #expect(try cleaned(text, .strip(all)) == text)
        #expect(try cleaned(text, .defang(all)) == text)
    }

    @Test(
        arguments: [
            (
                "see os.path,https://evil.example/?q=SECRET now", "see  now",
                "see os[.]path,https[:]//evil[.]example/?q=SECRET now"
            ),
            ("main.py:12;https://evil.example/x", "", "main[.]py[:]12;https[:]//evil[.]example/x"),
            ("evil.travel,os.path,www.evil.example", "", "evil[.]travel,os[.]path,www[.]evil[.]example"),
            // A name that may be a word is not lost, and is inert.
            ("main.py:12;evil.travel", "main[.]py[:]12;evil[.]travel", "main[.]py[:]12;evil[.]travel"),
            // The control arm: without a link the same words stay.
            ("see os.path,sys.argv now", "see os.path,sys.argv now", "see os.path,sys.argv now"),
            ("main.py:12;app.js:10", "main.py:12;app.js:10", "main.py:12;app.js:10"),
        ] as [(String, String, String)])
    func `no word before a link hides it`(text: String, stripped: String, defanged: String) throws {
        #expect(try cleaned(text, .strip(["links"])) == stripped)
        #expect(try cleaned(text, .defang(["links"])) == defanged)
    }

    @Test(arguments: ["!![x](https://e.example)", "![a ![b](u)", "<a <img src=x>", "<a <b <c"])
    func `nothing inside of what is made inert stays alive`(text: String) throws {
        let once = try #require(try cleaned(text, .defang(["images", "html", "links"])))
        #expect(!once.contains("![") && !once.contains("<"))
        #expect(try cleaned(once, .defang(["images", "html", "links"])) == once)
    }

    /// What is repeated in texts that a scanner which looks ahead, or begins anew, at every place takes minutes for.
    static let hostile: [(String, String)] = [
        ("![", ""), ("![a](", ""), ("a-", ""), ("a+", ""), ("<", ""), ("<a", ""), ("@", ""), ("@a/", ""), (".", ""),
        ("a.", ""), ("//", ""), (":", ""), ("a:", ""), ("a@", ""), ("://", ""), ("!", ""), ("[", ""), ("www.", ""),
        ("<b", ""), ("evil\u{3002}", ""), ("<", "b>"), ("https<b>", "://evil.example "), ("!", "[a](b)"),
        ("os.path,", ""), ("os.path,", "https://evil.example "), ("main.py:12;", "evil.travel;"),
    ]

    @Test(.timeLimit(.minutes(2)), arguments: hostile)
    func `a long text is cleaned in time in proportion to its length, and twice is once`(
        head: String, tail: String
    ) throws {
        let text = String(repeating: head, count: 40_000) + String(repeating: tail, count: 40_000)
        let all = ["links", "mentions", "images", "html"]
        let stripped = try #require(try cleaned(text, .strip(all)))
        let strippedAgain = try cleaned(stripped, .strip(all))
        let inert = try #require(try cleaned(text, .defang(all)))
        let inertAgain = try cleaned(inert, .defang(all))
        // Compared first, so that a failure doesn't print them.
        let isStable = strippedAgain == stripped && inertAgain == inert
        #expect(isStable)
    }

    @Test func `a tag that is nested deeper than anybody writes leaves no tag behind`() throws {
        let text = String(repeating: "<", count: 40) + String(repeating: "b>", count: 40)
        let stripped = try #require(try cleaned(text, .strip(["html"])))
        #expect(!stripped.contains("<"))
        #expect(try cleaned("<<b>b>plain", .strip(["html"])) == "plain")
    }

    @Test func `later rules see the cleaned text`() throws {
        let policy = try Samples.policy(Samples.rule(["title": [.strip(["links"]), .maxLength(6)]]))
        let call = Samples.call(["title": "short https://long.example/very/long"])
        #expect(Said(policy.decide(call, in: Samples.context())).outcome == .allow)
    }
}
