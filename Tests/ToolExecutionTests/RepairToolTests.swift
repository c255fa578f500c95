import Foundation
import JSONSchemas
import TestSupport
import Testing
import WorkflowFormat

@Suite struct RepairToolTests {
    private let bench: Workbench
    private let machine: String

    init() throws {
        bench = try Workbench()
        machine = try bench.folder.makeFolder("machine")
        try bench.folder.write("one\ntwo = 2\nthree\n", to: "machine/etc/a.conf")
        try bench.folder.write("secret\n", to: "outside.txt")
    }

    private func run(_ tool: String, _ argv: [String]) async throws -> JSONValue {
        try await bench.value(
            tool, ["argv": .array(argv.map { .string($0) }), "workspace": .string(machine)])
    }

    @Test func `a check changes nothing, and a run changes only the folder`() async throws {
        let touch = ["touch", "etc/new"]
        #expect(try await run("command.check", touch)["exit"] != 0)
        #expect(!bench.folder.contains("machine/etc/new"))
        // The control arm: the same command with the folder writable.
        let done = try await run("command.run", touch)
        #expect(done["exit"] == 0)
        #expect(done["changes"] == [["path": "etc/new", "change": "added"]])
        #expect(try await run("command.run", ["touch", bench.folder.path("elsewhere")])["exit"] != 0)
        #expect(!bench.folder.contains("elsewhere"))
        #expect(try await run("command.run", ["cat", bench.folder.path("outside.txt")])["exit"] != 0)
        #expect(try await run("command.run", ["cat", "etc/a.conf"])["exit"] == 0)
    }

    @Test func `a list of changes that is cut says by how many`() async throws {
        func made(_ count: Int, _ name: String) async throws -> JSONValue {
            try await run("command.run", ["sh", "-c", "for i in $(seq \(count)); do echo > \(name)$i; done"])
        }
        let long = try await made(250, "long")
        #expect(long["changes"]?.arrayValue?.count == 200)
        #expect(long["changes_cut"] == 50)
        let short = try await made(200, "short")
        #expect(short["changes"]?.arrayValue?.count == 200)
        #expect(short["changes_cut"] == nil)
    }

    @Test func `no shell reads an argument`() async throws {
        let done = try await run("command.run", ["echo", "a; touch etc/new", "$(touch etc/new)", "| cat"])
        #expect(done["stdout"] == "a; touch etc/new $(touch etc/new) | cat\n")
        #expect(done["changes"] == [])
        #expect(try await run("command.run", ["sh", "-c", "touch etc/new"])["changes"] != [])
    }

    @Test func `a question after a process is answered for the machine and not for the sandbox`() async throws {
        let own = ProcessInfo.processInfo.processIdentifier
        #expect(try await run("command.check", ["kill", "-0", "\(own)"])["alive"] == true)
        let dead = try await run("command.check", ["kill", "-0", "4194999"])
        #expect(dead["alive"] == false)
        #expect(dead["stderr"]?.stringValue?.contains("no such process") == true)
        let list = try await run("command.check", ["ps"])
        #expect(list["blind"] == true)
        #expect(list["exit"] == nil)
    }

    @Test(arguments: ["../outside.txt", "/etc/hostname", "link", "etc/../../outside.txt", "folder-link/outside.txt"])
    func `a path that leaves the folder shows and changes nothing`(path: String) async throws {
        let manager = FileManager.default
        try manager.createSymbolicLink(
            atPath: bench.folder.path("machine/link"), withDestinationPath: bench.folder.path("outside.txt"))
        try manager.createSymbolicLink(
            atPath: bench.folder.path("machine/folder-link"), withDestinationPath: bench.folder.path)
        let place: JSONObject = ["path": .string(path), "workspace": .string(machine)]
        #expect(try await bench.value("file.look", place)["exists"] == false)
        var edit = place
        edit["old_line"] = "secret"
        edit["new_line"] = "gone"
        #expect(try await bench.failure("file.replace_line", edit).code == "refused")
        #expect(try bench.folder.text(of: "outside.txt") == "secret\n")
        let inside: JSONObject = ["path": "etc/a.conf", "workspace": .string(machine)]
        #expect(try await bench.value("file.look", inside)["text"] == "one\ntwo = 2\nthree\n")
    }

