import Foundation
import Glibc
import SandboxExecution
import Testing

@Suite struct WorkspaceImportTests {
    @Test func `the user's folder becomes like the copy`() throws {
        let round = try WorkspaceRound { scratch in
            try scratch.folder("gone/deep")
            try scratch.write("gone/deep/a", "text")
            for name in ["same", "changed", "mode", "file-to-folder", "file-to-link", "kept-mode"] {
                try scratch.write(name, "text")
            }
            scratch.setMode(0o604, of: "kept-mode")
            try scratch.folder("folder-to-file")
            try scratch.write("folder-to-file/inner", "text")
            try scratch.folder("folder-mode")
            try scratch.link("link", to: "same")
            try scratch.link("link-to-folder", to: "same")
            try scratch.folder(".git")
            try scratch.write(".git/config", "secret")
        }
        let copy = round.copy
        for name in ["gone", "file-to-folder", "file-to-link", "folder-to-file", "link", "link-to-folder"] {
            try copy.remove(name)
        }
        for name in ["changed", "kept-mode"] { try copy.write(name, "new") }
        copy.setMode(0o755, of: "mode")
        try copy.folder("file-to-folder/deep")
        try copy.write("file-to-folder/deep/inner", "new")
        try copy.link("file-to-link", to: "same")
        try copy.write("folder-to-file", "new")
        try copy.link("link", to: "mode")
        try copy.folder("link-to-folder")
        try copy.folder("new/closed")
        try copy.write("new/closed/a", String(repeating: "long", count: 200_000))
        copy.setMode(0o640, of: "new/closed/a")
        copy.setMode(0o550, of: "new/closed")
        copy.setMode(0o555, of: "folder-mode")

        let allowed = try round.changes().allowed
        let result = try round.imported()
        #expect(result.refused == [])
        #expect(result.applied.lines == allowed.lines)
        #expect(round.original.names == (copy.names + [".git", ".git/config"]).sorted())
        for name in copy.names {
            #expect(round.original.text(name) == copy.text(name), "\(name)")
            #expect(round.original.linkTarget(name) == copy.linkTarget(name), "\(name)")
        }
        #expect(round.original.attributes("kept-mode")?.mode == 0o604)
        #expect(round.original.attributes("mode")?.mode == 0o755)
        // New entries are made as the user's own programs would make them, and folders keep what they had.
        let mask = UInt16(umaskOfThisProcess)
        #expect(round.original.attributes("new/closed")?.mode == mode_t(0o755 & ~mask))
        #expect(round.original.attributes("new/closed/a")?.mode == mode_t(0o644 & ~mask))
        #expect(round.original.attributes("folder-mode")?.mode == 0o755)
        #expect(round.original.text(".git/config") == "secret")
        copy.setMode(0o700, of: "new/closed")
    }

    @Test(.enabled(if: geteuid() == 0, "Only root can copy a file without read permission."))
    func `a file without read permission keeps its own mode`() throws {
        let round = try WorkspaceRound { scratch in
            try scratch.write("a", "text")
            scratch.setMode(0o200, of: "a")
        }
        #expect(round.copy.attributes("a")?.mode == 0o600)
        try round.copy.write("a", "new")
        #expect(try round.imported().applied.lines == ["changed a"])
        #expect(round.original.attributes("a")?.mode == 0o200)
        #expect(round.original.text("a") == "new")
    }

    @Test func `what is refused does not arrive`() throws {
        let round = try WorkspaceRound { try $0.write("a", "text") }
        try round.copy.folder(".git/hooks")
        try round.copy.write(".git/hooks/pre-commit", "evil")
        try round.copy.folder("ordinary/hooks")
        try round.copy.write("ordinary/hooks/pre-commit", "evil")
        try round.copy.link("passwd", to: "/etc/passwd")
        round.copy.setMode(0o4755, of: "a")
        let result = try round.imported()
        #expect(result.refused.paths == [".git", "a", "passwd"])
        #expect(round.original.names == ["a", "ordinary", "ordinary/hooks", "ordinary/hooks/pre-commit"])
        #expect(round.original.attributes("a")?.mode == 0o644)
    }

