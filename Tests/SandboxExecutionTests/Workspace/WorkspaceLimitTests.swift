import Foundation
import Glibc
import SandboxExecution
import Testing

@Suite struct WorkspaceLimitTests {
    private func reason(_ scratch: Scratch, _ limits: WorkspaceLimits = WorkspaceLimits()) -> String? {
        let error = #expect(throws: SandboxError.self) { try WorkspaceSnapshot(of: scratch.path, limits: limits) }
        #expect(error?.code == .invalidProfile)
        #expect(error?.operation == "copy workspace `\(scratch.path)` into sandbox")
        return error?.reason
    }

    @Test func `bytes are counted exactly`() throws {
        let scratch = try Scratch()
        try scratch.write("a", "12345")
        try scratch.write("b", "12345")
        #expect(throws: Never.self) {
            try WorkspaceSnapshot(of: scratch.path, limits: WorkspaceLimits(byteLimit: 10))
        }
        #expect(
            reason(scratch, WorkspaceLimits(byteLimit: 9))
                == "its files hold at least 10 bytes, more than the limit of 9 bytes")
    }

    @Test(arguments: [100 << 30, 1 << 43]) func `a sparse file counts as if it were full`(byteCount: Int) throws {
        let scratch = try Scratch()
        try scratch.sparseFile("sparse", byteCount: byteCount)
        #expect(
            reason(scratch)
                == "its files hold at least \(byteCount >> 20) MiB, more than the limit of 256 MiB")
    }

    @Test func `files left out do not count`() throws {
        let scratch = try Scratch()
        try scratch.folder(".git")
        try scratch.sparseFile(".git/pack", byteCount: 100 << 30)
        #expect(throws: Never.self) { try WorkspaceSnapshot(of: scratch.path) }
        try scratch.sparseFile("pack", byteCount: 100 << 30)
        #expect(reason(scratch) != nil)
    }

    @Test func `entries are counted exactly, over all folders`() throws {
        let scratch = try Scratch()
        try scratch.folder("sub")
        for name in ["a", "sub/b", "sub/c"] { try scratch.write(name, "") }
        #expect(throws: Never.self) {
            try WorkspaceSnapshot(of: scratch.path, limits: WorkspaceLimits(entryLimit: 4))
        }
        #expect(
            reason(scratch, WorkspaceLimits(entryLimit: 3))
                == "it holds more than 3 files and folders, which is the limit")
    }

    @Test func `too many files are refused before any of them is looked at`() throws {
        let scratch = try Scratch()
        for number in 0...20_000 { scratch.write(nameBytes: Array("\(number)".utf8), "") }
        // Looked at, this one would have broken another limit.
        try scratch.sparseFile("0", byteCount: 100 << 30)
        #expect(reason(scratch) == "it holds more than 20000 files and folders, which is the limit")
        try scratch.remove("20000")
        #expect(reason(scratch)?.contains("more than the limit of 256 MiB") == true)
    }

    @Test func `a folder nested too deep is refused`() throws {
        let scratch = try Scratch()
        let deep = Array(repeating: "d", count: 64).joined(separator: "/")
        try scratch.folder(deep)
        #expect(throws: Never.self) { try WorkspaceSnapshot(of: scratch.path) }
        try scratch.write(deep + "/x", "")
        #expect(reason(scratch) == "`\(deep)/x` lies 65 deep, more than the limit of 64")
    }

    @Test func `a path longer than the kernel takes is refused`() throws {
        let scratch = try Scratch()
        let name = String(repeating: "n", count: 255)
        defer { _ = try? unsandboxed("rm -rf \(name)", in: scratch.path) }
        scratch.nest(Array(repeating: name, count: 16))
        #expect(throws: Never.self) { try WorkspaceSnapshot(of: scratch.path) }
        scratch.nest(Array(repeating: name, count: 16) + ["n"])
        #expect(reason(scratch) == "it holds a path of 4097 bytes, more than the limit of 4095 bytes")
    }

    @Test func `a copy beyond a limit is refused as a whole`() throws {
        let limits = WorkspaceLimits(byteLimit: 1000, entryLimit: 20, depthLimit: 4)
        let harmful: [(String, (Scratch) throws -> Void)] = [
            (
                "its files hold at least 1048579 bytes, more than the limit of 1000 bytes",
                { try $0.sparseFile("sparse", byteCount: 1 << 20) }
            ),
            ("it holds more than 20 files", { copy in for number in 0..<25 { try copy.write("\(number)", "") } }),
            ("`d/d/d/d/d` lies 5 deep", { try $0.folder("d/d/d/d/d") }),
        ]
        for (reason, harm) in harmful {
            let round = try WorkspaceRound(limits: limits) { try $0.write("a", "text") }
            try round.copy.write("a", "new")
            // The control arm: without the harm the change is imported.
            #expect(try round.changes().allowed.lines == ["changed a"])
            try harm(round.copy)
            let changes = try round.changes()
            #expect(changes.allowed == [])
            #expect(changes.refused.paths == ["."])
            #expect(changes.refused.first?.reason.hasPrefix(reason) == true)
            #expect(try round.imported().applied == [])
            #expect(round.original.text("a") == "text")
        }
    }

    @Test func `a copy that cannot be listed is not an empty one`() throws {
        let round = try WorkspaceRound { try $0.write("a", "text") }
        // A descriptor of something that is no folder stands for any failure of the first listing.
        // Unsafe only for the path pointer, which lives as long as the call.
        let file = unsafe open(round.copy.path + "/a", O_RDONLY | O_CLOEXEC)
        let changes = WorkspaceChanges(comparing: round.snapshot, with: ConfinedFolder(adopting: file))
        #expect(changes.allowed == [])
        #expect(changes.refused.map(\.description) == [".: it can't be read: Not a directory"])
    }
}
