import ConstrainedDecoding
import JSONSchemas
import TestSupport
import Testing
import Tokens

/// Schemas that people wrote, with instances: what grammars let pass.
@Suite struct SchemaCorpusTests {
    /// As many of the corpus's schemas as were right on all instances, and refused, when this was written; and as many
    /// valid instances as were denied.
    private static let measured = (right: 1344, refused: 9, denied: 6)

    @Test(
        .enabled(
            if: SchemaData.corpusFolder != nil, "needs ../shared/schemas/jsonschemabench"))
    func `no invalid instance is accepted and few valid ones are denied`() throws {
        var right = 0
        var refused = 0
        var denied: [String] = []
        let lines = try SchemaData.corpus(in: #require(SchemaData.corpusFolder)).filter { !$0.tests.isEmpty }
        for line in lines {
            guard let schema = try? JSONSchema(line.schema, options: JSONSchema.Options(assertsFormats: true)),
                let grammar = try? Grammar(schema: schema, options: .anyDocument)
            else {
                refused += 1
                continue
            }
            var isRight = true
            for test in line.tests {
                var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
                let isConsumed = (try? matcher.consume(bytes: test.data.serializedBytes(.spaced))) != nil
                let isAccepted = isConsumed && matcher.isAccepting
                guard isAccepted != test.isValid else { continue }
                isRight = false
                if isAccepted {
                    Issue.record("invalid but accepted: \(line.name): \(test.data)")
                } else {
                    denied.append("\(line.name): \(test.data)")
                }
            }
            if isRight { right += 1 }
        }
        print("\(lines.count) schemas: \(right) right, \(refused) refused; \(denied.count) instances denied")
        #expect(right >= Self.measured.right)
        #expect(refused <= Self.measured.refused)
        #expect(denied.count <= Self.measured.denied, "\(denied.prefix(20).joined(separator: "\n"))")
    }
}

extension GrammarOptions {
    /// Every document that a schema allows, as far as grammars go: any order, undeclared members, `1.0` for 1.
    fileprivate static let anyDocument = GrammarOptions(
        propertyOrder: .any, additionalMembers: .asSchema, numberForms: .all, numberDigitLimit: 40)
}
