import SandboxExecution
import Testing

/// Where the middle of a long output is left out.
@Suite struct OutputCutTests {
    private func kept(_ text: String, limit: Int) -> String {
        var collector = OutputCollector(byteLimit: limit)
        collector.append(Array(text.utf8))
        return String(decoding: collector.contents().bytes, as: UTF8.self)
    }

    @Test func `whole lines are left out, so that no half of one is kept`() {
        let lines = (0..<1_000).map { "line \($0) of the output" }
        let parts = kept(lines.joined(separator: "\n"), limit: 4_000).split(separator: "\n").map(String.init)
        #expect(parts.count > 100)
        for part in parts where !part.hasPrefix("[... ") { #expect(lines.contains(part), "\(part)") }
        #expect(parts.first == lines.first)
        #expect(parts.last == lines.last)
    }

    @Test func `in a long line whole words are left out`() {
        let words = (0..<2_000).map { "word\($0)" }
        let parts = kept(words.joined(separator: " "), limit: 4_000).split { " \n".contains($0) }.map(String.init)
        for part in parts where part.hasPrefix("word") { #expect(words.contains(part), "\(part)") }
        #expect(parts.first == words.first)
        #expect(parts.last == words.last)
    }

    @Test func `the number of bytes left out is right`() throws {
        let text = (0..<1_000).map { "line \($0)" }.joined(separator: "\n")
        let result = kept(text, limit: 2_000)
        let mark = try #require(result.split(separator: "\n").first { $0.hasPrefix("[... ") })
        let count = try #require(Int(mark.dropFirst(5).prefix { $0.isNumber }))
        #expect(result.utf8.count - mark.utf8.count - 2 + count == text.utf8.count)
    }
}
