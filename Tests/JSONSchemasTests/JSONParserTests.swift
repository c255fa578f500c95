import JSONSchemas
import Testing

@Suite struct JSONParserTests {
    private static let documents: [(String, JSONValue)] = [
        ("null", .null), (" true ", true), ("-0", 0), ("12", 12), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775807", .integer(.max)), ("1.5e3", 1500), ("\"a\\u00e9\\ud83d\\ude00\\n\"", "aé😀\n"),
        ("[1,[],{}]", .array([1, .array([]), .object([:])])),
        ("{\"b\":1,\"a\":[null]}", ["a": .array([.null]), "b": 1]), ("\"\"", ""),
    ]

    @Test(arguments: documents)
    func `well-formed documents give their value`(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(arguments: [
        "", " ", "nul", "01", "-", "1.", ".5", "1e", "+1", "[1,]", "[1 2]", "{\"a\":1,}", "{a:1}",
        "{\"a\" 1}", "'a'",
        "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "1 2",
        "[", "{",
        "NaN", "Infinity", "1e999", "\u{FEFF}1", "// c\n1", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
    ])
    func `ill-formed documents are refused`(text: String) {
        #expect(throws: JSONParseError.self) { try JSONValue(parsing: text) }
    }

    @Test func `bytes that are not UTF-8 are refused and the same place with UTF-8 is not`() throws {
        #expect(try JSONValue(parsing: [0x22, 0xC3, 0xA9, 0x22]) == "é")
        for bytes: [UInt8] in [
            [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22],
        ] {
            #expect(throws: JSONParseError.self) { try JSONValue(parsing: bytes) }
        }
        // The escape makes the parser take its slow way.
        #expect(throws: JSONParseError.self) { try JSONValue(parsing: [0x22, 0x5C, 0x6E, 0xC3, 0x22]) }
    }

    @Test func `an error names its line and column in characters`() {
        do {
            _ = try JSONValue(parsing: "{\n  \"é\": x\n}")
            Issue.record("the document was accepted")
        } catch {
            #expect(error.line == 2)
            #expect(error.column == 8)
            #expect(error.byteOffset == 10)
            #expect(
                error.description
                    == "Can't parse JSON: unexpected `x` where a value is expected at line 2, column 8.")
        }
    }

    @Test func `nesting is accepted up to the limit and refused beyond it`() throws {
        let fine = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(try JSONValue(parsing: fine).arrayValue?.count == 1)
        let deep = String(repeating: "[", count: 513) + String(repeating: "]", count: 513)
        #expect(throws: JSONParseError.self) { try JSONValue(parsing: deep) }
        let hostile = String(repeating: "[", count: 1_000_000)
        #expect(throws: JSONParseError.self) { try JSONValue(parsing: hostile) }
    }

    @Test func `an integer beyond 64 bits becomes the nearest double`() throws {
        #expect(try JSONValue(parsing: "9223372036854775808") == .number(0x1p63))
        #expect(try JSONValue(parsing: "-9223372036854775809") == .number(-0x1p63))
    }

    @Test func `an object with many keys keeps their order and finds each`() throws {
        let keys = (0..<500).map { "key\(($0 * 7919) % 500)" }
        let text = "{" + keys.map { "\"\($0)\":\"\($0)\"" }.joined(separator: ",") + "}"
        let object = try #require(JSONValue(parsing: text).objectValue)
        #expect(object.keys == keys)
        #expect(keys.allSatisfy { object[$0] == .string($0) })
        #expect(throws: JSONParseError.self) {
            try JSONValue(parsing: String(text.dropLast()) + ",\"key3\":1}")
        }
    }
}
