import Provenance
import Testing

@Suite struct LabelledTests {
    private let title = Labelled("crash", label: .untrusted(Source(step: "load", tool: "file.read")))

    @Test func `a mapped value keeps its label`() {
        let length = title.map { $0.count }
        #expect(length.value == 5)
        #expect(length.label == title.label)
    }

    @Test func `a combined value keeps every source of both`() {
        let project = Labelled("demo", label: .trusted(.input("project")))
        let both = project.combined(with: title) { "\($0): \($1)" }
        #expect(both.value == "demo: crash")
        #expect(both.label.integrity == .untrusted)
        #expect(both.label.sources == project.label.sources.union(title.label.sources))
    }

    @Test func `a failing transformation throws its own error`() {
        struct Refused: Error, Equatable {}
        #expect(throws: Refused.self) {
            try title.map { (_: String) throws(Refused) -> Int in throw Refused() }
        }
    }
}
