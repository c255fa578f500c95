import Foundation
import Glibc
import SandboxExecution
import Testing

@Suite struct ConfinedFolderTests {
    private let scratch: Scratch
    private let outside: Scratch
    private let folder: ConfinedFolder

    init() throws {
        scratch = try Scratch()
        outside = try Scratch()
        try outside.write("secret", "outside")
        try scratch.folder("sub")
        try scratch.write("sub/a.txt", "inside")
        try scratch.link("away", to: outside.path)
        try scratch.link("near", to: "sub")
        try scratch.link("file", to: outside.path + "/secret")
        folder = try ConfinedFolder(opening: scratch.path, what: "folder")
    }

    @Test func `a file is read up to its limit`() throws {
        #expect(try folder.contents(of: path("sub/a.txt"), byteLimit: 6) == Array("inside".utf8))
        #expect(throws: ConfinedFolderError.tooLarge(byteLimit: 5)) {
            try folder.contents(of: path("sub/a.txt"), byteLimit: 5)
        }
        try scratch.write("empty", "")
        #expect(try folder.contents(of: path("empty"), byteLimit: 0) == [])
    }

    @Test func `a file without a size of its own is read as well`() throws {
        let kernel = try ConfinedFolder(opening: "/proc/sys/kernel", what: "folder")
        #expect(try kernel.status(of: path("ostype")).byteCount == 0)
        #expect(try kernel.contents(of: path("ostype"), byteLimit: 100) == Array("Linux\n".utf8))
        #expect(throws: ConfinedFolderError.tooLarge(byteLimit: 3)) {
            try kernel.contents(of: path("ostype"), byteLimit: 3)
        }
    }

    @Test(arguments: ["away/secret", "near/a.txt", "file"])
    func `no link is followed, wherever it points`(name: String) throws {
        // The control arm: an ordinary read follows it.
        #expect(scratch.text(name) != nil)
        #expect(throws: ConfinedFolderError.link) { try folder.contents(of: path(name), byteLimit: 100) }
    }

    @Test func `nothing is written, made or removed over a link`() throws {
        try outside.folder("empty")
        let refused = ConfinedFolderError.link
        #expect(throws: refused) { try folder.write([1], to: path("away/new")) }
        #expect(throws: refused) { try folder.write([1], to: path("file")) }
        #expect(throws: refused) { try folder.makeFolder(path("away/new")) }
        #expect(throws: refused) { try folder.makeLink(path("away/new"), to: [0x78]) }
        #expect(throws: refused) { try folder.removeFile(path("away/secret")) }
        #expect(throws: refused) { try folder.removeFolder(path("away/empty")) }
        #expect(throws: refused) { try folder.setMode(0o777, of: path("away/secret")) }
        #expect(throws: refused) { try folder.entries(of: path("away"), limit: 10) }
        #expect(throws: refused) { try folder.status(of: path("away/secret")) }
        #expect(throws: refused) { try folder.linkTarget(of: path("away/secret")) }
        #expect(outside.names == ["empty", "secret"])
        #expect(outside.text("secret") == "outside")
    }

    @Test func `a link itself can be seen and removed`() throws {
        #expect(try folder.status(of: path("file")).kind == .link)
        #expect(try folder.linkTarget(of: path("near")) == Array("sub".utf8))
        #expect(throws: ConfinedFolderError.wrongKind(.folder)) { try folder.linkTarget(of: path("sub")) }
        let mode = outside.attributes("secret")?.mode
        #expect(throws: ConfinedFolderError.self) { try folder.setMode(0o777, of: path("file")) }
        #expect(outside.attributes("secret")?.mode == mode)
        try folder.removeFile(path("file"))
        #expect(!scratch.exists("file") && outside.exists("secret"))
    }

    @Test func `a mounted file system is not entered`() throws {
        let root = try ConfinedFolder(opening: "/", what: "folder")
        // The control arm: the way to it works.
        #expect(try root.status(of: path("proc")).kind == .folder)
        #expect(throws: ConfinedFolderError.mountPoint) {
            try root.contents(of: path("proc/self/environ"), byteLimit: 1 << 20)
        }
    }

    @Test func `a pipe neither blocks nor is read`() throws {
        scratch.pipe("pipe")
        #expect(throws: ConfinedFolderError.wrongKind(.pipe)) {
            try folder.contents(of: path("pipe"), byteLimit: 10)
        }
        #expect(throws: ConfinedFolderError.wrongKind(.pipe)) { try folder.write([1], to: path("pipe")) }
        #expect(throws: ConfinedFolderError.wrongKind(.folder)) {
            try folder.contents(of: path("sub"), byteLimit: 10)
        }
        #expect(throws: ConfinedFolderError.missing) { try folder.contents(of: path("none/a"), byteLimit: 10) }
    }

    @Test func `a written file replaces the old one as a whole and keeps its mode`() throws {
        scratch.setMode(0o4751, of: "sub/a.txt")
        // Unsafe only for the path pointers, which live as long as the call.
        #expect(unsafe Glibc.link(scratch.path + "/sub/a.txt", scratch.path + "/other") == 0)
        try folder.write(Array("new".utf8), to: path("sub/a.txt"), isSynced: true)
        #expect(scratch.text("sub/a.txt") == "new")
        #expect(scratch.text("other") == "inside")
        #expect(scratch.attributes("sub/a.txt")?.mode == 0o751)
        try folder.write([], to: path("sub/b"), mode: 0o600)
        #expect(scratch.attributes("sub/b")?.mode == 0o600)
        try folder.write([], to: path("sub/c"))
        #expect(scratch.attributes("sub/c")?.mode == 0o644)
        #expect(scratch.names.filter { $0.hasPrefix("sub") } == ["sub", "sub/a.txt", "sub/b", "sub/c"])
    }

    @Test func `a failed write leaves nothing behind`() throws {
        #expect(throws: ConfinedFolderError.wrongKind(.folder)) { try folder.write([1], to: path("sub")) }
        #expect(throws: ConfinedFolderError.missing) { try folder.write([1], to: path("none/a")) }
        #expect(throws: ConfinedFolderError.exists) { try folder.makeLink(path("sub/a.txt"), to: [0x78]) }
        #expect(scratch.names == ["away", "file", "near", "sub", "sub/a.txt"])
    }

    @Test(.enabled(if: geteuid() == 0, "Only root makes files for others."))
    func `what root makes belongs to whom the folder or the old file belongs`() throws {
        // Unsafe only for the path pointers, which live as long as the calls.
        #expect(unsafe chown(scratch.path + "/sub", 1234, 1234) == 0)
        #expect(unsafe chown(scratch.path + "/sub/a.txt", 4321, 4321) == 0)
        try folder.write([1], to: path("sub/a.txt"))
        try folder.write([1], to: path("sub/new"))
        try folder.makeFolder(path("sub/folder"))
        try folder.makeLink(path("sub/link"), to: [0x78])
        #expect(scratch.attributes("sub/a.txt")?.user == 4321)
        for name in ["sub/new", "sub/folder", "sub/link"] { #expect(scratch.attributes(name)?.user == 1234) }
    }

    @Test func `entries come ordered by their bytes and no more than asked for`() throws {
        scratch.write(nameBytes: [0xFF, 0x0A], "x")
        let names = try folder.entries(limit: 5).map(\.name)
        #expect(
            names == [Array("away".utf8), Array("file".utf8), Array("near".utf8), Array("sub".utf8), [0xFF, 0x0A]])
        #expect(throws: ConfinedFolderError.tooMany(entryLimit: 4)) { try folder.entries(limit: 4) }
    }

    @Test func `folders and modes`() throws {
        try folder.makeFolder(path("made"), mode: 0o750)
        #expect(scratch.attributes("made")?.mode == 0o750)
        #expect(throws: ConfinedFolderError.exists) { try folder.makeFolder(path("made")) }
        try folder.setMode(0o711, of: path("made"))
        #expect(scratch.attributes("made")?.mode == 0o711)
        try folder.removeFolder(path("made"))
        #expect(!scratch.exists("made"))
        #expect(throws: ConfinedFolderError.self) { try folder.removeFolder(path("sub")) }
        #expect(scratch.exists("sub/a.txt"))
    }

    @Test(arguments: [
        ("away", "it is a symbolic link"), ("away/", "it is a symbolic link"), ("away/.//", "it is a symbolic link"),
        ("sub/a.txt", "it is not a folder"), ("none", "it does not exist"),
    ])
    func `only a real folder is opened`(name: String, reason: String) {
        let error = #expect(throws: SandboxError.self) {
            try ConfinedFolder(opening: scratch.path + "/" + name, what: "workspace")
        }
        #expect(error?.code == .invalidProfile)
        #expect(error?.reason == reason)
        #expect(error?.description.hasPrefix("Can't open workspace `/") == true)
    }

    @Test func `a folder reached over a link stays the one it was`() throws {
        let through = try ConfinedFolder(opening: scratch.path + "/near/../sub/", what: "folder")
        try outside.folder("b")
        #expect(try through.entries(limit: 9).map(\.name) == [Array("a.txt".utf8)])
        try FileManager.default.moveItem(atPath: scratch.path + "/sub", toPath: scratch.path + "/moved")
        try scratch.link("sub", to: outside.path)
        try through.write([], to: path("here"))
        #expect(scratch.names.contains("moved/here") && !outside.exists("here"))
    }
}
