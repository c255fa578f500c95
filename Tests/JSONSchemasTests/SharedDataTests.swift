import JSONSchemas
import TestSupport
import Testing

/// The validator against data with known answers.
@Suite(.enabled(if: SchemaData.folder != nil && SchemaData.suiteFolder != nil, "needs ../shared/schemas"))
struct SharedDataTests {
    /// How many tests of the official suite may be refused, by the reason.
    private static let refused = [
        "draft2020-12": ["must be local": 44, "names the schema of schemas": 4, "is none of the drafts": 5],
        "draft7": ["must be local": 23, "names the schema of schemas": 4],
    ]

    @Test(arguments: ["draft2020-12", "draft7"])
    func `the official suite's tests come out as they should, or their schema is refused for a known reason`(
        draft: String
    ) throws {
        var counts: [String: Int] = [:]
        var right = 0
        let limits = try #require(Self.refused[draft])
        let options = JSONSchema.Options(
            assertsFormats: false, draft: draft == "draft7" ? .draft7 : .draft2020)
        for group in try SchemaData.suite(draft: draft) {
            do {
                let schema = try JSONSchema(group.schema, options: options)
                for (index, test) in group.tests.enumerated() {
                    #expect(schema.accepts(test.data) == test.isValid, "\(group.name), test \(index)")
                    #expect(schema.validate(test.data).isEmpty == test.isValid, "\(group.name), test \(index)")
                    right += 1
                }
            } catch {
                let reason = limits.keys.first { error.reason.contains($0) }
                #expect(reason != nil, "\(group.name): \(error)")
                counts[reason ?? "", default: 0] += group.tests.count
            }
        }
        #expect(right > 850)
        #expect(counts == limits)
        #expect(Double(right) / Double(right + counts.values.reduce(0, +)) >= 0.95)
    }

    @Test func `collected schemas compile and judge their instances as labeled`() throws {
        var judged = 0
        for group in try SchemaData.corpus(in: #require(SchemaData.corpusFolder)) {
            let schema = try JSONSchema(group.schema)
            for (index, test) in group.tests.enumerated() {
                judged += 1
                #expect(schema.accepts(test.data) == test.isValid, "\(group.name), test \(index)")
            }
        }
        #expect(judged > 5_000)
    }
}
