import Foundation
import JSONSchemas
import TestSupport

/// A schema with instances, one line of a corpus's file or one group of the official suite.
struct DecodingRecord: Sendable {
    struct Test: Sendable {
        let isValid: Bool
        /// The keyword that an invalid instance breaks, or what the test is called.
        let keyword: String?
        let text: [UInt8]
    }

    let id: String
    /// The file's name without its extension.
    let split: String
    /// The schema as text: parsing it is part of compiling it.
    let schema: [UInt8]
    let tests: [Test]

    /// The records of all `*.jsonl` files in `folder` that have tests, in the files' order.
    static func corpus(at folder: String, style: JSONValue.Style) throws -> [DecodingRecord] {
        try SchemaData.corpus(in: URL(filePath: folder)).filter { !$0.tests.isEmpty }
            .map { DecodingRecord($0, style) }
    }

    /// The groups of all `*.json` files in `folder`.
    static func suite(at folder: String, style: JSONValue.Style) throws -> [DecodingRecord] {
        try SchemaData.suite(in: URL(filePath: folder)).map { DecodingRecord($0, style) }
    }

    private init(_ group: SchemaData.Group, _ style: JSONValue.Style) {
        self.init(
            id: group.name, split: group.file, schema: group.schema.serializedBytes(.compact),
            tests: group.tests.map {
                Test(isValid: $0.isValid, keyword: $0.name, text: $0.data.serializedBytes(style))
            })
    }

    init(id: String, split: String, schema: [UInt8], tests: [Test]) {
        self.id = id
        self.split = split
        self.schema = schema
        self.tests = tests
    }
}
