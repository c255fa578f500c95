import ConstrainedDecoding
import JSONSchemas
import TestSupport
import Testing
import Tokens

/// The official test suite through the matcher: nothing invalid is accepted, and what is valid is accepted wherever it
/// is in the form that grammars generate.
@Suite struct SchemaSuiteTests {
    /// What was measured when written: groups that compile, and their valid and invalid instances.
    private static let floors = [
        "draft2020-12": (groups: 348, accepted: 739, refused: 467),
        "draft7": (groups: 234, accepted: 536, refused: 330),
    ]

    @Test(
        .enabled(
            if: SchemaData.suiteFolder != nil,
            "needs ../shared/schemas, or the JSON Schema Test Suite in JSON_SCHEMA_TEST_SUITE"),
        arguments: ["draft2020-12", "draft7"])
    func `no invalid instance is accepted and no valid one refused`(draft: String) throws {
        var groups = 0
        var accepted = 0
        var refused = 0
        let options = JSONSchema.Options(
            assertsFormats: false, draft: draft == "draft7" ? .draft7 : .draft2020)
        let form = GrammarOptions(
            propertyOrder: .any, additionalMembers: .asSchema, numberForms: .all, numberDigitLimit: 60)
        for group in try SchemaData.suite(draft: draft) {
            guard let schema = try? JSONSchema(group.schema, options: options) else { continue }
            guard let grammar = try? Grammar(schema: schema, options: form) else {
                // What no value fits is refused at once.
                #expect(
                    group.tests.allSatisfy { !$0.isValid }, "\(group.name) was refused though it has valid instances")
                continue
            }
            groups += 1
            for test in group.tests {
                var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
                let isConsumed = (try? matcher.consume(bytes: test.data.serializedBytes(.spaced))) != nil
                let isAccepted = isConsumed && matcher.isAccepting
                #expect(isAccepted == test.isValid, "\(group.name), \(test.name ?? ""): \(test.data)")
                if isAccepted == test.isValid, isAccepted { accepted += 1 }
                if isAccepted == test.isValid, !isAccepted { refused += 1 }
            }
            #expect(grammar.limitMet == nil)
        }
        let floor = try #require(Self.floors[draft])
        print("\(draft): \(groups) groups, \(accepted) accepted, \(refused) refused")
        #expect(groups >= floor.groups)
        #expect(accepted >= floor.accepted)
        #expect(refused >= floor.refused)
    }
}
