import ModelRuntime
import Testing

@Suite struct MarkerSplitterTests {
    private let markers = ["<tool_call>", "</tool_call>"].map { Array($0.utf8) }

    @Test(arguments: [
        "", "plain", "<", "a <b> c", "<tool_call>", "x<tool_call><tool_call>y</tool_call>", "<<tool_call>",
    ])
    func `no part contains a marker, and together they are the text`(text: String) {
        let parts = MarkerSplitter.split(Array(text.utf8), at: markers)
        #expect(parts.flatMap { $0 } == Array(text.utf8))
        for part in parts {
            for marker in markers { #expect(part.firstRange(of: marker) == nil) }
        }
    }
}
