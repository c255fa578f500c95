import ModelRuntime
import Testing

@Suite struct EventStreamTests {
    private func events(_ text: String, pieces: Int) -> [String] {
        var stream = EventStream()
        var found: [String] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            for event in stream.take(bytes[start..<min(start + pieces, bytes.count)]) {
                found.append(String(decoding: event, as: UTF8.self))
            }
        }
        return found
    }

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func `events are found however the bytes are cut`(pieces: Int) {
        #expect(events("data: one\n\ndata:two\n\n", pieces: pieces) == ["one", "two"])
        #expect(events("data: one\r\n\r\ndata: two\r\r: note\n\n", pieces: pieces) == ["one", "two"])
        #expect(events("data: a\ndata: b\n\n", pieces: pieces) == ["a\nb"])
        #expect(events("event: x\nid: 4\ndata: é\nretry: 5\n\n\n\n", pieces: pieces) == ["é"])
        #expect(events("data:  two blanks\n\ndata\n\ndatum: x\n\n", pieces: pieces) == [" two blanks"])
    }

    @Test func `an event that isn't ended is none`() {
        #expect(events("data: one\n\ndata: two\n", pieces: 5) == ["one"])
        #expect(events("data: one\n\ndata: two", pieces: 5) == ["one"])
    }
}
