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

    @Test func `later rules see the cleaned text`() throws {
        let policy = try Samples.policy(Samples.rule(["title": [.strip(["links"]), .maxLength(6)]]))
        let call = Samples.call(["title": "short https://long.example/very/long"])
        #expect(Said(policy.decide(call, in: Samples.context())).outcome == .allow)
    }
}
