import RunJournal
import Testing

@Suite struct RunIDTests {
    @Test func `identifiers sort by the time they were made`() {
        var generator = SplitMix(state: 1)
        let ids = [0, 1, 31, 32, 1_700_000_000_000, 1_700_000_000_001, 281_474_976_710_655].map {
            RunID(generating: $0, random: &generator)
        }
        #expect(ids == ids.sorted())
        #expect(ids.allSatisfy { $0.description.count == 26 })
    }

    @Test func `an identifier reads back, in either case`() throws {
        let id = RunID.generate()
        #expect(RunID(id.description) == id)
        #expect(RunID(id.description.uppercased()) == id)
    }

    @Test(arguments: [
        "", "short", "01234567890123456789012345x", "0123456789012345678901234u",
        "../../../../../../../../etc",
    ])
    func `anything else is refused`(text: String) {
        #expect(RunID(text) == nil)
    }
}
