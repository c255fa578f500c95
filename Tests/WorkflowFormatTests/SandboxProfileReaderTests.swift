import Foundation
import Testing
import WorkflowFormat

@Suite struct SandboxProfileReaderTests {
    private static let good = """
        profile: build-9
        summary: Builds.
        network: loopback
        workspace: imported
        show: [/opt/tool, /srv/data]
        limits:
          wall: 1m30s
          cpu: 250ms
          memory: 2GiB
          processes: 8
          open_files: 64
          file_size: 1MiB
          tmp: 64KiB
          workspace: 2GiB
          workspace_entries: 50
          output: 4KiB
          output_kept: 1024B
          enforced_by: resource_limits

        """

    private static func parse(_ text: String) throws(WorkflowErrors) -> SandboxProfileDefinition {
        try SandboxProfileDefinition.parse(text, file: "p.yaml")
    }

    @Test func `every key is read`() throws {
        let profile = try Self.parse(Self.good)
        #expect(profile.name == "build-9" && profile.summary == "Builds.")
        #expect(profile.network == .loopback && profile.workspace == .imported)
        #expect(profile.readOnlyPaths == ["/opt/tool", "/srv/data"])
        let limits = profile.limits
        #expect(limits.wall == .seconds(90) && limits.cpu == .milliseconds(250))
        #expect(limits.memoryByteCount == 2 << 30 && limits.fileByteCount == 1 << 20)
        #expect(limits.processes == 8 && limits.openFiles == 64)
        #expect(limits.tmpByteCount == 64 << 10 && limits.workspaceByteCount == 2 << 30)
        #expect(limits.workspaceEntries == 50)
        #expect(limits.outputByteCount == 4096 && limits.keptOutputByteCount == 1024)
        #expect(limits.enforcement == .resourceLimits)
    }

    @Test func `what isn't written is the least, and limits are the defaults`() throws {
        let profile = try Self.parse("profile: small\n")
        #expect(profile == SandboxProfileDefinition(name: "small"))
        #expect(profile.network == .none && profile.workspace == .readOnly && profile.readOnlyPaths.isEmpty)
        #expect(profile.limits.enforcement == .controlGroup && profile.limits.memoryByteCount == 1 << 30)
        let one = try Self.parse("profile: small\nlimits: { processes: 3 }\n").limits
        var expected = SandboxProfileDefinition.Limits()
        expected.processes = 3
        #expect(one == expected)
    }

    @Test(arguments: [
        ("profile: build-9\n", "", "1:1", "has no `profile`"),
        ("build-9", "Build", "1:10", "lower-case"), ("build-9", "-build", "1:10", "lower-case"),
        ("build-9", "a/b", "1:10", "lower-case"), ("build-9", "none", "1:10", "Choose another name."),
        ("build-9", String(repeating: "a", count: 65), "1:10", "at most 64"),
        ("network:", "netwrk:", "3:1", "unknown key `netwrk` in the file. Write `network`."),
        ("loopback", "host", "3:10", "`host`"), ("imported", "writable", "4:12", "`writable`"),
        ("file_size:", "filesize:", "12:3", "unknown key `filesize` in `limits`. Write `file_size`."),
        ("resource_limits", "nothing", "18:16", "`control_group`"),
    ])
    func `a mistake is named with its place`(old: String, new: String, place: String, says: String) {
        Self.expectRefusal(old, new, place, says)
    }

    @Test(arguments: [
        "opt/tool", "/opt/../etc", "/opt/./tool", "/opt//tool", "/opt/tool/", "/", "\"/opt/a\\0b\"", "\"/opt/a\\nb\"",
    ])
    func `a path with another spelling or none is refused`(path: String) {
        Self.expectRefusal("/opt/tool", path, "5:8", "a path of `show`")
    }

    @Test func `a path is shown once, and not too many are`() {
        Self.expectRefusal("/srv/data", "/opt/tool", "5:19", "twice")
        let many = (0...16).map { "/opt/\($0)" }.joined(separator: ", ")
        Self.expectRefusal("/opt/tool, /srv/data", many, "5:7", "17 paths, more than 16")
        Self.expectRefusal("[/opt/tool, /srv/data]", "/opt/tool", "5:7", "must be a list")
    }

