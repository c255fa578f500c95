import Foundation
import Glibc
import SandboxExecution
import TestSupport
import Testing

@Suite struct WorkspaceSnapshotTests {
    @Test func `the archive holds every file, folder and link as it is`() throws {
        let scratch = try Scratch()
        try scratch.folder("b/deep")
        try scratch.write("b/deep/run.sh", "echo", executable: true)
        try scratch.write("b/empty", "")
        try scratch.write("a.txt", "text")
        try scratch.link("b/up", to: "../a.txt")
        try scratch.link("dangling", to: "nowhere")
        let long = String(repeating: "0123456789", count: 100_000)
        try scratch.write("long", long)
        scratch.setMode(0o6640, of: "a.txt")
        scratch.setMode(0o1500, of: "b/deep")
        // Unsafe only for the pointers, which live as long as the call.
        let times = [timespec(tv_sec: -5, tv_nsec: 7), timespec(tv_sec: -5, tv_nsec: 7)]
        #expect(unsafe utimensat(AT_FDCWD, scratch.path + "/a.txt", times, 0) == 0)

        let snapshot = try WorkspaceSnapshot(of: scratch.path)
        let archive = try ArchiveReader(snapshot)
        #expect(
            archive.records.map(\.name) == [
                "a.txt", "b", "b/deep", "b/deep/run.sh", "b/empty", "b/up", "dangling", "long",
            ])
        #expect(archive.records.map(\.kind) == ["F", "D", "D", "F", "F", "L", "L", "F"])
        #expect(snapshot.entryCount == 8)
        #expect(snapshot.leftOut == [])
        let text = try #require(archive["a.txt"])
        #expect((text.text, text.mode, text.seconds, text.nanoseconds) == ("text", 0o640, -5, 7))
        #expect(archive["b/deep"]?.mode == 0o700)
        #expect(archive["b/deep/run.sh"]?.mode == 0o755)
        #expect(archive["b/empty"]?.content == [])
        #expect(archive["b/up"]?.text == "../a.txt")
        #expect(archive["b/up"]?.mode == 0)
        #expect(archive["long"]?.text == long)
        scratch.setMode(0o700, of: "b/deep")
    }

    @Test func `the archive is the same for the same folder`() throws {
        let scratch = try Scratch()
        for name in ["b", "a", "c"] { try scratch.write(name, name) }
        let records = try (0..<2).map { _ in try ArchiveReader(try WorkspaceSnapshot(of: scratch.path)).records }
        #expect(records[0] == records[1])
        scratch.keep()
    }

    @Test func `nobody can change the archive`() throws {
        let scratch = try Scratch()
        try scratch.write("a", "text")
        let snapshot = try WorkspaceSnapshot(of: scratch.path)
        // The byte outlives the call.
        #expect(unsafe pwrite(snapshot.descriptor, "x", 1, 0) == -1 && errno == EPERM)
        #expect(ftruncate(snapshot.descriptor, 0) == -1 && errno == EPERM)
    }

    @Test(arguments: [
        ".git", ".GIT", ".env", ".env.local", ".Env.Production", ".envrc", ".ssh", ".aws", ".gnupg", ".netrc",
        ".pypirc", ".npmrc", ".docker", ".kube", ".git-credentials",
    ])
    func `version control and secrets stay outside`(name: String) throws {
        let scratch = try Scratch()
        for (place, control) in [("", ""), ("sub/", "sub/")] {
            try scratch.folder(place + name)
            try scratch.write(place + name + "/a", "secret")
            try scratch.folder(control + "x" + name)
            try scratch.write(control + "x" + name + "/a", "control")
        }
        try scratch.folder("file")
        try scratch.write("file/" + name, "secret")
        let snapshot = try WorkspaceSnapshot(of: scratch.path)
        #expect(
            Set(try ArchiveReader(snapshot).records.map(\.name))
                == ["file", "sub", "sub/x" + name, "sub/x" + name + "/a", "x" + name, "x" + name + "/a"])
        #expect(snapshot.leftOut.map { "\($0.path)" } == [name, "file/" + name, "sub/" + name].sorted())
    }

    @Test(arguments: [".env.example", ".env.sample", ".env.template", ".gitignore", ".github", "env", ".envx"])
    func `names that are only alike are copied`(name: String) throws {
        let scratch = try Scratch()
        try scratch.write(name, "text")
        #expect(try ArchiveReader(try WorkspaceSnapshot(of: scratch.path)).records.map(\.name) == [name])
        scratch.keep()
    }

    @Test func `what is no file, folder or link is left out and named`() throws {
        let scratch = try Scratch()
        scratch.pipe("pipe")
        scratch.socket("socket")
        // Unsafe only for the path pointer, which lives as long as the call. Not everybody may make a device.
        let hasDevice = unsafe mknod(scratch.path + "/null", S_IFCHR | 0o600, dev_t(1 << 8 | 3)) == 0
        try scratch.write("a", "text")
        let snapshot = try WorkspaceSnapshot(of: scratch.path)
        #expect(try ArchiveReader(snapshot).records.map(\.name) == ["a"])
        let reasons = Dictionary(uniqueKeysWithValues: snapshot.leftOut.map { ("\($0.path)", $0.reason) })
        #expect(reasons["pipe"] == "it is a named pipe")
        #expect(reasons["socket"] == "it is a socket")
        if hasDevice { #expect(reasons["null"] == "it is a device") }
    }

    @Test func `odd names are copied as they are`() throws {
        let scratch = try Scratch()
        let names: [[UInt8]] = [
            Array("new\nline".utf8), [0xFF, 0xFE], [0x20], [0x5C], Array(repeating: 0x78, count: 255),
            Array("-rf".utf8),
            Array("\u{202E}".utf8),
        ]
        for name in names { scratch.write(nameBytes: name, "odd") }
        let records = try ArchiveReader(try WorkspaceSnapshot(of: scratch.path)).records
        #expect(records.map(\.path) == names.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(records.allSatisfy { $0.text == "odd" })
        scratch.keep()
    }

    @Test func `a link is never followed`() throws {
        let scratch = try Scratch()
        let outside = try Scratch()
        try outside.write("secret", "outside")
        try scratch.link("away", to: outside.path)
        try scratch.link("loop", to: ".")
        try scratch.link("file", to: outside.path + "/secret")
        // The control arm: they can be followed.
        #expect(scratch.text("away/secret") == "outside" && scratch.text("loop/loop/file") == "outside")
        let records = try ArchiveReader(try WorkspaceSnapshot(of: scratch.path)).records
        #expect(records.map(\.name) == ["away", "file", "loop"])
        #expect(records.map(\.text) == [outside.path, outside.path + "/secret", "."])
    }

    @Test func `a mounted file system is left out`() throws {
        // The folder itself is a mounted file system, and others are mounted in it.
        #expect(throws: Never.self) {
            let snapshot = try WorkspaceSnapshot(of: "/dev")
            #expect(snapshot.leftOut.contains { "\($0.path)" == "pts" && $0.reason.contains("mounted") })
            #expect(snapshot.leftOut.contains { "\($0.path)" == "null" && $0.reason == "it is a device" })
        }
    }

    @Test func `a folder that is a link is refused`() throws {
        let scratch = try Scratch()
        try scratch.folder("real")
        try scratch.link("link", to: "real")
        #expect(throws: Never.self) { try WorkspaceSnapshot(of: scratch.path + "/real") }
        let error = #expect(throws: SandboxError.self) { try WorkspaceSnapshot(of: scratch.path + "/link") }
        #expect(error?.code == .invalidProfile)
        #expect(error?.reason == "it is a symbolic link")
    }

    @Test func `a file that cannot be read is named`() throws {
        try asOrdinaryUser {
            let scratch = try Scratch()
            try scratch.write("a\nb", "text")
            scratch.setMode(0, of: "a\nb")
            let error = #expect(throws: SandboxError.self) { try WorkspaceSnapshot(of: scratch.path) }
            #expect(error?.code == .invalidProfile)
            #expect(error?.reason == #"`a\x0Ab` can't be read: Permission denied"#)
        }
    }
}
