import Foundation
import JSONSchemas
import TestSupport
import Testing

@Suite struct StringFormatTests {
    private static let samples: [(name: String, yes: [String], no: [String])] = [
        (
            "date", ["2024-02-29", "2000-02-29", "0000-02-29", "2026-12-31", "1998-04-30"],
            [
                "2023-02-29", "1900-02-29", "2026-13-01", "2026-04-31", "2026-1-1", "20260101", "２026-01-01",
                "2026-01-01 ",
            ]
        ),
        (
            "time", ["23:59:59Z", "00:00:00.123+05:30", "23:59:60Z", "08:30:06z"],
            ["24:00:00Z", "12:60:00Z", "12:00:60Z", "12:00:00", "12:00Z", "12:00:00.Z", "12:00:00+24:00"]
        ),
        (
            "date-time", ["2026-11-26T07:00:00Z", "2024-02-29t00:00:00.5-08:00"],
            ["2026-11-26 07:00:00Z", "2026-11-26", "2023-02-29T00:00:00Z", "2026-11-26T07:00:00"]
        ),
        (
            "duration", ["P1Y2M3D", "PT1H2M3S", "P4W", "P1DT12H", "PT0S"],
            ["P", "PT", "P1D2H", "1D", "P1Y2W", "PT1H3S", "P1", "P1.5D"]
        ),
        (
            "email",
            ["a@b.test", "first.last+tag@sub.b.test", "\"a b\"@b.test", "a@[127.0.0.1]", "a@[IPv6:::1]", "~a@b"],
            ["a", "@b", "a@", ".a@b", "a.@b", "a..b@c", "a@-b", "a b@c", "a@[1]"]
        ),
        ("idn-email", ["实例@实例.测试", "a@b"], ["实例", "@测试"]),
        (
            "hostname", ["a", "a-b.c1", "xn--4gbwdl.xn--wgbh1c", String(repeating: "a", count: 63)],
            [
                "", "-a", "a-", "a..b", "a_b", String(repeating: "a", count: 64), "ab--c", ".a",
                Array(repeating: "abcdefghi", count: 26).joined(separator: "."),
            ]
        ),
        ("idn-hostname", ["例え.テスト", "a.b", "실례.테스트"], ["-例", "例-", "a b", "\u{302E}a"]),
        (
            "ipv4", ["0.0.0.0", "255.255.255.255", "87.10.0.1"],
            ["256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4.5", "1.2.3.4/24"]
        ),
        (
            "ipv6",
            [
                "::", "::1", "1:2:3:4:5:6:7:8", "1::8", "1:2:3:4:5:6:7::", "::ffff:192.168.0.1", "1:2::192.168.0.1",
                "::2:3:4:5:6:7:8",
            ],
            [
                ":::", "1:2:3:4:5:6:7", "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:1.2.3.4", "::1%eth0",
                "::g",
            ]
        ),
        (
            "uri",
            [
                "http://a.test/b?c=d#e", "urn:x:y", "mailto:a@b.test", "ftp://[::1]:21/", "a:", "tel:+1-2",
                "http://a%20b",
            ],
            ["/a", "a", "//a", "http://a b", "http://[::g]", "1a:b", "http://a/%zz", "a:é", "\\\\a\\b"]
        ),
        ("uri-reference", ["", "a", "/a?b#c", "//a.test", "#c", "a:b", "./a:b"], ["\\a", "a b", "1:a", "%"]),
        ("iri", ["http://ƒøø.test/é?\u{E000}", "a:b"], ["é", "http://a b"]),
        ("iri-reference", ["é", "#é", "a:é"], ["\\é"]),
        ("uri-template", ["", "a/{b}/c{?d,e*}", "{+a:3}", "{#x.y}"], ["{", "a}", "{a", "{}", "a b", "{a:}"]),
        (
            "uuid", ["2eb8aa08-aa98-11ea-b4aa-73b441d16380", "00000000-0000-0000-0000-00000000000F"],
            [
                "2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
                "2eb8aa08-aa98-11ea-b4ga-73b441d16380",
            ]
        ),
        ("json-pointer", ["", "/", "/a~0b~1c/0", "/é"], ["a", "/~", "/~2", "#/a"]),
        ("relative-json-pointer", ["0", "1/a", "12#", "0/a~1b"], ["", "/a", "01", "-1/a", "1##", "0~"]),
        (
            "regex",
            [
                "", "^a(b|c)*$", "[a-z]\\d{2}", "(a)\\1", "(?=a)", "\\p{Script=Adlam}", "[\\P{Extended_Pictographic}]",
                "\\p{L}\\p{sc=Greek}",
            ],
            ["(", "[z-a]", "*", "^(abc]", "\\Z", "\\p{}", "\\p{a b}", "\\p{a=b=c}", "\\p{L", "\\012", "\\a"]
        ),
    ]