    @Test(arguments: [
        ("1m30s", "90", "7:9", "from 100ms to 24h"), ("1m30s", "99ms", "7:9", "from 100ms to 24h"),
        ("1m30s", "24h1ms", "7:9", "from 100ms to 24h"), ("250ms", "241h", "8:8", "from 100ms to 240h"),
        ("memory: 2GiB", "memory: 2GB", "9:11", "from 16MiB to 1TiB"),
        ("memory: 2GiB", "memory: 15MiB", "9:11", "from 16MiB to 1TiB"),
        ("memory: 2GiB", "memory: 1025GiB", "9:11", "from 16MiB to 1TiB"),
        ("memory: 2GiB", "memory: 9000000TiB", "9:11", "from 16MiB to 1TiB"),
        ("memory: 2GiB", "memory: 1.5GiB", "9:11", "`KiB`"), ("memory: 2GiB", "memory: -2GiB", "9:11", "bytes"),
        ("memory: 2GiB", "memory: 4294967296", "9:11", "`KiB`"), ("memory: 2GiB", "memory:", "9:10", "bytes"),
        ("processes: 8", "processes: 2", "10:14", "from 3 to 65536"),
        ("processes: 8", "processes: 65537", "10:14", "from 3 to 65536"),
        ("open_files: 64", "open_files: 15", "11:15", "from 16 to 1048576"),
        ("entries: 50", "entries: many", "15:22", "whole number"),
        ("64KiB", "63KiB", "13:8", "from 64KiB"), ("output: 4KiB", "output: 2GiB", "16:11", "to 1GiB"),
    ])
    func `a limit out of its range is refused`(old: String, new: String, place: String, says: String) {
        Self.expectRefusal(old, new, place, says)
    }

    @Test(arguments: [
        ("file_size: 1MiB", "file_size: 3GiB", "12:14", "`file_size` is 3GiB, more than `memory` of 2GiB"),
        ("tmp: 64KiB", "tmp: 2049MiB", "13:8", "`tmp` is 2049MiB, more than `memory` of 2GiB"),
        ("workspace: 2GiB", "workspace: 4GiB", "14:14", "`workspace` is 4GiB, more than `memory` of 2GiB"),
        ("output_kept: 1024B", "output_kept: 5KiB", "17:16", "`output_kept` is 5KiB, more than `output` of 4KiB"),
        ("  output_kept: 1024B\n", "", "16:11", "`output_kept` is 1MiB unless it is written"),
    ])
    func `a part is no larger than the whole`(old: String, new: String, place: String, says: String) {
        Self.expectRefusal(old, new, place, says)
    }

    @Test func `everything that is wrong is reported at once`() {
        let error = #expect(throws: WorkflowErrors.self) {
            try Self.parse("profile: A\nlimits: { wall: 1, cpu: 1, memory: 1, tmp: 2TiB }\nshow: [a]\n")
        }
        #expect(error?.errors.map(\.position.line) == [1, 2, 2, 2, 2, 3])
    }

    @Test func `in a folder each profile is called as its file is`() throws {
        let folder = try TemporaryFolder([
            "b.yaml": "profile: b\n", "a.yaml": "profile: a\n", "notes.txt": "profile: c\n",
        ])
        #expect(try SandboxProfileDefinition.loadAll(directory: folder.path).map(\.name) == ["a", "b"])
        let other = try TemporaryFolder(["c.yaml": "profile: b\n", "d.yaml": "profil: d\n"])
        #expect(try SandboxProfileDefinition.load(path: other.path + "/c.yaml").name == "b")
        let error = #expect(throws: WorkflowErrors.self) {
            try SandboxProfileDefinition.loadAll(directory: other.path)
        }
        let lines = (error?.description ?? "").split(separator: "\n")
        #expect(
            lines.first?.hasSuffix(
                "/c.yaml:1:10: Can't read sandbox profile: `profile` is `b`, and the file is "
                    + "`c.yaml`. Give both the same name.") == true, "\(lines)")
        #expect(lines.count == 3, "\(lines)")
    }

    @Test func `a file or folder that isn't there is an error`() {
        #expect(throws: WorkflowErrors.self) { try SandboxProfileDefinition.load(path: "/nowhere/a.yaml") }
        #expect(throws: WorkflowErrors.self) { try SandboxProfileDefinition.loadAll(directory: "/nowhere") }
    }

    @Test func `the bundled profiles load and cut the network`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let profiles = try SandboxProfileDefinition.loadAll(
            directory: root.appendingPathComponent("Sandbox/profiles").path)
        #expect(profiles.map(\.name) == ["repair", "sql", "strict", "test"])
        #expect(profiles.map(\.workspace) == [.imported, .readOnly, .readOnly, .scratch])
        for profile in profiles {
            #expect(profile.network == .none && profile.readOnlyPaths.isEmpty && profile.summary != nil)
            #expect(profile.limits.enforcement == .controlGroup)
        }
        // It states the defaults, so that a reader sees them all in one file.
        #expect(profiles.last?.limits == SandboxProfileDefinition.Limits())
    }

    private static func expectRefusal(_ old: String, _ new: String, _ place: String, _ says: String) {
        #expect(good.contains(old))
        let error = #expect(throws: WorkflowErrors.self) { try parse(good.replacing(old, with: new)) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("p.yaml:\(place): Can't read sandbox profile: "), "\(text)")
        #expect(text.contains(says), "\(text)")
    }
}
