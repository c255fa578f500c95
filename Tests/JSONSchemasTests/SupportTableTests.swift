import Foundation
import JSONSchemas
import Testing

/// The table in the documentation of `JSONSchema` against what the code does.
@Suite struct SupportTableTests {
    private struct Row {
        let keywords: [String]
        let support: String
    }

    private func rows() throws -> [Row] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let file = folder.appending(path: "../../Sources/JSONSchemas/JSONSchema.swift").standardized
        var rows: [Row] = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        where line.hasPrefix("/// | `") {
            let cells = line.split(separator: "|").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
            let names = cells[0].split(separator: "`").enumerated().filter { $0.offset.isMultiple(of: 2) }
            rows.append(Row(keywords: names.map { String($0.element) }, support: cells[1]))
        }
        return rows
    }

    /// For each enforced keyword: a schema that has it, and a value that only it refuses.
    private static let samples: [String: (schema: String, refused: String)] = [
        "type": (#"{"type":"null"}"#, "1"), "enum": (#"{"enum":[1]}"#, "2"), "const": (#"{"const":1}"#, "2"),
        "properties": (#"{"properties":{"a":false}}"#, #"{"a":1}"#), "required": (#"{"required":["a"]}"#, "{}"),
        "additionalProperties": (#"{"additionalProperties":false}"#, #"{"a":1}"#),
        "patternProperties": (#"{"patternProperties":{"a":false}}"#, #"{"a":1}"#),
        "propertyNames": (#"{"propertyNames":false}"#, #"{"a":1}"#), "minProperties": (#"{"minProperties":1}"#, "{}"),
        "maxProperties": (#"{"maxProperties":0}"#, #"{"a":1}"#),
        "dependentRequired": (#"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1}"#),
        "dependentSchemas": (#"{"dependentSchemas":{"a":false}}"#, #"{"a":1}"#),
        "dependencies": (#"{"dependencies":{"a":["b"]}}"#, #"{"a":1}"#), "items": (#"{"items":false}"#, "[1]"),
        "minItems": (#"{"minItems":1}"#, "[]"), "maxItems": (#"{"maxItems":0}"#, "[1]"),
        "uniqueItems": (#"{"uniqueItems":true}"#, "[1,1]"), "contains": (#"{"contains":{}}"#, "[]"),
        "prefixItems": (#"{"prefixItems":[false]}"#, "[1]"),
        "additionalItems": (#"{"items":[{}],"additionalItems":false}"#, "[1,2]"),
        "minContains": (#"{"contains":{},"minContains":2}"#, "[1]"),
        "maxContains": (#"{"contains":{},"maxContains":1}"#, "[1,2]"), "minLength": (#"{"minLength":1}"#, #""""#),
        "maxLength": (#"{"maxLength":0}"#, #""a""#), "pattern": (#"{"pattern":"a"}"#, #""b""#),
        "format": (#"{"format":"date"}"#, #""b""#), "minimum": (#"{"minimum":1}"#, "0"),
        "maximum": (#"{"maximum":1}"#, "2"), "exclusiveMinimum": (#"{"exclusiveMinimum":1}"#, "1"),
        "exclusiveMaximum": (#"{"exclusiveMaximum":1}"#, "1"), "multipleOf": (#"{"multipleOf":2}"#, "1"),
        "allOf": (#"{"allOf":[false]}"#, "1"), "anyOf": (#"{"anyOf":[false]}"#, "1"),
        "oneOf": (#"{"oneOf":[true,true]}"#, "1"), "not": (#"{"not":true}"#, "1"),
        "if": (#"{"if":true,"then":false}"#, "1"), "then": (#"{"if":true,"then":false}"#, "1"),
        "else": (#"{"if":false,"else":false}"#, "1"),
        "unevaluatedProperties": (#"{"unevaluatedProperties":false}"#, #"{"a":1}"#),
        "unevaluatedItems": (#"{"unevaluatedItems":false}"#, "[1]"),
        "$ref": (##"{"$ref":"#/x","x":false}"##, "1"), "$dynamicRef": (##"{"$dynamicRef":"#/x","x":false}"##, "1"),
        "$recursiveRef": (
            ##"{"$schema":"https://json-schema.org/draft/2019-09/schema","type":"object","additionalProperties":{"$recursiveRef":"#"}}"##,
            #"{"a":1}"#
        ),
        "$id": (##"{"$ref":"b","x":{"$id":"b","$ref":"#/y"},"$defs":{"b":{"$id":"b","not":{}}}}"##, "1"),
        "$anchor": (##"{"$ref":"#b","$defs":{"b":{"$anchor":"b","not":{}}}}"##, "1"),
        "$dynamicAnchor": (##"{"$ref":"#b","$defs":{"b":{"$dynamicAnchor":"b","not":{}}}}"##, "1"),
        "$defs": (##"{"$ref":"#/$defs/b","$defs":{"b":false}}"##, "1"),
        "definitions": (##"{"$ref":"#/definitions/b","definitions":{"b":false}}"##, "1"),
        "$schema": (
            ##"{"$schema":"http://json-schema.org/draft-07/schema#","$ref":"#/x","x":{"type":"null"},"type":"number"}"##,
            "1"
        ),
    ]

    @Test func `each keyword of the table does what the table says`() throws {
        var enforced: Set<String> = []
        for row in try rows() {
            for keyword in row.keywords {
                if row.support == "none" {
                    let schema = try JSONSchema(.object([keyword: ["type": "null"]]))
                    #expect(schema.accepts(1) && schema.accepts([:]) && schema.nodes.count == 1, "\(keyword)")
                    continue
                }
                #expect(row.support.hasPrefix("full") || row.support.hasPrefix("part"), "\(keyword)")
                #expect(enforced.insert(keyword).inserted, "\(keyword) stands twice")
                let sample = try #require(Self.samples[keyword], "\(keyword) has no sample")
                let schema = try JSONValue(parsing: sample.schema)
                let value = try JSONValue(parsing: sample.refused)
                #expect(!(try JSONSchema(schema).accepts(value)), "\(keyword)")
                // Without the keyword the same value passes, or the rest of the schema can't be read.
                guard let members = schema.objectValue else { continue }
                let rest = JSONObject(members.filter { $0.key != keyword }.map { ($0.key, $0.value) })
                if let other = try? JSONSchema(.object(rest)), keyword != "$schema" {
                    #expect(other.accepts(value) || rest.count == members.count, "\(keyword)")
                }
            }
        }
        #expect(enforced == Set(Self.samples.keys))
    }

    /// The drafts in which the table's words say that a keyword is read.
    private static func drafts(of support: String) -> Set<JSONSchema.Draft> {
        if support.contains("from 2019-09 on") { return [.draft2019, .draft2020] }
        if support.contains("up to draft 7") { return [.draft4, .draft6, .draft7] }
        if support.contains("in 2020-12") { return [.draft2020] }
        if support.contains("in 2019-09") { return [.draft2019] }
        return Set(JSONSchema.Draft.allCases)
    }

    private static let addresses: [(JSONSchema.Draft, String)] = [
        (.draft4, "http://json-schema.org/draft-04/schema#"), (.draft6, "http://json-schema.org/draft-06/schema#"),
        (.draft7, "http://json-schema.org/draft-07/schema#"),
        (.draft2019, "https://json-schema.org/draft/2019-09/schema"),
        (.draft2020, "https://json-schema.org/draft/2020-12/schema"),
    ]

    @Test func `a keyword that the table gives to some drafts is read in those only`() throws {
        var limited: Set<String> = []
        for row in try rows() where row.support != "none" {
            for keyword in row.keywords {
                let listed = Self.drafts(of: row.support)
                guard listed.count < Self.addresses.count else { continue }
                limited.insert(keyword)
                let sample = try #require(Self.samples[keyword])
                for (draft, address) in Self.addresses {
                    var members = try #require(try JSONValue(parsing: sample.schema).objectValue)
                    members["$schema"] = .string(address)
                    let accepts = try JSONSchema(.object(members)).accepts(JSONValue(parsing: sample.refused))
                    #expect(accepts == !listed.contains(draft), "\(keyword) in \(draft)")
                }
            }
        }
        #expect(
            limited == [
                "dependentRequired", "dependentSchemas", "dependencies", "prefixItems", "minContains", "maxContains",
                "unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$recursiveRef",
            ])
    }

    @Test func `the table of formats lists those that there are`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let file = folder.appending(path: "../../Sources/JSONSchemas/StringFormat.swift").standardized
        var listed: Set<String> = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        where line.hasPrefix("/// | `") {
            let cell = line.split(separator: "|")[1]
            for (offset, name) in cell.split(separator: "`").enumerated() where offset % 2 == 1 {
                listed.insert(String(name))
            }
        }
        #expect(listed == Set(StringFormat.names))
    }
}
