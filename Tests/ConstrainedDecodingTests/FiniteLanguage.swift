import ConstrainedDecoding
import JSONSchemas
import Testing

/// A schema with finitely many documents, all written down by other means than the grammar.
struct FiniteLanguage: Sendable, CustomTestStringConvertible {
    let name: String
    let schema: String
    var options = GrammarOptions()
    let documents: [String]

    var testDescription: String { name }

    func grammar() throws -> Grammar {
        try Grammar(schema: JSONSchema(JSONValue(parsing: schema)), options: options)
    }

    static let all: [FiniteLanguage] = [
        enumeration, optionalMembers, integerRange, integerOneSided, decimalRange, negativeDecimals,
        boundedPattern,
        unicodePattern, minimumLength, arrays, union, overlappingUnion, nestedObjects, recursion,
        compactSeparators,
        closedObjects, escapes,
    ]

    private static let enumeration = FiniteLanguage(
        name: "enum", schema: #"{"enum": ["a", "ab", "a\"b", 1, 12, true, null, {"a": [1, 2]}, [], "é日🙂"]}"#,
        documents: [
            #""a""#, #""ab""#, #""a\"b""#, "1", "12", "true", "null", #"{"a": [1, 2]}"#, "[]", #""é日🙂""#,
        ])

    private static let optionalMembers: FiniteLanguage = {
        var documents: [String] = []
        for a in ["", #""a": true"#, #""a": false"#] {
            for b in [#""b": "x""#, #""b": "xy""#, #""b": 1"#] {
                for c in ["", #""c": null"#] {
                    documents.append("{" + [a, b, c].filter { !$0.isEmpty }.joined(separator: ", ") + "}")
                }
            }
        }
        return FiniteLanguage(
            name: "optional members",
            schema: #"""
                {"type": "object", "properties": {"a": {"type": "boolean"}, "b": {"enum": ["x", "xy", 1]},
                "c": {"type": "null"}}, "required": ["b"], "additionalProperties": false}
                """#,
            documents: documents)
    }()

    private static let integerRange = FiniteLanguage(
        name: "integer range", schema: #"{"type": "integer", "minimum": -12, "maximum": 105}"#,
        documents: (-12...105).map(String.init))

    private static let integerOneSided = FiniteLanguage(
        name: "integer, digits limited", schema: #"{"type": "integer", "minimum": 7.5}"#,
        options: GrammarOptions(numberDigitLimit: 2), documents: (8...99).map(String.init))

    /// All decimals of at most `whole` and `fraction` digits whose thousandfold lies in `range`.
    private static func decimals(in range: ClosedRange<Int>, whole: Int, fraction: Int) -> [String] {
        var texts: [String] = []
        let limit = Int(String(repeating: "9", count: whole)) ?? 0
        for sign in ["", "-"] {
            for integer in 0...limit {
                for digits in 0...fraction {
                    for part
                        in 0..<(digits == 0
                        ? 1 : Int(String("1" + String(repeating: "0", count: digits))) ?? 0)
                    {
                        let text = String(part)
                        let tail =
                            String(repeating: "0", count: digits - (digits == 0 ? 0 : text.count)) + text
                        let thousandth = integer * 1_000 + (digits == 0 ? 0 : part * [0, 100, 10, 1][digits])
                        guard range.contains(sign == "-" ? -thousandth : thousandth) else { continue }
                        texts.append(sign + String(integer) + (digits == 0 ? "" : "." + tail))
                    }
                }
            }
        }
        // A negative zero is a number like another, but only where negative numbers may come.
        return range.lowerBound < 0 ? texts : texts.filter { !$0.hasPrefix("-") }
    }

    private static let decimalRange = FiniteLanguage(
        name: "decimal range", schema: #"{"type": "number", "minimum": 0.25, "maximum": 10.5}"#,
        options: GrammarOptions(numberDigitLimit: 2),
        documents: decimals(in: 250...10_500, whole: 2, fraction: 2))

    private static let negativeDecimals = FiniteLanguage(
        name: "negative decimals", schema: #"{"type": "number", "minimum": -2.125, "maximum": 0}"#,
        options: GrammarOptions(numberDigitLimit: 1),
        documents: decimals(in: -2_125...0, whole: 1, fraction: 3))

    private static let boundedPattern = FiniteLanguage(
        name: "pattern within length",
        schema: #"{"type": "string", "pattern": "^(a|b)*b$", "minLength": 2, "maxLength": 4}"#,
        documents: texts(of: ["a", "b"], lengths: 2...4).filter { $0.hasSuffix("b") }.map { "\"\($0)\"" })

    private static let unicodePattern = FiniteLanguage(
        name: "pattern over several planes",
        schema: #"{"type": "string", "pattern": "^[aéß日本🙂🙃]*$", "maxLength": 2}"#,
        documents: texts(of: ["a", "é", "ß", "日", "本", "🙂", "🙃"], lengths: 0...2).map { "\"\($0)\"" })

    private static let minimumLength = FiniteLanguage(
        name: "search pattern with a least length",
        schema: #"{"type": "string", "pattern": "^[ab]*(ab|🙂)?$", "minLength": 3, "maxLength": 4}"#,
        documents: Set(
            texts(of: ["a", "b"], lengths: 3...4)
                + texts(of: ["a", "b"], lengths: 2...3).map { $0 + "🙂" }
        ).sorted().map { "\"\($0)\"" })

    private static let arrays: FiniteLanguage = {
        let elements = ["true", "false", "1"]
        var documents: [String] = []
        for count in 1...3 {
            documents += combinations(of: elements, count: count).map {
                "[" + $0.joined(separator: ", ") + "]"
            }
        }
        return FiniteLanguage(
            name: "arrays",
            schema: #"{"type": "array", "items": {"enum": [true, false, 1]}, "minItems": 1, "maxItems": 3}"#,
            documents: documents)
    }()

    private static let union = FiniteLanguage(
        name: "union",
        schema: #"""
            {"anyOf": [{"type": ["boolean", "null"]}, {"type": "integer", "minimum": 98, "maximum": 101},
            {"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]}, {"$ref": "#/$defs/word"}],
            "$defs": {"word": {"enum": ["a", "true"]}}}
            """#,
        documents: ["true", "false", "null", "98", "99", "100", "101", #"{"a": 1}"#, #""a""#, #""true""#])

    private static let overlappingUnion = FiniteLanguage(
        name: "alternatives that start alike",
        schema: #"""
            {"anyOf": [
            {"type": "object", "properties": {"a": {"enum": [1, "ab"]}, "b": {"const": 1}}, "required": ["a", "b"]},
            {"type": "object", "properties": {"a": {"type": "string", "pattern": "^ab?c?$"}, "c": {"const": 2}},
            "required": ["a"]},
            {"const": {"a": "abc", "b": 2}}]}
            """#,
        documents: [
            #"{"a": 1, "b": 1}"#, #"{"a": "ab", "b": 1}"#, #"{"a": "abc", "b": 2}"#,
        ]
            + ["a", "ab", "ac", "abc"].flatMap { [#"{"a": "\#($0)"}"#, #"{"a": "\#($0)", "c": 2}"#] })

    private static let nestedObjects = FiniteLanguage(
        name: "nested objects",
        schema: #"""
            {"type": "object", "properties": {"a": {"type": "array", "maxItems": 2, "items": {"type": "object",
            "properties": {"a": {"const": 1}, "b": {"type": "boolean"}}}}}}
            """#,
        documents: {
            let inner = [
                "{}", #"{"a": 1}"#, #"{"b": true}"#, #"{"b": false}"#, #"{"a": 1, "b": true}"#,
                #"{"a": 1, "b": false}"#,
            ]
            var lists = ["[]"]
            for count in 1...2 {
                lists += combinations(of: inner, count: count).map { "[" + $0.joined(separator: ", ") + "]" }
            }
            return ["{}"] + lists.map { #"{"a": \#($0)}"# }
        }())

    private static let recursion = FiniteLanguage(
        name: "recursion within the nesting limit",
        schema: #"""
            {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object",
            "properties": {"value": {"const": 1}, "left": {"$ref": "#/$defs/node"}, "right": {"anyOf":
            [{"type": "null"}, {"$ref": "#/$defs/node"}]}}, "required": ["value", "right"]}}}
            """#,
        options: GrammarOptions(nestingLimit: 3),
        documents: {
            var nodes: [String] = []
            for _ in 0..<3 {
                let rights = ["null"] + nodes
                let lefts = [""] + nodes.map { #", "left": \#($0)"# }
                nodes = lefts.flatMap { left in rights.map { #"{"value": 1\#(left), "right": \#($0)}"# } }
            }
            return nodes
        }())

    private static let compactSeparators = FiniteLanguage(
        name: "compact separators",
        schema: #"""
            {"type": "object", "properties": {"a": {"enum": [[1, 2], {"a": 1}]}, "b": {"type": "array", "maxItems": 2,
            "items": {"type": "null"}}}, "required": ["a"]}
            """#,
        options: GrammarOptions(separators: .compact),
        documents: ["[1,2]", #"{"a":1}"#].flatMap { a in
            [#"{"a":\#(a)}"#] + ["[]", "[null]", "[null,null]"].map { #"{"a":\#(a),"b":\#($0)}"# }
        })

    private static let closedObjects = FiniteLanguage(
        name: "closed objects",
        schema: #"""
            {"type": "array", "maxItems": 1, "items": {"type": "object", "properties": {"a": {"const": 1}},
            "additionalProperties": false}}
            """#,
        documents: ["[]", "[{}]", #"[{"a": 1}]"#])

    private static let escapes = FiniteLanguage(
        name: "escapes",
        schema: #"{"type": "string", "pattern": "^[\\u0000\\u001f\\n\"\\\\\\/a]?$"}"#,
        documents: [
            #""""#, #""\u0000""#, #""\u001f""#, #""\u001F""#, #""\n""#, #""\"""#, #""\\""#, #""\/""#, #""/""#,
            #""a""#,
        ])

    private static func combinations(of elements: [String], count: Int) -> [[String]] {
        guard count > 0 else { return [[]] }
        return combinations(of: elements, count: count - 1).flatMap { start in elements.map { start + [$0] } }
    }

    private static func texts(of letters: [String], lengths: ClosedRange<Int>) -> [String] {
        lengths.flatMap { combinations(of: letters, count: $0) }.map { $0.joined() }
    }
}
