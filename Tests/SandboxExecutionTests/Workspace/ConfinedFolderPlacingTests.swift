import SandboxExecution
import Testing

@Suite struct ConfinedFolderPlacingTests {
    private let scratch: Scratch
    private let folder: ConfinedFolder

    init() throws {
        scratch = try Scratch()
        try scratch.write("a", "text")
        folder = try ConfinedFolder(opening: scratch.path, what: "folder")
    }

    /// Writes a file that was looked at before `meanwhile` happened.
    private func replace(_ name: String = "a", meanwhile: () throws -> Void) throws {
        let path = try ConfinedPath(name)
        let existing = try folder.statusIfThere(of: path)
        try meanwhile()
        try folder.write(Array("new".utf8), to: path, ifStill: existing)
    }

    @Test func `a file is replaced if nothing happened to it`() throws {
        try replace {}
        #expect(scratch.text("a") == "new")
    }

    @Test func `a file that is written to meanwhile stays`() throws {
        #expect(throws: ConfinedFolderError.changed) { try replace { try scratch.write("a", "longer") } }
        #expect(scratch.text("a") == "longer")
        #expect(scratch.names == ["a"])
    }

    @Test func `a file that is removed meanwhile does not come back`() throws {
        #expect(throws: ConfinedFolderError.changed) { try replace { try scratch.remove("a") } }
        #expect(scratch.names == [])
    }

    @Test func `a link that takes a file's place meanwhile stays`() throws {
        #expect(throws: ConfinedFolderError.changed) {
            try replace {
                try scratch.remove("a")
                try scratch.link("a", to: "b")
            }
        }
        #expect(scratch.linkTarget("a") == "b")
        #expect(scratch.names == ["a"])
    }

    @Test func `a file that appears meanwhile stays`() throws {
        #expect(throws: ConfinedFolderError.exists) { try replace("b") { try scratch.write("b", "theirs") } }
        #expect(scratch.text("b") == "theirs")
        #expect(scratch.names == ["a", "b"])
    }
}