    @Test func `one line is replaced, once, and every other byte stays`() async throws {
        let edit: JSONObject = [
            "path": "etc/a.conf", "workspace": .string(machine), "old_line": "two = 2", "new_line": "two = 9",
        ]
        for _ in 0..<2 {
            #expect(try await bench.value("file.replace_line", edit)["replaced"] == true)
            #expect(try bench.folder.text(of: "machine/etc/a.conf") == "one\ntwo = 9\nthree\n")
        }
        var broken = edit
        broken["old_line"] = "three"
        broken["new_line"] = "four\nfive"
        #expect(try await bench.value("file.replace_line", broken)["replaced"] == false)
        try bench.folder.write("x\nx\n", to: "machine/etc/a.conf")
        broken["old_line"] = "x"
        broken["new_line"] = "y"
        #expect(try await bench.value("file.replace_line", broken)["replaced"] == false)
        #expect(try bench.folder.text(of: "machine/etc/a.conf") == "x\nx\n")
        // Named by its number, it is one of them; a second time it finds its own work.
        broken["line"] = 3
        #expect(try await bench.value("file.replace_line", broken)["replaced"] == false)
        broken["line"] = 2
        for _ in 0..<2 {
            #expect(try await bench.value("file.replace_line", broken)["replaced"] == true)
            #expect(try bench.folder.text(of: "machine/etc/a.conf") == "x\ny\n")
        }
    }

    @Test func `a line of a file that was changed since it was looked at is left`() async throws {
        try bench.folder.write("a", to: "machine/etc/a.conf")
        var edit: JSONObject = [
            "path": "etc/a.conf", "workspace": .string(machine), "old_line": "a", "new_line": "b", "line": 1,
            // Of one `a`.
            "file_sha256": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        ]
        try bench.folder.write("a\nmore\n", to: "machine/etc/a.conf")
        #expect(try await bench.value("file.replace_line", edit)["replaced"] == false)
        #expect(try bench.folder.text(of: "machine/etc/a.conf") == "a\nmore\n")
        // The control arms: without it the line is enough, and of the file that it names it is replaced, once.
        edit["file_sha256"] = JSONValue?.none
        #expect(try await bench.value("file.replace_line", edit)["replaced"] == true)
        try bench.folder.write("a", to: "machine/etc/a.conf")
        edit["file_sha256"] = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
        for _ in 0..<2 {
            #expect(try await bench.value("file.replace_line", edit)["replaced"] == true)
            #expect(try bench.folder.text(of: "machine/etc/a.conf") == "b")
        }
    }

    @Test func `the folder is put back byte for byte, modes and links too`() async throws {
        let manager = FileManager.default
        try bench.folder.write("#!/bin/sh\n", to: "machine/bin/tool")
        try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bench.folder.path("machine/bin/tool"))
        try manager.createSymbolicLink(
            atPath: bench.folder.path("machine/current"), withDestinationPath: "etc/a.conf")
        let folder: JSONObject = ["folder": .string(machine)]
        #expect(try await bench.value("folder.snapshot", folder)["kept"] == true)
        let script =
            "rm current bin/tool; echo x > bin/tool; echo y >> etc/a.conf; mkdir -p new/deep; touch new/deep/f; chmod 700 etc"
        #expect(try await run("command.run", ["sh", "-c", script])["exit"] == 0)
        #expect(try await bench.value("folder.restore", folder)["restored"] == true)
        #expect(try bench.folder.text(of: "machine/etc/a.conf") == "one\ntwo = 2\nthree\n")
        #expect(try bench.folder.text(of: "machine/bin/tool") == "#!/bin/sh\n")
        #expect(manager.isExecutableFile(atPath: bench.folder.path("machine/bin/tool")))
        #expect(try manager.destinationOfSymbolicLink(atPath: bench.folder.path("machine/current")) == "etc/a.conf")
        #expect(!bench.folder.contains("machine/new"))
    }

    @Test func `a folder that holds the run's output is not copied`() async throws {
        let all: JSONObject = ["folder": .string(bench.folder.path)]
        #expect(try await bench.value("folder.snapshot", all)["kept"] == false)
    }
}
