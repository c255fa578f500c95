import RunJournal
import Supervisor
import TestSupport
import Testing

/// What a lead sees first of runs, and of one.
@Suite struct RunPageTests {
    private let folder: TemporaryFolder
    private let journal: Journal

    init() throws {
        folder = try TemporaryFolder()
        journal = try Journal(path: folder.path("journal.db"), options: JournalOptions(preparedLogByteCount: 0))
    }

    @Test func `a run leads with what waits, and ends with its numbers`() throws {
        let samples = try PageSamples(in: journal)
        let text = try MarkupReader(Pages.run(samples.runView, in: samples.frame)).text
        let words = ["Started", "Waited for a person", "1 question waits", "Timeline", "Tokens evaluated", "Exit code"]
        // The sample has not ended, and has no exit code.
        let places = words.map { text.firstRange(of: $0)?.lowerBound }
        #expect(places.map { $0 == nil } == [false, false, false, false, false, true])
        let found = places.compactMap { $0 }
        #expect(found == found.sorted())
        #expect(text.contains("since 2026-11-26 13:24:05"))
    }

    @Test(arguments: [
        ("small", "small"), ("scripted:/home/ada/w/sample.script.jsonl", "scripted:sample.script.jsonl"),
        ("folder/large.gguf", "large.gguf"), ("/", "/"),
    ])
    func `a list names a model without its folders, and says the whole name where it is pointed at`(
        name: String, shown: String
    ) throws {
        let samples = try PageSamples(in: journal) { $0 == "small" ? name : $0 }
        let html = try Pages.runs(samples.runs, in: samples.frame)
        let page = try MarkupReader(html)
        #expect(page.text.contains(shown))
        #expect(page.text.contains(name) == (name == shown))
        #expect(page.tags.flatMap(\.attributes).contains(MarkupReader.Attribute(name: "title", value: name)))
        #expect(html.contains("class=\"mono small id\""))
    }

    @Test(arguments: [(100, false), (1_200, true)])
    func `a text that may not fit a narrow window can be scrolled by keys`(count: Int, isTall: Bool) throws {
        let samples = try PageSamples(in: journal) { text in
            text == "A title" ? String(repeating: "word ", count: count / 5) : text
        }
        let html = try Pages.questions(samples.questions(), in: samples.frame)
        #expect(html.contains("<pre class=\"tall\" tabindex=\"0\">") == isTall)
    }

    @Test func `what is asked about is shown as a whole, whatever its height`() throws {
        let style = String(decoding: try #require(Pages.assets["supervisor.css"]).bytes, as: UTF8.self)
        #expect(style.contains(".question > .body pre, .question > .body .diff { max-height: none; }"))
        // The control: elsewhere a long text scrolls in its place.
        #expect(style.contains("max-height: 32rem"))
    }

    @Test func `on a narrow window it is said that a drawing moves sideways`() throws {
        let samples = try PageSamples(in: journal)
        let html = try Pages.workflow(samples.workflow, in: samples.frame)
        #expect(html.contains("<p class=\"small muted narrow\">Where the drawing is wider"))
        let style = String(decoding: try #require(Pages.assets["supervisor.css"]).bytes, as: UTF8.self)
        // The control: on a wide one it is not.
        let hidden = try #require(style.firstRange(of: "\n.narrow { display: none; }"))
        let small = try #require(style.firstRange(of: "@media (max-width: 40rem)"))
        let shown = try #require(style.firstRange(of: "  .narrow { display: block; }"))
        #expect(hidden.lowerBound < small.lowerBound && small.lowerBound < shown.lowerBound)
    }
}
