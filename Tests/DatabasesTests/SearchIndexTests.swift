import Databases
import Foundation
import TestSupport
import Testing

@Suite struct SearchIndexTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `a hit's byte range is its text in the file`() throws {
        let text =
            "# Títle\r\n\r\nFirst päragraph about apples.\r\nMore.\r\n\r\n## Part\n\nSecond one about pears \u{1F350}.\n"
        try folder.write(text, to: "docs/a.md")
        let index = try SearchIndex(folder: folder.path)
        let bytes = try folder.bytes(of: "docs/a.md")
        for (word, section) in [
            ("apples", "Títle"), ("pears", "Títle > Part"), ("\u{1F350}", "Títle > Part"),
        ] {
            let hits = try index.search(word, limit: 3)
            // A lone emoji is no word and no trigram.
            if word.count == 1 { continue }
            let hit = try #require(hits.first, "\(word)")
            #expect(hit.path == "docs/a.md" && hit.section == section)
            #expect(String(decoding: bytes[hit.byteStart..<hit.byteEnd], as: UTF8.self) == hit.text)
            #expect(hit.text.contains(word))
        }
    }

    @Test func `code is found exactly, prose by its stems`() throws {
        try folder.write(
            """
            Arrays of tables are written [[a]] in the file.

            A table such as [a] is not an array; a a a a.

            Underscores as in 1__0 are rejected, unlike 1_0.

            Failing configurations were reported.
            """, to: "spec.txt")
        let index = try SearchIndex(folder: folder.path)
        #expect(index.segmentCount == 4)
        #expect(try index.search("[[a]]", limit: 5).map(\.text).first?.hasPrefix("Arrays of tables") == true)
        #expect(try index.search("[[a]]", limit: 5).count == 1)
        #expect(try index.search("1__0", limit: 5).map(\.text).first?.hasPrefix("Underscores") == true)
        #expect(
            try index.search("fails to configure", limit: 5).map(\.text).first?.hasPrefix("Failing") == true)
        #expect(try index.search("report", limit: 5).count == 1)
    }

    @Test(arguments: [
        "\"", "\"\"", "*", "a*", "NOT apples", "apples AND", "apples OR", "NEAR(apples pears)", "text:apples",
        "c0:apples", "-apples", "^apples",
        "(apples", "apples)", "{apples}", "a\"b\" OR c", "'; DROP TABLE segments; --", "\u{0}apples", "+",
        "\\", "   ", "c0 : a", "ap\u{301}",
    ])
    func `nothing in a search is an operator`(text: String) throws {
        let index = try SearchIndex(documents: [
            SearchDocument(path: "a", text: "apples and pears\n\nnothing else")
        ])
        let hits = try index.search(text, limit: 5)
        if text.contains("apples") { #expect(hits.first?.text == "apples and pears") }
        #expect(try index.search("apples", limit: 5).count == 1)
    }

    @Test func `binary, oversized, hidden and outside files are left out and named`() throws {
        let outside = try TemporaryFolder()
        try outside.write("the secret word is xylophone", to: "secret.txt")
        try folder.write("plain xylophone", to: "kept.txt")
        try folder.write("hidden xylophone", to: ".hidden.txt")
        try folder.write("hidden xylophone", to: ".git/config.txt")
        try folder.write(bytes: Array("xylophone".utf8) + [0, 1], to: "binary.txt")
        try folder.write(bytes: Array("xylophone ".utf8) + [0xFF], to: "latin.txt")
        try folder.write(String(repeating: "xylophone ", count: 100), to: "large.txt")
        let manager = FileManager.default
        try manager.createSymbolicLink(
            atPath: folder.path("out.txt"), withDestinationPath: outside.path("secret.txt"))
        try manager.createSymbolicLink(atPath: folder.path("outfolder"), withDestinationPath: outside.path)
        try manager.createSymbolicLink(atPath: folder.path("in.txt"), withDestinationPath: "kept.txt")
        try manager.createSymbolicLink(atPath: folder.path("broken.txt"), withDestinationPath: "nowhere.txt")
        let index = try SearchIndex(folder: folder.path, byteLimit: 500)
        #expect(try index.search("xylophone", limit: 10).map(\.path) == ["in.txt", "kept.txt"])
        #expect(
            index.skipped.map(\.path) == [
                "binary.txt", "broken.txt", "large.txt", "latin.txt", "out.txt", "outfolder",
            ])
        // Control arm: without the limit, the large file is found.
        #expect(
            try SearchIndex(folder: folder.path).search("xylophone", limit: 10).contains {
                $0.path == "large.txt"
            })
    }

    @Test func `globs choose files`() throws {
        for path in ["a.md", "b.txt", "docs/c.md", "docs/deep/d.md"] { try folder.write("apples", to: path) }
        func found(_ globs: [String]) throws -> [String] {
            try SearchIndex(folder: folder.path, globs: globs).search("apples", limit: 10).map(\.path)
                .sorted()
        }
        #expect(try found([]) == ["a.md", "b.txt", "docs/c.md", "docs/deep/d.md"])
        #expect(try found(["*.md"]) == ["a.md", "docs/c.md", "docs/deep/d.md"])
        #expect(try found(["docs/*.md"]) == ["docs/c.md"])
        #expect(try found(["docs/**", "?.txt"]) == ["b.txt", "docs/c.md", "docs/deep/d.md"])
        #expect(try found(["**/d.md", "**/a.md"]) == ["a.md", "docs/deep/d.md"])
        #expect(try found(["x"]).isEmpty)
    }

    @Test func `the same search gives the same order, ties by place`() throws {
        for number in 0..<20 {
            try folder.write("the very same text about apples", to: "f\(10 + number).txt")
        }
        let first = try SearchIndex(folder: folder.path).search("apples text", limit: 20)
        let second = try SearchIndex(folder: folder.path, databasePath: folder.path(".index.sqlite")).search(
            "apples text", limit: 20)
        #expect(first == second)
        #expect(first.map(\.path) == first.map(\.path).sorted())
        #expect(Set(first.map(\.path)).count == 20)
    }

    @Test func `a missing folder and an endless one are errors`() throws {
        let missing = #expect(throws: DatabaseToolError.self) { try SearchIndex(folder: folder.path("none")) }
        #expect(missing?.description == "Can't index folder `none`: it does not exist.")
        for number in 0..<3 { try folder.write("x", to: "\(number).txt") }
        let many = #expect(throws: DatabaseToolError.self) {
            try SearchIndex(folder: folder.path, fileLimit: 2)
        }
        #expect(many?.code == .sizeLimit)
    }
}
