import ConstrainedDecoding
import JSONSchemas

/// A few hundred small documents that stand for all of them, and the schema that fits just these.
struct KeywordUniverse: Sendable {
    struct Document: Sendable {
        let text: [UInt8]
        let value: JSONValue
    }

    let documents: [Document]

    /// Fits the documents, whatever the order of an object's members.
    static let schema: JSONValue = [
        "anyOf": [
            ["$ref": "#/$defs/inner"],
            ["type": "array", "items": ["$ref": "#/$defs/inner"], "maxItems": 2],
            [
                "type": "object", "additionalProperties": ["$ref": "#/$defs/inner"],
                "propertyNames": ["enum": ["a", "b", "c"]], "maxProperties": 2,
            ],
        ]
    ]

    /// What `schema` refers to.
    static let definitions: JSONObject = [
        "inner": [
            "anyOf": [
                ["enum": [nil, true, 0, 1, "", "a", "b", "ab"]],
                ["type": "array", "maxItems": 0],
                [
                    "type": "object", "maxProperties": 1, "propertyNames": ["const": "a"],
                    "additionalProperties": ["const": 0],
                ],
            ]
        ]
    ]

    /// The documents, with numbers in each of the spellings that a grammar has for them.
    init(options: GrammarOptions) throws {
        let zero = try Self.spellings(of: 0, options)
        let one = try Self.spellings(of: 1, options)
        var inner = ["null", "true", #""""#, #""a""#, #""b""#, #""ab""#, "[]", "{}"]
        inner += zero.map { #"{"a": \#($0)}"# } + zero + one
        var texts = inner
        texts += inner.map { "[\($0)]" }
        for first in inner { texts += inner.map { "[\(first), \($0)]" } }
        for key in ["a", "b", "c"] {
            texts += inner.map { #"{"\#(key)": \#($0)}"# }
            for other in ["a", "b", "c"] where other != key {
                for first in inner { texts += inner.map { #"{"\#(key)": \#(first), "\#(other)": \#($0)}"# } }
            }
        }
        documents = try Set(texts).sorted().map { Document(text: Array($0.utf8), value: try JSONValue(parsing: $0)) }
    }

    /// All ways to write `number` that a grammar offers; each is that number.
    private static func spellings(of number: Int, _ options: GrammarOptions) throws -> [String] {
        let grammar = try Grammar(schema: JSONSchema(["const": .integer(number)]), options: options)
        var found: [String] = []
        var heads = [GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)]
        while let head = heads.popLast() {
            if head.isAccepting { found.append(String(decoding: head.output, as: UTF8.self)) }
            for byte in "-0123456789.eE+".utf8 {
                var next = head
                if (try? next.consume(bytes: [byte])) != nil { heads.append(next) }
            }
        }
        for text in found where JSONNumber(try JSONValue(parsing: text)) != .integer(number) {
            throw GrammarOracle.Failure(description: "`\(text)` is offered for \(number)")
        }
        return found.sorted()
    }
}
