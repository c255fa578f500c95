import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import Supervisor
import TestSupport
import Testing
import WorkflowFormat

/// What a question's page says of the places that a value came from.
@Suite struct OriginTests {
    private let folder: TemporaryFolder
    private let samples: PageSamples

    init() throws {
        folder = try TemporaryFolder()
        let journal = try Journal(path: folder.path("journal.db"), options: JournalOptions(preparedLogByteCount: 0))
        samples = try PageSamples(in: journal)
    }

    /// The page of a question about a value that came from so many places, made by the one called `s7`.
    private func page(placeCount: Int) throws -> String {
        let sources = Set((0..<placeCount).map { Source(step: "s\($0)", tool: "file.read") })
        let ruling = CallView.Ruling(fromJSON: ["decision": "ask", "rule": "r", "sentence": "It is new."])
        let call = CallView(
            ToolCall(tool: "issue.create", arguments: ["title": "Crash"]),
            label: Label(integrity: .untrusted, sources: sources), labels: [:], run: samples.run.description,
            address: "file", ruling: try #require(ruling)
        ) { place in .string(place.step == "s7" ? "Crash" : "nothing") }
        let row = samples.questionRow
        let shown = QuestionView(
            row: row, workflow: "triage", about: "", call: call, change: nil, editable: "", endorsable: [], holder: nil,
            alike: [],
            previous: nil, next: nil)
        return try Pages.questions(QuestionsView(questions: [row], shown: shown, groups: []), in: samples.frame)
    }

    private func links(_ html: String) throws -> [String] {
        try MarkupReader(html).tags.flatMap(\.attributes).map(\.value).filter { $0.contains("at=s") }
            .map { String($0.suffix(2)) }
    }

    @Test func `the step that made a value comes first, and every other one can be opened`() throws {
        let html = try page(placeCount: 9)
        #expect(try links(html) == ["s7", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s8"])
        #expect(html.contains("<summary>and 5 more places</summary>"))
        // The control: four places are all there at once.
        let few = try page(placeCount: 4)
        #expect(try links(few) == ["s0", "s1", "s2", "s3"])
        #expect(!few.contains("more place"))
    }

    @Test func `of places without end the first are listed, and how many there are`() throws {
        let html = try page(placeCount: 300)
        #expect(html.contains("<summary>and 296 more places</summary>"))
        #expect(html.contains("96 more are in the record"))
    }
}