    @Test func `what was changed meanwhile stays as it is`() throws {
        let names = ["bytes", "longer", "mode", "gone", "to-link", "to-folder", "removed", "mode-only"]
        let round = try WorkspaceRound { scratch in
            for name in names + ["untouched"] { try scratch.write(name, "text") }
            try scratch.link("link", to: "untouched")
            try scratch.folder("folder")
            try scratch.write("folder/a", "text")
        }
        let (original, copy) = (round.original, round.copy)
        for name in names + ["untouched", "new"] { try copy.write(name, "from the sandbox") }
        try copy.remove("removed")
        try copy.write("mode-only", "text")
        copy.setMode(0o755, of: "mode-only")
        try copy.remove("link")
        try copy.link("link", to: "bytes")
        try copy.remove("folder")
        try copy.folder("both")
        try copy.write("both/a", "from the sandbox")

        try original.write("bytes", "tEXt")
        try original.write("longer", "text and more")
        original.setMode(0o600, of: "mode")
        for name in ["gone", "to-link", "to-folder", "link"] { try original.remove(name) }
        try original.link("to-link", to: "untouched")
        try original.folder("to-folder")
        try original.write("removed", "by the user")
        try original.write("mode-only", "by the user")
        try original.write("new", "by the user")
        try original.link("link", to: "longer")
        try original.write("folder/b", "by the user")
        try original.folder("both")

        let result = try round.imported()
        #expect(result.applied.lines == ["removed folder/a", "changed untouched"])
        let refused = Dictionary(uniqueKeysWithValues: result.refused.map { ($0.path, $0.reason) })
        #expect(Set(refused.keys) == Set(names + ["new", "link", "folder", "both"]))
        for name in names + ["new", "link", "both"] { #expect(refused[name] == "it was changed meanwhile", "\(name)") }
        #expect(refused["folder"] == "Directory not empty")
        #expect(original.text("bytes") == "tEXt")
        #expect(original.text("longer") == "text and more")
        #expect(original.text("mode") == "text" && original.attributes("mode")?.mode == 0o600)
        #expect(!original.exists("gone"))
        #expect(original.linkTarget("to-link") == "untouched" && original.linkTarget("link") == "longer")
        #expect(original.attributes("to-folder")?.isFolder == true)
        for name in ["removed", "new", "mode-only"] { #expect(original.text(name) == "by the user") }
        #expect(original.text("untouched") == "from the sandbox")
        #expect(
            original.names.filter { $0.hasPrefix("both") || $0.hasPrefix("folder") } == ["both", "folder", "folder/b"])
    }

    @Test func `a link planted in the user's folder meanwhile is not followed`() throws {
        let outside = try Scratch()
        try outside.write("a", "text")
        try outside.write("victim", "text")
        let round = try WorkspaceRound { scratch in
            try scratch.folder("sub")
            for name in ["sub/a", "sub/gone", "file"] { try scratch.write(name, "text") }
        }
        let (original, copy) = (round.original, round.copy)
        for name in ["sub/a", "sub/new", "file", "new"] { try copy.write(name, "from the sandbox") }
        try copy.folder("sub/folder")
        try copy.remove("sub/gone")
        try outside.write("gone", "text")

        try original.remove("sub")
        try original.remove("file")
        try original.link("sub", to: outside.path)
        try original.link("file", to: outside.path + "/victim")
        try original.link("new", to: outside.path + "/made")
        let before = outside.names
        let result = try round.imported()
        #expect(result.applied == [])
        #expect(result.refused.paths == ["file", "new", "sub/a", "sub/folder", "sub/gone", "sub/new"])
        #expect(outside.names == before)
        #expect(outside.text("a") == "text" && outside.text("victim") == "text")
        // The control arm: an ordinary write goes through each of the three.
        try outside.write("made", "")
        for name in ["sub/a", "file", "new"] {
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: original.path + "/" + name))
            try handle.write(contentsOf: Data("control".utf8))
            try handle.close()
        }
        for name in ["a", "victim", "made"] { #expect(outside.text(name)?.hasPrefix("control") == true) }
    }

    @Test func `another folder in the place of the first is refused`() throws {
        let round = try WorkspaceRound { try $0.write("a", "text") }
        try round.copy.write("a", "new")
        let aside = round.original.path + "-aside"
        try FileManager.default.moveItem(atPath: round.original.path, toPath: aside)
        defer { try? FileManager.default.removeItem(atPath: aside) }
        try FileManager.default.createDirectory(atPath: round.original.path, withIntermediateDirectories: false)
        try round.original.write("a", "text")
        #expect(
            try round.imported().refused.map(\.description) == [
                ".: nothing was imported, since another folder was put in the workspace's place"
            ])
        #expect(round.original.text("a") == "text")
        try FileManager.default.removeItem(atPath: round.original.path)
        try FileManager.default.createSymbolicLink(atPath: round.original.path, withDestinationPath: aside)
        #expect(
            try round.imported().refused.map(\.description) == [
                ".: nothing was imported, since the workspace can't be opened: it is a symbolic link"
            ])
        #expect(try String(contentsOfFile: aside + "/a", encoding: .utf8) == "text")
    }

    @Test func `a copy that changes after the comparison is not trusted`() throws {
        let round = try WorkspaceRound { try $0.write("a", "text") }
        try round.copy.write("a", "new")
        try round.copy.write("b", "new")
        let changes = try round.changes()
        try round.copy.write("a", "longer than it was")
        try round.copy.remove("b")
        try round.copy.link("b", to: "/etc/passwd")
        let result = WorkspaceImport.apply(
            changes, from: try ConfinedFolder(opening: round.copy.path, what: "copy"), to: round.original.path)
        #expect(result.applied == [])
        #expect(
            result.refused.map(\.description) == [
                "a: it was changed meanwhile", "b: a symbolic link lies on its way",
            ])
        #expect(round.original.text("a") == "text" && !round.original.exists("b"))
    }

    @Test(.enabled(if: geteuid() == 0, "Only root makes files for others."))
    func `what root imports belongs to the folder's owner`() throws {
        let round = try WorkspaceRound { scratch in
            try scratch.folder("sub")
            try scratch.write("sub/old", "text")
            // Unsafe only for the path pointers, which live as long as the calls.
            #expect(unsafe chown(scratch.path + "/sub", 1234, 1234) == 0)
            #expect(unsafe chown(scratch.path + "/sub/old", 4321, 4321) == 0)
        }
        try round.copy.write("sub/old", "new")
        try round.copy.folder("sub/made")
        try round.copy.write("sub/made/a", "new")
        try round.copy.link("sub/link", to: "old")
        #expect(try round.imported().applied.count == 4)
        #expect(round.original.attributes("sub/old")?.user == 4321)
        for name in ["sub/made", "sub/made/a", "sub/link"] { #expect(round.original.attributes(name)?.user == 1234) }
    }
}

/// The mask as the process itself sets and reads it, beside what the product reads in `/proc`.
private let umaskOfThisProcess: mode_t = {
    let mask = umask(0o022)
    umask(mask)
    return mask
}()
