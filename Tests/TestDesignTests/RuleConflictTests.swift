import TestDesign
import Testing

@Suite struct RuleConflictTests {
    private static func conflicts(_ rules: [(String, RuleToTest.Polarity)]) -> [[String]] {
        let rules = rules.enumerated().map { index, rule in
            RuleToTest(id: "R-\(index)", quote: rule.0, polarity: rule.1, section: "", byteStart: index)
        }
        return RuleConflict.found(among: rules).map(\.ruleIDs)
    }

    @Test func `what is demanded and forbidden in the same words is a conflict`() {
        let demanded = ("Names must end with a colon.", RuleToTest.Polarity.must)
        #expect(
            Self.conflicts([demanded, ("Names must not end with a colon.", .mustNot)]) == [["R-0", "R-1"]])
        #expect(Self.conflicts([demanded, ("A name should end with a colon.", .must)]).isEmpty)
        #expect(Self.conflicts([demanded, ("Names must not end with a dot.", .mustNot)]).isEmpty)
        #expect(Self.conflicts([demanded, demanded]).isEmpty)
    }

    @Test func `two limits for the same are a conflict`() {
        let limit = ("A label must be at most 12 characters long.", RuleToTest.Polarity.must)
        #expect(
            Self.conflicts([limit, ("A label must be at most 16 characters long.", .must)]) == [["R-0", "R-1"]])
        #expect(Self.conflicts([limit, ("A title must be at most 16 characters long.", .must)]).isEmpty)
    }
}
