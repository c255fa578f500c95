import JSONSchemas
import PolicyEngine
import RunJournal
import Supervisor
import TestSupport
import Testing

@Suite struct PageInertnessTests {
    private let folder: TemporaryFolder
    private let journal: Journal

    init() throws {
        folder = try TemporaryFolder()
        journal = try Journal(path: folder.path("journal.db"), options: JournalOptions(preparedLogByteCount: 0))
    }

    /// A tag with the names of its attributes, and the values of those that a browser acts on.
    private static func forms(_ tags: [MarkupReader.Tag]) -> Set<String> {
        Set(
            tags.map { tag in
                ([tag.name] + tag.attributes.map(\.name).sorted()).joined(separator: " ")
            })
    }

    /// The tags that pages have where all texts are harmless: short, long, with and without slashes.
    private func plainForms() throws -> Set<String> {
        var forms = Set<String>()
        let texts: [@Sendable (String) -> String] = [
            { $0 }, { _ in "" }, { $0 + String(repeating: "\nword", count: 800) }, { _ in "word/word" },
        ]
        for (index, text) in texts.enumerated() {
            let samples = try PageSamples(in: journal, number: UInt64(index), text: text)
            for page in try samples.pages() { forms.formUnion(Self.forms(try MarkupReader(page.html).tags)) }
        }
        return forms
    }

    /// What a browser could act on that a plain page has not.
    private static func faults(_ tags: [MarkupReader.Tag], _ plain: Set<String>) -> [String] {
        var faults = forms(tags).subtracting(plain).sorted()
        for attribute in tags.flatMap(\.attributes) {
            let value = attribute.value
            switch attribute.name {
            case "href", "action", "src", "data-src", "data-href":
                let isOwn = value.hasPrefix("/") && !value.hasPrefix("//") || value.hasPrefix("#")
                let isPlain = value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
                if !isOwn || !isPlain { faults.append("\(attribute.name)=\(value.prefix(80))") }
            case "style", "srcdoc", "formaction", "background": faults.append(attribute.name)
            default: if attribute.name.hasPrefix("on") { faults.append(attribute.name) }
            }
        }
        return faults
    }

    @Test(arguments: 0..<4)
    func `no hostile text becomes markup, an address or a hidden character`(part: Int) throws {
        let plain = try plainForms()
        let texts =
            HostileMarkup.written + HostilePageText.all.map(\.text) + HostileMarkup.generated(60, seed: 9)
        #expect(HostileMarkup.written.count >= 150)
        for (index, text) in texts.enumerated() where index % 4 == part {
            let samples = try PageSamples(in: journal, number: UInt64(10 + index)) { _ in text }
            for page in try samples.pages() {
                do {
                    let faults = Self.faults(try MarkupReader(page.html).tags, plain)
                    #expect(faults.isEmpty, "\(page.name) with \(text.debugDescription.prefix(200))")
                } catch {
                    Issue.record("\(page.name) with \(text.debugDescription.prefix(200)): \(error)")
                }
            }
        }
    }

    @Test func `a hostile text can be read where a person decides on it`() throws {
        for (index, text) in HostileMarkup.written.enumerated() where text.utf8.count < 2000 {
            let samples = try PageSamples(in: journal, number: UInt64(1000 + index)) { _ in text }
            let page = try MarkupReader(Pages.questions(samples.questions(), in: samples.frame))
            #expect(page.text.contains(VisibleText.escaping(text)), "\(text.debugDescription)")
        }
    }

    @Test func `what is edited comes back as it was`() throws {
        for text in HostileMarkup.written + HostileMarkup.generated(60, seed: 10) {
            let asked: JSONValue = ["title": .string(text)]
            let samples = try PageSamples(in: journal, number: 5000) { _ in text }
            let html = try Pages.questions(samples.questions(), in: samples.frame)
            let start = try #require(html.firstRange(of: "<textarea id=\"edited\""))
            let end = try #require(html[start.upperBound...].firstRange(of: "</textarea>"))
            let area = try MarkupReader(String(html[start.lowerBound..<end.upperBound]))
            // A browser drops the first line break within, and sends line breaks as two characters.
            let sent = area.text.dropFirst().replacing("\n", with: "\r\n")
            #expect(try JSONValue(parsing: String(sent)) == asked, "\(text.debugDescription.prefix(200))")
        }
    }

    @Test func `the check itself finds what a browser would run`() throws {
        let plain = try plainForms()
        #expect(throws: MarkupReader.Fault.self) { try MarkupReader("<p>a < b</p>") }
        #expect(throws: MarkupReader.Fault.self) { try MarkupReader("<p>\u{202E}</p>") }
        #expect(throws: MarkupReader.Fault.self) { try MarkupReader("<p title=x>a</p>") }
        #expect(throws: MarkupReader.Fault.self) { try MarkupReader("<p>a") }
        let bad = [
            "<p onclick=\"x\">a</p>", "<script>alert(1)</script>", "<img src=\"/x\" onerror=\"y\"/>",
            "<p style=\"x\">a</p>",
            "<a href=\"javascript:x\">a</a>", "<a href=\"//evil.example\">a</a>",
        ]
        for html in bad { #expect(!Self.faults(try MarkupReader(html).tags, plain).isEmpty, "\(html)") }
        #expect(Self.faults(try MarkupReader("<a href=\"/runs\">a</a>").tags, plain) == [])
    }
}