    @Test(arguments: samples)
    func `a form is told from what is close to it`(name: String, yes: [String], no: [String]) throws {
        let format = try #require(StringFormat.named(name))
        for text in yes { #expect(format.matches(text), "\(text.debugDescription) is a \(name)") }
        for text in no { #expect(!format.matches(text), "\(text.debugDescription) is no \(name)") }
        if format.isExact {
            for text in yes { #expect(format.pattern.matches(text)) }
        }
    }

    @Test func `every format has a test and an expression that matches whole texts`() throws {
        #expect(StringFormat.names.count == 19)
        for name in StringFormat.names {
            let format = try #require(StringFormat.named(name))
            #expect(format.pattern.source.hasPrefix("^(?:") && format.pattern.source.hasSuffix(")$"))
            #expect(!format.pattern.matches("\n\u{0}"))
        }
        #expect(StringFormat.named("nonsense") == nil)
    }

    @Test func `what the part of regex matches can be parsed`() throws {
        let format = try #require(StringFormat.named("regex"))
        for text in ["a", "^a+b*?$", "(a|b){2}", "[^a-z\\d.]+|x", "((a)?)", "\\d\\.", "a{2,}"] {
            #expect(format.pattern.matches(text), "\(text)")
        }
        // Strings of the characters that matter: whatever the expression takes, the parser takes.
        var random = SplitMix(state: 3)
        let pieces = ["a", "(", ")", "[", "]", "*", "+", "{2}", "|", "\\d", "^", "$", "-", ".", "?:", "\\", "a-z", "z"]
        var count = 0
        for _ in 0..<4_000 {
            let text = (0..<Int.random(in: 1...5, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            guard format.pattern.matches(text) else { continue }
            count += 1
            #expect(format.matches(text), "\(text)")
        }
        #expect(count > 300)
    }

    /// Files of the official suite's optional part whose tests all come out right.
    @Test(
        .enabled(if: SchemaData.suiteFolder != nil, "needs ../shared/schemas"),
        arguments: [
            "date", "duration", "email", "idn-email", "ipv4", "ipv6", "iri", "iri-reference", "json-pointer", "regex",
            "relative-json-pointer", "unknown", "uri", "uri-reference", "uri-template", "uuid",
        ])
    func `the official suite's tests of a format come out as they should`(name: String) throws {
        let groups = try SchemaData.groups(ofFormat: name)
        #expect(!groups.isEmpty)
        for group in groups {
            let schema = try JSONSchema(group.schema)
            for (index, test) in group.tests.enumerated() {
                #expect(schema.accepts(test.data) == test.isValid, "\(group.name), test \(index): \(test.data)")
            }
        }
    }

    @Test func `every day of four centuries is a date, and no other`() throws {
        let format = try #require(StringFormat.named("date"))
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        func padded(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: width - text.count) + text
        }
        for year in [1899, 1900, 1903, 1904, 1999, 2000, 2001, 2024, 2100, 2400] {
            let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            for month in 0...13 {
                for day in 0...32 {
                    let last = (1...12).contains(month) ? lengths[month - 1] + (month == 2 && isLeap ? 1 : 0) : 0
                    let text = "\(year)-\(padded(month, 2))-\(padded(day, 2))"
                    #expect(format.matches(text) == (day >= 1 && day <= last), "\(text)")
                }
            }
        }
    }
}
