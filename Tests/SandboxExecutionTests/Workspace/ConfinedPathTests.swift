import SandboxExecution
import Testing

@Suite struct ConfinedPathTests {
    @Test(arguments: ["/a", "", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", "a/../b", "a\0b"])
    func `a path that is not plainly below is none`(text: String) {
        let error = #expect(throws: ConfinedFolderError.self) { try ConfinedPath(text) }
        #expect(error == .invalidPath)
        #expect(error?.isRefusal == true)
    }

    @Test(arguments: ["a", "a/b", "...", "..a/b..", ".a", " ", "a\nb"])
    func `any other name is allowed`(text: String) throws {
        #expect(try ConfinedPath(text).bytes == Array(text.utf8))
    }

    @Test func `parts, name, parent and prefixes`() throws {
        let deep = try path("a/b/c")
        #expect(deep.parts.map(Array.init) == [[0x61], [0x62], [0x63]])
        #expect(Array(deep.name) == [0x63])
        #expect(deep.parent == (try path("a/b")))
        #expect(deep.prefixes == (try [path("a"), path("a/b"), deep]))
        #expect(try path("a").parent == .root)
        #expect(ConfinedPath.root.prefixes == [])
    }

    @Test func `a folder is followed by its content before anything else`() throws {
        let sorted = try ["a", "a/b", "a/b/c", "a/c", "a-b", "a.b", "ab", "b"].map(path)
        #expect(sorted.reversed().sorted() == sorted)
    }
}
