import Databases
import Testing

@Suite struct TextSegmenterTests {
    private func segments(_ text: String, markdown: Bool = true, limit: Int = 4_096) -> [(
        text: String, section: String
    )] {
        let bytes = Array(text.utf8)
        return TextSegmenter(readsMarkdown: markdown, segmentByteLimit: limit).segments(of: bytes).map {
            (String(decoding: bytes[$0.bytes], as: UTF8.self), $0.section)
        }
    }

    @Test func `headings name sections and leave them`() {
        let found = segments("intro\n\n# A\none\n## B\n\ntwo\n## C #\nthree\n# D\nfour\n\nE\n===\nfive\n")
        #expect(found.map(\.text) == ["intro", "one", "two", "three", "four", "five"])
        #expect(found.map(\.section) == ["", "A", "A > B", "A > C", "D", "E"])
    }

    @Test func `a heading without text can be found itself`() {
        let found = segments("# Empty\n# Full\ntext\n## Last\n")
        #expect(found.map(\.text) == ["# Empty", "text", "## Last"])
        #expect(found.map(\.section) == ["Empty", "Full", "Full > Last"])
    }

    @Test func `a fence is one paragraph and its comments are no headings`() {
        let found = segments("# A\n\n```sh\n# comment\n\ncode\n````\n\nafter\n---\nlast")
        #expect(found.map(\.text) == ["```sh\n# comment\n\ncode\n````", "last"])
        #expect(found.last?.section == "A > after")
        #expect(segments("# x\n\ny", markdown: false).map(\.text) == ["# x", "y"])
    }

    @Test func `a long paragraph is cut between lines, a long line between characters`() {
        #expect(segments("aaaa\nbbbb\ncccc", limit: 10).map(\.text) == ["aaaa\nbbbb", "cccc"])
        #expect(segments("éééé", limit: 5).map(\.text) == ["éé", "éé"])
        #expect(segments("\u{1F600}\u{1F600}", limit: 4).map(\.text) == ["\u{1F600}", "\u{1F600}"])
    }

    @Test func `segments cover every byte that is no space, once and in order`() {
        var generator = SplitMix(state: 7)
        let pieces = [
            "a", "é", "\u{1F600}", " ", "\n", "\n\n", "# ", "```", "---", "\r\n", "\t", "\u{FEFF}", "===",
        ]
        for _ in 0..<400 {
            let text = (0..<40).map { _ in pieces[Int(generator.next() % UInt64(pieces.count))] }.joined()
            let bytes = Array(text.utf8)
            let found = TextSegmenter(readsMarkdown: false, segmentByteLimit: 8).segments(of: bytes)
            var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            for segment in found {
                #expect(
                    segment.bytes.lowerBound >= position && segment.bytes.count <= 8 && !segment.bytes.isEmpty
                )
                #expect(
                    bytes[position..<segment.bytes.lowerBound].allSatisfy {
                        $0 == 0x20 || (0x09...0x0D).contains($0)
                    })
                #expect(String(validating: bytes[segment.bytes], as: UTF8.self) != nil)
                position = segment.bytes.upperBound
            }
            #expect(bytes[position...].allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) })
        }
    }
}

/// The SplitMix64 generator, for texts that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
