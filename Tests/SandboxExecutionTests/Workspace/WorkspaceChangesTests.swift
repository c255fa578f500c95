import Foundation
import Glibc
import SandboxExecution
import TestSupport
import Testing

@Suite struct WorkspaceChangesTests {
    @Test func `an untouched copy has no changes`() throws {
        let round = try WorkspaceRound { scratch in
            try scratch.folder("d/e")
            try scratch.folder(".vscode")
            try scratch.write("d/a", "text")
            try scratch.write(".vscode/tasks.json", "{}")
            try scratch.write("empty", "")
            try scratch.link("out", to: "/etc/hostname")
            scratch.write(nameBytes: [0xFF, 0x0A], "odd")
            scratch.setMode(0o511, of: "empty")
            scratch.setMode(0o2755, of: "d")
        }
        let changes = try round.changes()
        #expect(changes.allowed == [] && changes.refused == [])
    }

    @Test func `every kind of difference is found`() throws {
        let round = try WorkspaceRound { scratch in
            try scratch.folder("gone/deep")
            try scratch.write("gone/deep/a", "text")
            for name in ["same", "bytes", "longer", "mode", "file-to-folder", "file-to-link"] {
                try scratch.write(name, "text")
            }
            try scratch.folder("folder-to-file")
            try scratch.write("folder-to-file/inner", "text")
            try scratch.folder("folder-mode")
            try scratch.link("link", to: "same")
        }
        let copy = round.copy
        try copy.remove("gone")
        try copy.write("bytes", "tEXt")
        try copy.write("longer", "text and more")
        copy.setMode(0o755, of: "mode")
        copy.setMode(0o750, of: "folder-mode")
        try copy.remove("file-to-folder")
        try copy.folder("file-to-folder")
        try copy.write("file-to-folder/inner", "text")
        try copy.remove("file-to-link")
        try copy.link("file-to-link", to: "same")
        try copy.remove("folder-to-file")
        try copy.write("folder-to-file", "text")
        try copy.remove("link")
        try copy.link("link", to: "mode")
        try copy.folder("new")
        try copy.write("new/a", "12345")
        let changes = try round.changes()
        #expect(changes.refused == [])
        #expect(
            changes.allowed.lines == [
                "changed bytes", "changed file-to-folder", "added file-to-folder/inner", "changed file-to-link",
                "changed folder-to-file", "removed folder-to-file/inner", "removed gone",
                "removed gone/deep", "removed gone/deep/a", "changed link", "changed longer", "changed mode",
                "added new",
                "added new/a",
            ])
        func change(_ name: String) throws -> WorkspaceChange? {
            let path = try path(name)
            return changes.allowed.first { $0.path == path }
        }
        #expect(try change("new/a")?.content == .file(byteCount: 5))
        #expect(try change("mode")?.content == nil)
        #expect(try change("mode")?.mode == 0o755)
        #expect(try change("bytes")?.mode == nil)
        #expect(try change("new")?.mode == 0o755)
        #expect(try change("new/a")?.mode == 0o644)
        #expect(try change("link")?.content == .link(target: Array("mode".utf8)))
    }

    @Test func `files that differ only in their last byte are found`() throws {
        let text = String(repeating: "x", count: 1_000_000)
        let round = try WorkspaceRound { try $0.write("a", text) }
        #expect(try round.changes().allowed == [])
        try round.copy.write("a", text.dropLast() + "y")
        #expect(try round.changes().allowed.lines == ["changed a"])
    }

    @Test(arguments: [".git", ".github", ".vscode", ".envrc", "Jenkinsfile", "sub/.husky", "sub/.GIT"])
    func `a new protected name is refused with all that is in it`(name: String) throws {
        let round = try WorkspaceRound { try $0.folder("sub") }
        try round.copy.folder(name + "/hooks")
        try round.copy.write(name + "/hooks/pre-commit", "evil")
        // The control arm: the same under an ordinary name.
        try round.copy.folder("sub/ordinary/hooks")
        try round.copy.write("sub/ordinary/hooks/pre-commit", "evil")
        let changes = try round.changes()
        #expect(changes.refused.paths == [name])
        #expect(
            changes.allowed.lines == [
                "added sub/ordinary", "added sub/ordinary/hooks", "added sub/ordinary/hooks/pre-commit",
            ])
    }

    @Test func `a hidden name is refused where it is new, and may change where it was there`() throws {
        let round = try WorkspaceRound { try $0.write(".tool", "text") }
        for name in [".tool", ".newtool", ".gitkeep", "visible"] { try round.copy.write(name, "new") }
        try round.copy.folder("sub/.deep")
        try round.copy.write("sub/.deep/a", "new")
        let changes = try round.changes()
        #expect(changes.refused.paths == [".newtool", "sub/.deep"])
        #expect(changes.allowed.lines == ["added .gitkeep", "changed .tool", "added sub", "added visible"])
    }

    @Test func `a new protected folder is not even looked into`() throws {
        let round = try WorkspaceRound { try $0.write("a", "text") }
        try round.copy.write("a", "new")
        try round.copy.folder(".git/objects")
        try round.copy.sparseFile(".git/objects/pack", byteCount: 100 << 30)
        let changes = try round.changes()
        #expect(changes.allowed.lines == ["changed a"])
        #expect(changes.refused.paths == [".git"])
    }

    @Test func `a protected name that was there may stay but not change`() throws {
        for harm in [
            { try $0.write(".vscode/tasks.json", "evil") }, { try $0.write(".vscode/new", "evil") },
            { try $0.remove(".vscode/tasks.json") }, { try $0.remove(".vscode") },
            { $0.setMode(0o777, of: ".vscode/tasks.json") },
            {
                try $0.remove(".vscode")
                $0.pipe(".vscode")
            },
        ] as [(Scratch) throws -> Void] {
            let round = try WorkspaceRound { scratch in
                try scratch.folder(".vscode")
                try scratch.write(".vscode/tasks.json", "{}")
                try scratch.write("tasks.json", "{}")
            }
            try round.copy.write("tasks.json", "evil")
            try harm(round.copy)
            let changes = try round.changes()
            #expect(changes.refused.paths == [".vscode"])
            #expect(changes.allowed.lines == ["changed tasks.json"])
        }
    }

    @Test(arguments: [
        "/etc/passwd", "..", "../x", "a/../../../x", "here/../x", "out/x", "out", "chain", "sub/../../x", ".git/config",
        "here/here/sub/up/../x", "self", "here/sub/a", "sub/up/sub/a",
    ])
    func `a link that leads outside or through another is refused`(target: String) throws {
        let round = try WorkspaceRound { scratch in
            try scratch.folder("sub")
            try scratch.write("sub/a", "text")
            try scratch.link("here", to: ".")
            try scratch.link("out", to: "/etc")
            try scratch.link("sub/up", to: "..")
            try scratch.link("chain", to: "sub/up/out")
        }
        try round.copy.link("self", to: "self")
        try round.copy.link("bad", to: target)
        let changes = try round.changes()
        #expect(changes.refused.paths == ["bad", "self"])
        #expect(changes.refused.allSatisfy { $0.reason.hasPrefix("it is a link") })
        #expect(changes.allowed == [])
    }

    @Test(arguments: ["sub/a", "sub", "./sub/../sub/a", "not-there/yet", "inner", "here", "."])
    func `a link that stays inside is allowed`(target: String) throws {
        let round = try WorkspaceRound { scratch in
            try scratch.folder("sub")
            try scratch.write("sub/a", "text")
            try scratch.link("here", to: ".")
            try scratch.link("sub/up", to: "..")
            try scratch.link("inner", to: "sub/a")
        }
        try round.copy.link("good", to: target)
        try round.copy.link("sub/good", to: "../" + target)
        let changes = try round.changes()
        #expect(changes.refused == [])
        #expect(changes.allowed.lines == ["added good", "added sub/good"])
    }

    @Test func `a link may not lead through what was a link, whatever becomes of that`() throws {
        // The copy's `b` is a folder. Where it is refused, the user's `b` stays a link to /etc.
        for isRefused in [true, false] {
            let round = try WorkspaceRound { try $0.link("b", to: "/etc") }
            try round.copy.remove("b")
            try round.copy.folder("b")
            if isRefused { round.copy.setMode(0o2755, of: "b") }
            try round.copy.link("a", to: "b/passwd")
            // The control arm: the same beside it.
            try round.copy.folder("c")
            try round.copy.link("d", to: "c/passwd")
            let changes = try round.changes()
            #expect(changes.refused.paths == (isRefused ? ["a", "b"] : ["a"]))
            #expect(changes.allowed.lines == (isRefused ? [] : ["changed b"]) + ["added c", "added d"])
        }
    }

    @Test(arguments: ["p/q/r/../../../f", "p/q/r/../../../AGENTS.md", "p/q/r/../../../../f"])
    func `a change that turns a link which nobody touched is refused`(target: String) throws {
        // Over a link to `.`, the way through `p/q` leads elsewhere: also that to a protected name or to the outside.
        for isOnTheWay in [true, false] {
            let round = try WorkspaceRound { scratch in
                for name in ["p/q/r", "p/z/r"] { try scratch.folder(name) }
                try scratch.link("x", to: target)
            }
            let place = isOnTheWay ? "p/q" : "p/z"
            try round.copy.remove(place)
            try round.copy.folder("p/r")
            try round.copy.link(place, to: ".")
            let changes = try round.changes()
            // What was in the refused place is refused with it.
            #expect(changes.refused.paths == (isOnTheWay ? ["p/q"] : []))
            #expect(
                changes.allowed.lines
                    == (isOnTheWay ? ["added p/r"] : ["added p/r", "changed p/z", "removed p/z/r"]))
        }
    }

    @Test func `a link that is kept since its change is refused leads where it led`() throws {
        let round = try WorkspaceRound { scratch in
            try scratch.folder("p/q/deep")
            try scratch.link("x", to: "p/q/deep/../../../f")
        }
        try round.copy.remove("x")
        try round.copy.link("x", to: "zz/../../f")
        try round.copy.link("zz", to: "k/l/m")
        try round.copy.remove("p/q/deep")
        try round.copy.link("p/q/deep", to: "../..")
        let changes = try round.changes()
        #expect(changes.refused.paths == ["p/q/deep", "x"])
        #expect(changes.allowed.lines == ["added zz"])
    }

    @Test(arguments: [(60, true), (3, false)])
    func `links without end are refused as a whole`(count: Int, isRefused: Bool) throws {
        let round = try WorkspaceRound { try $0.write("a", "text") }
        let detour = String(repeating: "d/../", count: 500)
        for index in 0..<count { try round.copy.link("l\(index)", to: detour + "l\(index + 1)") }
        try round.copy.write("a", "new")
        let changes = try round.changes()
        #expect(changes.refused.count == (isRefused ? count : 0))
        #expect(changes.allowed.count == 1 + (isRefused ? 0 : count))
    }

    @Test func `a link that led outside before hinders nothing`() throws {
        let round = try WorkspaceRound { scratch in
            try scratch.link("out", to: "../x")
            try scratch.folder("p")
        }
        try round.copy.link("p/inner", to: "q")
        let changes = try round.changes()
        #expect(changes.refused == [])
        #expect(changes.allowed.lines == ["added p/inner"])
    }

    @Test func `of permissions only whether a file can be executed comes back`() throws {
        let round = try WorkspaceRound { scratch in
            for (name, mode) in [("private", 0o600), ("program", 0o750), ("plain", 0o640)] {
                try scratch.write(name, "text")
                scratch.setMode(mode_t(mode), of: name)
            }
            try scratch.folder("folder")
            scratch.setMode(0o700, of: "folder")
        }
        for name in ["private", "folder"] {
            round.copy.setMode(0o777 & ~0o111 | (name == "folder" ? 0o111 : 0), of: name)
        }
        round.copy.setMode(0o666, of: "program")
        round.copy.setMode(0o777, of: "plain")
        try round.copy.write("new", "text")
        round.copy.setMode(0o666, of: "new")
        let changes = try round.changes()
        #expect(changes.refused == [])
        #expect(changes.allowed.lines == ["added new", "changed plain", "changed program"])
        #expect(changes.allowed.map(\.mode) == [0o644, 0o750, 0o640])
    }

    @Test func `two new links that only together lead outside are refused`() throws {
        let round = try WorkspaceRound { try $0.folder("a/b") }
        try round.copy.link("a/b/top", to: "../..")
        try round.copy.link("bad", to: "a/b/top/../x")
        let changes = try round.changes()
        #expect(changes.refused.paths == ["bad"])
        #expect(changes.allowed.lines == ["added a/b/top"])
    }

    @Test(arguments: [(0o4755, "it has a set-user-ID bit"), (0o2755, "it has a set-group-ID bit")])
    func `set-ID bits are refused, not stripped`(mode: mode_t, reason: String) throws {
        let round = try WorkspaceRound { try $0.write("old", "text") }
        for name in ["old", "new", "ordinary"] { try round.copy.write(name, "program") }
        round.copy.setMode(0o755, of: "ordinary")
        for name in ["old", "new"] { round.copy.setMode(mode, of: name) }
        let changes = try round.changes()
        #expect(changes.refused.map(\.description) == ["new: \(reason)", "old: \(reason)"])
        #expect(changes.allowed.lines == ["added ordinary"])
    }

    @Test func `sockets, pipes and devices are refused`() throws {
        let round = try WorkspaceRound { scratch in
            try scratch.folder("folder")
            try scratch.write("folder/a", "text")
        }
        round.copy.pipe("pipe")
        round.copy.socket("socket")
        try round.copy.remove("folder")
        round.copy.pipe("folder")
        var expected = [
            "folder: it is a named pipe", "pipe: it is a named pipe", "socket: it is a socket",
        ]
        // Unsafe only for the path pointer, which lives as long as the call. Not everybody may make a device.
        if unsafe mknod(round.copy.path + "/null", S_IFCHR | 0o600, dev_t(1 << 8 | 3)) == 0 {
            expected.insert("null: it is a device", at: 1)
        }
        let changes = try round.changes()
        #expect(changes.refused.map(\.description) == expected)
        #expect(changes.allowed == [])
    }

    @Test func `a name that cannot be shown is refused unless it was there before`() throws {
        let odd: [[UInt8]] = [[0xFF], Array("a\nb".utf8), Array("\u{1B}[2J".utf8), Array("a\u{202E}b".utf8)]
        let round = try WorkspaceRound { scratch in
            for name in odd { scratch.write(nameBytes: name, "text") }
        }
        for name in odd {
            round.copy.write(nameBytes: name, "new text")
            round.copy.write(nameBytes: name + [0x78], "new text")
        }
        round.copy.write(nameBytes: Array(repeating: 0x78, count: 255), "plain")
        let changes = try round.changes()
        #expect(changes.allowed.count == odd.count + 1)
        #expect(changes.refused.paths == [#"\x1B[2Jx"#, #"a\x0Abx"#, #"a\u{202E}bx"#, #"\xFFx"#])
    }

    @Test func `what cannot be read is refused and not taken for removed`() throws {
        try asOrdinaryUser {
            let round = try WorkspaceRound { scratch in
                try scratch.folder("folder")
                try scratch.write("folder/a", "text")
                try scratch.write("file", "text")
            }
            for name in ["folder", "file"] { round.copy.setMode(0, of: name) }
            let changes = try round.changes()
            round.copy.setMode(0o700, of: "folder")
            #expect(changes.allowed == [])
            #expect(
                changes.refused.map(\.description) == [
                    "file: it can't be read: Permission denied", "folder: it can't be read: Permission denied",
                ])
        }
    }
}
