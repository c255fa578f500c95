import JSONSchemas
import Planning

/// One case of `shared/bfcl`: a request, functions, and which call is right.
struct CallCase: Sendable {
    let id: String
    let category: String
    let messages: [JSONValue]
    let tools: [OfferedTool]
    private let accepted: JSONObject?

    /// A case's functions and its answer, as the leaderboard writes them.
    init(_ value: JSONValue) throws {
        id = value["id"]?.stringValue ?? ""
        category = value["category"]?.stringValue ?? ""
        messages = value["question"]?.arrayValue ?? []
        tools = try (value["functions"]?.arrayValue ?? []).map { function in
            OfferedTool(
                name: function["name"]?.stringValue ?? "", summary: function["description"]?.stringValue ?? "",
                arguments: try JSONSchema(Self.schema(function["parameters"] ?? [:])))
        }
        accepted = value["possible_answer"]?[0]?.objectValue
    }

    /// Whether no call is right.
    var isIrrelevance: Bool { category == "irrelevance" }

    /// The request as one text.
    var request: String { messages.compactMap { $0["content"]?.stringValue }.joined(separator: "\n\n") }

    /// The leaderboard's types as JSON Schema's.
    private static let types = [
        "dict": "object", "float": "number", "tuple": "array", "any": "string", "bigint": "integer",
    ]

    private static func schema(_ value: JSONValue) -> JSONValue {
        guard let members = value.objectValue else { return value }
        var result = JSONObject()
        for (name, member) in members {
            switch name {
            case "optional": continue
            case "type": result[name] = member.stringValue.map { .string(types[$0] ?? $0) } ?? member
            case "properties":
                result[name] = .object(JSONObject((member.objectValue ?? [:]).map { ($0.key, schema($0.value)) }))
            case "items", "additionalProperties": result[name] = schema(member)
            default: result[name] = member
            }
        }
        if result["properties"] != nil, result["additionalProperties"] == nil { result["additionalProperties"] = false }
        // An enum of strings beside the type of an array lists what may stand in it: else nothing at all would fit.
        if result["type"] == "array", let options = result["enum"]?.arrayValue,
            options.allSatisfy({ $0.arrayValue == nil })
        {
            var items = result["items"]?.objectValue ?? [:]
            items["enum"] = result.removeValue(forKey: "enum")
            result["items"] = .object(items)
        }
        return .object(result)
    }

    /// Whether a call names a function on offer and its arguments fit the schema.
    func isValid(_ name: String, _ arguments: JSONObject?) -> Bool {
        guard let tool = tools.first(where: { $0.name == name }), let arguments else { return false }
        return tool.arguments.validate(.object(arguments)).isEmpty
    }

    /// Whether a call is right by the leaderboard's rule; `nil` stands for none.
    func isRight(_ call: (name: String, arguments: JSONObject?)?) -> Bool {
        guard !isIrrelevance else { return call == nil }
        guard let call, let arguments = call.arguments, isValid(call.name, arguments),
            let expected = accepted?[call.name]?.objectValue
        else { return false }
        return Self.fits(arguments, expected)
    }

    /// Every member is an accepted one, and none is missing that must be there.
    private static func fits(_ members: JSONObject, _ expected: JSONObject) -> Bool {
        for (name, value) in members {
            guard let options = expected[name]?.arrayValue, options.contains(where: { equal(value, $0) }) else {
                return false
            }
        }
        return expected.allSatisfy { name, options in
            members[name] != nil || options.arrayValue?.contains(.string("")) == true
        }
    }

    private static func equal(_ value: JSONValue, _ option: JSONValue) -> Bool {
        if let left = value.stringValue, let right = option.stringValue { return plain(left) == plain(right) }
        if let left = value.arrayValue, let right = option.arrayValue {
            return left.count == right.count && zip(left, right).allSatisfy { equal($0, $1) }
        }
        if let left = value.objectValue, let right = option.objectValue { return fits(left, right) }
        return value == option
    }

    private static func plain(_ text: String) -> String {
        String(text.lowercased().filter { !" ,./-_*^".contains($0) }.map { $0 == "'" ? "\"" : $0 })
    }
}
