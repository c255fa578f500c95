import ConstrainedDecoding
import JSONSchemas
import TestSupport
import Testing
import Tokens

/// Masks of some hundred schemas over all keywords, against the documents that the validator lets pass.
@Suite struct KeywordOracleTests {
    /// How many places of a schema's documents are looked at.
    fileprivate static let placeLimit = 250

    /// A schema within the universe: both as an `allOf`, or the universe as a reference beside the schema's keywords.
    static func whole(_ schema: JSONValue, index: Int) -> JSONValue {
        var definitions = KeywordUniverse.definitions
        definitions["universe"] = KeywordUniverse.schema
        if index.isMultiple(of: 2), var members = schema.objectValue, members["$ref"] == nil {
            members["$ref"] = "#/$defs/universe"
            members["$defs"] = .object(definitions)
            return .object(members)
        }
        return ["allOf": [["$ref": "#/$defs/universe"], schema], "$defs": .object(definitions)]
    }

    static let anyOrder: GrammarOptions = {
        var options = GrammarOptions(numberDigitLimit: 1)
        options.additionalMembers = .asSchema
        options.propertyOrder = .any
        return options
    }()

    static let schemaOrder: GrammarOptions = {
        var options = anyOrder
        options.propertyOrder = .asSchema
        return options
    }()

    @Test func `in any order, masks allow exactly what leads to a document that the validator accepts`() throws {
        let universe = try KeywordUniverse(options: Self.anyOrder)
        var tally = Tally()
        for (index, schema) in KeywordSchemas.all.enumerated() {
            guard let compiled = try tally.compile(schema, index, Self.anyOrder, universe) else { continue }
            tally.check(compiled.grammar, documents: compiled.fitting.map(\.text), index, schema)
        }
        tally.finish(refusedLimit: Self.refusedLimit)
    }

    @Test
    func `in the schema's order, each accepted value has an order, and masks lead nowhere else`()
        throws
    {
        let universe = try KeywordUniverse(options: Self.schemaOrder)
        var tally = Tally()
        for (index, schema) in KeywordSchemas.all.enumerated() {
            guard let compiled = try tally.compile(schema, index, Self.schemaOrder, universe) else { continue }
            let start = GrammarMatcher(grammar: compiled.grammar, trie: SmallVocabulary.trie)
            let accepted = universe.documents.filter { document in
                var matcher = start
                return (try? matcher.consume(bytes: document.text)) != nil && matcher.isAccepting
            }
            let valid = Set(compiled.fitting.map(\.text))
            if let wrong = accepted.first(where: { !valid.contains($0.text) }) {
                tally.fail(index, schema, "invalid: \(String(decoding: wrong.text, as: UTF8.self))")
            }
            let reached = Set(accepted.map(\.value))
            if let missing = compiled.fitting.first(where: { !reached.contains($0.value) }) {
                tally.fail(index, schema, "in no order: \(String(decoding: missing.text, as: UTF8.self))")
            }
            tally.check(compiled.grammar, documents: accepted.map(\.text), index, schema)
        }
        tally.finish(refusedLimit: Self.refusedLimit)
    }

    /// As many as were refused when this was written: where `uniqueItems` is negated.
    private static let refusedLimit = 6

    private struct Tally {
        private var schemas = 0
        private var places = 0
        private var refused: [String] = []
        private var failures: [String] = []

        mutating func compile(
            _ schema: JSONValue, _ index: Int, _ options: GrammarOptions, _ universe: KeywordUniverse
        ) throws -> (grammar: Grammar, fitting: [KeywordUniverse.Document])? {
            let compiled: JSONSchema
            do {
                compiled = try JSONSchema(
                    KeywordOracleTests.whole(schema, index: index), options: JSONSchema.Options(assertsFormats: true))
            } catch {
                refused.append("\(index) \(schema): \(error)")
                return nil
            }
            let fitting = universe.documents.filter { compiled.accepts($0.value) }
            do {
                let grammar = try Grammar(schema: compiled, options: options)
                guard !fitting.isEmpty else {
                    fail(index, schema, "nothing fits, and it was compiled")
                    return nil
                }
                schemas += 1
                return (grammar, fitting)
            } catch {
                if fitting.isEmpty { return nil }
                if error.code == .unsatisfiable {
                    fail(index, schema, "\(error) But \(String(decoding: fitting[0].text, as: UTF8.self)) fits.")
                } else {
                    refused.append("\(index) \(schema): \(error)")
                }
                return nil
            }
        }

        mutating func check(_ grammar: Grammar, documents: [[UInt8]], _ index: Int, _ schema: JSONValue) {
            let oracle = GrammarOracle(documents: documents)
            var generator = SeededGenerator(seed: UInt64(index))
            let all = Array(0..<oracle.nodeCount)
            let comparesElements = schema.serialized().contains("uniqueItems")
            for node in [0] + all.shuffled(using: &generator).prefix(KeywordOracleTests.placeLimit) {
                places += 1
                if let fault = oracle.fault(of: grammar, at: node, comparesElements: comparesElements) {
                    fail(index, schema, fault)
                    return
                }
            }
        }

        mutating func fail(_ index: Int, _ schema: JSONValue, _ reason: String) {
            failures.append("\(index) \(schema): \(reason)")
        }

        func finish(refusedLimit: Int) {
            print("\(schemas) schemas, \(places) masks, \(refused.count) refused, \(failures.count) failures")
            #expect(failures.isEmpty, "\(failures.count): \(failures.prefix(40).joined(separator: "\n"))")
            #expect(refused.count <= refusedLimit, "\(refused.joined(separator: "\n"))")
            #expect(schemas >= 300)
        }
    }
}
