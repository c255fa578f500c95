import ConstrainedDecoding
import JSONSchemas
import Testing
import Tokens

/// The official test suite through the matcher: nothing invalid is accepted, and what is valid is accepted wherever it
/// is in the form that grammars generate.
@Suite struct SchemaSuiteTests {
    /// Just below what was measured when written: groups that compiled, and their valid and invalid instances. Fewer mean
    /// that a keyword was lost.
    private static let floors = [
        "draft2020-12": (groups: 95, accepted: 160, refused: 165),
        "draft7": (groups: 90, accepted: 155, refused: 160),
    ]

    @Test(
        .enabled(
            if: SchemaSuite.folder != nil,
            "needs ../shared/schemas, or the JSON Schema Test Suite in JSON_SCHEMA_TEST_SUITE"),
        arguments: ["draft2020-12", "draft7"])
    func `no invalid instance is accepted and no valid one in generated form is refused`(draft: String) throws {
        var groups = 0
        var accepted = 0
        var refused = 0
        var other = 0
        for group in try SchemaSuite.cases(draft: draft) {
            guard let schema = try? JSONSchema(group.schema) else { continue }
            let grammar = try? Grammar(schema: schema)
            guard let grammar else { continue }
            groups += 1
            for test in group.tests {
                var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
                let isConsumed = (try? matcher.consume(bytes: test.data.serializedBytes(.spaced))) != nil
                let isAccepted = isConsumed && matcher.isAccepting
                switch (test.isValid, isAccepted) {
                case (true, true): accepted += 1
                case (false, false): refused += 1
                case (false, true): Issue.record("invalid but accepted: \(group.name), \(test.name)")
                case (true, false):
                    other += 1
                    #expect(
                        !GeneratedForm(schema: schema).includes(test.data),
                        "\(group.name), \(test.name): \(test.data)")
                }
            }
        }
        let floor = try #require(Self.floors[draft])
        print(
            "\(draft): \(groups) groups, \(accepted) accepted, \(refused) refused, \(other) valid in another form"
        )
        #expect(groups >= floor.groups)
        #expect(accepted >= floor.accepted)
        #expect(refused >= floor.refused)
    }
}

/// Whether a valid value is one that a grammar generates: members in the schema's order and none that are merely not
/// forbidden, numbers in plain form.
private struct GeneratedForm {
    let schema: JSONSchema

    func includes(_ value: JSONValue) -> Bool {
        includes(value, at: schema.root)
    }

    private func includes(_ value: JSONValue, at index: Int) -> Bool {
        let node = schema[index]
        guard node.alternatives.isEmpty else {
            return node.alternatives.contains {
                schema.validate(value, against: $0).isEmpty && includes(value, at: $0)
            }
        }
        if let values = node.values {
            return values.contains { $0.serialized() == value.serialized() }
        }
        switch value {
        case .null, .bool, .string: return true
        case .integer(let number): return abs(number) < 10_000_000_000_000_000
        case .number(let number):
            let isBounded = node.minimum != nil || node.maximum != nil
            return node.types.contains(.number) && !number.description.contains("e+")
                && !(isBounded && number.description.contains("e"))
        case .array(let elements):
            return elements.allSatisfy { element in node.items.map { includes(element, at: $0) } ?? true }
        case .object(let members): return includes(members, node)
        }
    }

    private func includes(_ members: JSONObject, _ node: JSONSchema.Node) -> Bool {
        var next = 0
        for (key, value) in members {
            if let position = node.properties.firstIndex(where: { $0.name == key }) {
                guard position >= next, includes(value, at: node.properties[position].node) else {
                    return false
                }
                next = position + 1
                continue
            }
            next = node.properties.count
            switch node.additionalProperties {
            case .schema(let schema): guard includes(value, at: schema) else { return false }
            case .open: break
            case .closed: return false
            case .unspecified: guard node.types == .any, node.properties.isEmpty else { return false }
            }
        }
        return true
    }
}
