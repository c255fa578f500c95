import Tokens

/// A vocabulary small enough for brute force that has what makes masks hard: all single bytes, tokens over several
/// lexemes, pieces of characters, twins, and markers that look like text.
enum SmallVocabulary {
    static let trie = TokenTrie(vocabulary)
    static let vocabulary = Vocabulary(tokens: tokens)

    static let marker = TokenID(Int32(256 + pieces.count + broken.count))
    static let end = TokenID(marker.rawValue + 1)
    static let otherEnd = TokenID(marker.rawValue + 2)
    static let padding = TokenID(marker.rawValue + 3)

    private static let pieces: [String] = [
        "\":", "\": ", "\": \"", "\", \"", "\"}", "\"},", "\"}, {\"", "\"]", "\"]}", "{\"", "{\"a\": ",
        "{\"a\": 1", "[{",
        "[{\"", "[[", "]]", "}}", "]}", "}]", "], [", "}, ", ", ", ", \"", "\":\"", "\",\"", "\"},{\"",
        "\"\"", "\"\",",
        "\"\"}", "[]", "{}", "[]}", "{}}", "[\"", "[1", "1]", "1, ", "1}", "0]", "a\"", "a\":", "a\": ", "ab",
        "abc", "ba",
        "bb", "aab", "\"a", "\"a\"", "\"ab", "\"b\"", "\"a\": ", "\"b\": ", "\"c\": ", ", \"b\": ",
        ", \"c\": ", "name",
        "\"name", "\"name\": \"", "arguments", "\"arguments\": {", "\", \"arguments\": ", "true", "false",
        "null", "tru",
        "true, ", "false}", "null]", "true]", "lse", "10", "12", "100", "00", "0.", ".5", "1.", "-1", "-0",
        "e1", "1e", "E+",
        "0.5", "2.0", "99", "007", "\\n", "\\\"", "\\\\", "\\u", "\\u00", "\\u0000", "\\u001", "\\u001f",
        "u00", "\\/",
        "\\t\"", "\n", "\n\n", "  ", "é", "éa", "日", "日本", "🙂", "🙂\"", "ß", "aé", "a日\"", " ", " a", "x",
        "xy", "xyz",
        "low", "\"low\"", "medium", "\"medium\"}", "high", "\"A", "AB-", "-12", "A-1", "Z", "kind",
        "\"kind\": \"", "leaf",
        "left", "\"left\": {", "right", "value", "a", "\"", "{", "é",
        // From inside one key into the next one, which may be the same.
        "\": 1, \"", "\": 1, \"a\"", "a\": 1, \"a\": 1", "b\": 1, \"b\": ", "b\": 1, \"c\": 1, \"b\"",
        "\": 1, \"b\": 2}",
    ]

    private static let broken: [[UInt8]] = [
        [0xC3, 0xA9, 0xC3], [0xE6, 0x97], [0x97, 0xA5], [0xF0, 0x9F], [0xF0, 0x9F, 0x99], [0x99, 0x82],
        [0x82, 0x22],
        [0xA9, 0x22, 0x7D], [0x61, 0xC3], [0xED, 0xA0], [0xED, 0x9F], [0xF4, 0x8F], [0xF4, 0x90],
        [0xE0, 0x80], [0xE0, 0xA0],
        [0xC0, 0x80], [0x22, 0xC3], [0xA5, 0xE6], [0xFF, 0xFE], [0x82, 0xF0],
    ]

    private static var tokens: [(bytes: [UInt8], kind: Vocabulary.Kind)] {
        var tokens: [(bytes: [UInt8], kind: Vocabulary.Kind)] = (0...255).map { ([UInt8($0)], .normal) }
        tokens += pieces.map { (Array($0.utf8), .normal) }
        tokens += broken.map { ($0, .normal) }
        tokens += [
            (Array("{\"".utf8), .control), (Array("}".utf8), .endOfGeneration), ([], .endOfGeneration),
            (Array("a".utf8), .unused),
        ]
        return tokens
    }
}
