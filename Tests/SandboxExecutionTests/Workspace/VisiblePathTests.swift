import SandboxExecution
import Testing

@Suite struct VisiblePathTests {
    @Test(arguments: ["a/b.txt", "Größe 3.txt", "日本", "👩‍💻", "-rf", "a'b\"c`d"])
    func `plain text stays as it is`(text: String) {
        #expect(VisiblePath.text(of: Array(text.utf8)) == text)
        #expect(VisiblePath.isPlain(Array(text.utf8)))
    }

    @Test(arguments: [
        ("a\nb", #"a\x0Ab"#), ("\u{1B}[2J", #"\x1B[2J"#), ("a\u{7F}", #"a\x7F"#), ("\u{85}", #"\u{85}"#),
        ("gpj\u{202E}.exe", #"gpj\u{202E}.exe"#), ("a\u{200B}b", #"a\u{200B}b"#), ("a\u{2028}b", #"a\u{2028}b"#),
    ])
    func `what hides or reorders is escaped`(text: String, shown: String) {
        #expect(VisiblePath.text(of: Array(text.utf8)) == shown)
        #expect(!VisiblePath.isPlain(Array(text.utf8)))
    }

    @Test(
        arguments: [
            ([0x61, 0xFF, 0x62], #"a\xFFb"#), ([0xC3], #"\xC3"#), ([0xE2, 0x82, 0x61], #"\xE2\x82a"#),
            ([0xC0, 0xAF], #"\xC0\xAF"#), ([0xED, 0xA0, 0x80], #"\xED\xA0\x80"#), ([0xC3, 0xA4, 0xFE], #"ä\xFE"#),
        ] as [([UInt8], String)])
    func `bytes that are not UTF-8 are escaped one by one`(bytes: [UInt8], shown: String) {
        #expect(VisiblePath.text(of: bytes) == shown)
        #expect(!VisiblePath.isPlain(bytes))
    }

    @Test func `an escape cannot be imitated`() {
        #expect(VisiblePath.text(of: Array(#"a\x0Ab"#.utf8)) == #"a\\x0Ab"#)
        #expect(VisiblePath.isPlain(Array(#"a\b"#.utf8)))
    }
}
