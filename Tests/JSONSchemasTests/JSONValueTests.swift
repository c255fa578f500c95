import JSONSchemas
import Testing

@Suite struct JSONValueTests {
    @Test func `numbers are equal across forms and hash alike`() {
        #expect(JSONValue.integer(1) == .number(1.0))
        #expect(JSONValue.integer(1).hashValue == JSONValue.number(1.0).hashValue)
        #expect(JSONValue.number(-0.0) == 0)
        // Both sides are the same double once rounded; as numbers they differ by one.
        #expect(JSONValue.integer(9_007_199_254_740_993) != .number(9_007_199_254_740_992))
        #expect(JSONValue.integer(.max) != .number(0x1p63))
    }

    @Test func `strings that only look alike are different values and keys`() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        #expect(composed == decomposed)
        #expect(JSONValue.string(composed) != .string(decomposed))
        let object = try JSONValue(parsing: "{\"\(composed)\":1,\"\(decomposed)\":2}")
        #expect(object[decomposed] == 2)
        #expect(object.objectValue?.count == 2)
    }

    @Test func `the order of an object's members does not count`() {
        let first: JSONValue = ["a": 1, "b": 2]
        let second: JSONValue = ["b": 2, "a": 1]
        #expect(first == second)
        #expect(first.hashValue == second.hashValue)
        #expect(first != ["a": 1, "b": 3])
    }

    @Test func `each style writes what it promises`() {
        let value: JSONValue = ["b": [1, 2.5, []], "a": ["x": nil]]
        #expect(value.serialized() == #"{"b":[1,2.5,[]],"a":{"x":null}}"#)
        #expect(value.serialized(.spaced) == #"{"b": [1, 2.5, []], "a": {"x": null}}"#)
        #expect(value.serialized(.canonical) == #"{"a":{"x":null},"b":[1,2.5,[]]}"#)
        #expect(
            value.serialized(.pretty)
                == "{\n  \"b\": [\n    1,\n    2.5,\n    []\n  ],\n  \"a\": {\n    \"x\": null\n  }\n}")
    }

    @Test func `equal values have the same canonical text`() {
        #expect(JSONValue.number(2).serialized(.canonical) == "2")
        #expect(JSONValue.number(2).serialized() == "2.0")
        #expect(JSONValue.number(-0.0).serialized(.canonical) == "0")
    }

    @Test func `strings are escaped where they must be`() throws {
        let text = "\u{0}\u{1F}\u{8}\t\n\u{C}\r\"\\/\u{7F}é\u{2028}😀"
        let json = JSONValue.string(text).serialized()
        #expect(json == #""\u0000\u001f\b\t\n\f\r\"\\/"# + "\u{7F}é\u{2028}😀\"")
        #expect(try JSONValue(parsing: json) == .string(text))
    }

    @Test func `random values survive writing and reading in every style`() throws {
        var random = SplitMix(state: 42)
        for _ in 0..<300 {
            let value = randomValue(depth: 4, &random)
            for style: JSONValue.Style in [.compact, .spaced, .pretty, .canonical] {
                #expect(try JSONValue(parsing: value.serialized(style)) == value)
            }
        }
    }

    @Test func `a number that is not finite is written as null`() {
        #expect(JSONValue.number(.infinity).serialized() == "null")
        #expect(JSONValue.number(.nan).serialized() == "null")
    }

    @Test func `pointers are parsed, written and followed`() throws {
        let value: JSONValue = ["a/b": [["~": "found"]], "": 1]
        let pointer = try JSONPointer(parsing: "/a~1b/0/~0")
        #expect(pointer.tokens == ["a/b", "0", "~"])
        #expect(pointer.description == "/a~1b/0/~0")
        #expect(value.value(at: pointer) == "found")
        #expect(value.value(at: try JSONPointer(parsing: "/")) == 1)
        #expect(value.value(at: JSONPointer()) == value)
        #expect(value.value(at: try JSONPointer(parsing: "/a~1b/00")) == nil)
        #expect(value.value(at: try JSONPointer(parsing: "/a~1b/1")) == nil)
        for text in ["a", "/~", "/~2"] {
            #expect(throws: JSONPointerError.self) { try JSONPointer(parsing: text) }
        }
    }

    @Test func `removing a member of a large object keeps the others reachable`() {
        var object = JSONObject((0..<40).map { ("k\($0)", .integer($0)) })
        #expect(object.removeValue(forKey: "k7") == 7)
        object["k8"] = nil
        object["k9"] = "new"
        #expect(object.count == 38)
        #expect(object["k7"] == nil)
        #expect(object["k9"] == "new")
        #expect(object["k39"] == 39)
    }
}

/// A small seeded generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func randomValue(depth: Int, _ random: inout SplitMix) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2: return .integer(Int(truncatingIfNeeded: random.next()) >> Int.random(in: 0..<64, using: &random))
    case 3:
        let value = Double(bitPattern: random.next())
        return .number(value.isFinite ? value : 0.1)
    case 4: return .string(randomText(&random))
    case 5:
        return .array(
            (0..<Int.random(in: 0..<4, using: &random)).map { _ in randomValue(depth: depth - 1, &random) })
    default:
        return .object(
            JSONObject(
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in
                    (randomText(&random), randomValue(depth: depth - 1, &random))
                }))
    }
}

private func randomText(_ random: inout SplitMix) -> String {
    let pool: [Unicode.Scalar] = [
        "a", "b", "\"", "\\", "\n", "\u{1}", "é", "\u{301}", "😀", "/", " ", "\u{2028}",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0..<6, using: &random) {
        text.unicodeScalars.append(pool[Int.random(in: 0..<pool.count, using: &random)])
    }
    return text
}
