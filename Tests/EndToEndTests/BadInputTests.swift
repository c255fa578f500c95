import Foundation
import JSONSchemas
import TestSupport
import Testing

/// What is wrong, and the exit code and last line that say so.
@Suite(.serialized) struct BadInputTests {
    private let command: Command

    init() throws {
        command = try Command()
    }

    private static let loader = "/lib64/ld-linux-x86-64.so.2"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: loader), "A loader of that name is needed."))
    func `a command that loads weights is started by the loader too`() throws {
        // Without the variable it would start itself anew, where the kernel gives large pages on request.
        let environment = ["GLIBC_TUNABLES": ""]
        let plain = try command.run(["resume", "nosuch"], environment: environment)
        let loaded = try command.run(
            ["resume", "nosuch"], environment: environment, shell: "exec \(Self.loader) \"$@\"")
        #expect(plain.status != 127 && plain.errors.contains("Can't"), "\(plain.errors)")
        #expect(loaded.status == plain.status && loaded.errors == plain.errors, "\(loaded.errors)")
    }

    static let workflows: [(old: String, new: String, says: [String])] = [
        ("policy:", "polcy:", ["unknown key `polcy`", "`policy`"]),
        ("tools: [file.read]", "tools: [file.raed]", ["unknown tool `file.raed`", "file.read"]),
        ("\"${inputs.spec}\", as", "\"${inputs.spek}\", as", ["spek", "spec"]),
        ("text: \"${steps.load.text}\"", "text: \"${steps.laod.text}\"", ["laod", "load"]),
        ("call: file.read", "call: file.read\n    shema: {}", ["shema"]),
    ]

    @Test(arguments: 0..<workflows.count)
    func `a mistake in a workflow is named with its place and the mend`(index: Int) throws {
        let (old, new, says) = Self.workflows[index]
        try command.folder.write("text", to: "spec.md")
        let good = try command.folder.write(Workflows.reading, to: "good/workflow.yaml")
        let input = ["--input", "spec=" + command.folder.path("spec.md")]
        try command.verdict(["run", good] + input, exit: 0)
        let bad = try command.folder.write(Workflows.reading.replacing(old, with: new), to: "bad/workflow.yaml")
        let failed = try command.verdict(["run", bad] + input, exit: 65)
        let reason = failed.verdict?["reason"]?.stringValue ?? ""
        #expect(reason.contains(#/workflow\.yaml:\d+:\d+: /#), "\(reason)")
        for word in says { #expect(reason.contains(word), "\(reason)") }
        try command.verdict(["check", good], exit: 0)
        let checked = try command.verdict(["check", bad], exit: 65)
        for word in says { #expect(checked.output.contains(word), "\(checked.output)") }
    }

    @Test func `an unsupported keyword of a schema is named with its place`() throws {
        let good = try command.folder.write(Workflows.asking, to: "good/workflow.yaml")
        #expect(try command.run(["check", good]).status == 0)
        let bad = try command.folder.write(
            Workflows.asking.replacing("kind: { enum: [bug, praise] }", with: "kind: { not: { enum: [bug] } }"),
            to: "bad/workflow.yaml")
        let checked = try command.run(["check", bad])
        #expect(checked.status == 65)
        #expect(
            checked.errors.contains("`not`") && checked.errors.contains(#/workflow\.yaml:\d+:\d+: /#),
            "\(checked.errors)")
    }

    @Test func `weights that are missing or damaged end with 78 and say how to get them`() throws {
        let path = try command.folder.write(Workflows.asking, to: "asking/workflow.yaml")
        let cache = ["XDG_CACHE_HOME": try command.folder.makeFolder("cache")]
        let missing = try command.verdict(["run", path], exit: 78, environment: cache)
        #expect(missing.verdict?["reason"]?.stringValue?.contains("warrant model fetch") == true)
        let listed = try command.run(["model", "list", "--json"], environment: cache)
        for line in listed.output.split(separator: "\n") {
            let entry = try JSONValue(parsing: Array(line.utf8))
            #expect(entry["present"] == false)
            let file = try #require(entry["path"]?.stringValue)
            #expect(file.hasPrefix(command.folder.path("cache")))
            try command.folder.write("GGUF", to: String(file.dropFirst(command.folder.path.count + 1)))
        }
        let corrupt = try command.verdict(["run", path], exit: 78, environment: cache)
        #expect(corrupt.verdict?["reason"]?.stringValue?.contains("has 4 bytes") == true)
        let script = try command.folder.write(#"{"step": "class", "value": {"kind": "bug"}}"#, to: "s.jsonl")
        try command.verdict(["run", path, "--model", "scripted:" + script], exit: 0, environment: cache)
    }

    static let specifications: [(name: String, bytes: [UInt8], says: String)] = [
        ("empty", [], "it is empty"), ("binary", [0x23, 0, 0x23], "it is binary"),
        ("latin", [0x23, 0x20, 0xE9], "it is not UTF-8"),
    ]

    @Test(arguments: 0..<specifications.count)
    func `a file that is no text ends with 65`(index: Int) throws {
        let (name, bytes, says) = Self.specifications[index]
        let path = try command.folder.write(Workflows.reading, to: "reading/workflow.yaml")
        let file = try command.folder.write(bytes: bytes, to: name + ".md")
        let failed = try command.verdict(["run", path, "--input", "spec=" + file], exit: 65)
        #expect(failed.verdict?["outcome"] == "bad_data")
        #expect(failed.verdict?["reason"]?.stringValue?.contains(says) == true, "\(failed.output)")
    }

    @Test func `a file of 50 MB ends with 65 and names the limit`() throws {
        let path = try command.folder.write(Workflows.reading, to: "reading/workflow.yaml")
        let file = try command.folder.write("", to: "large.md")
        let handle = try FileHandle(forWritingTo: URL(filePath: file))
        try handle.truncate(atOffset: 50_000_000)
        try handle.close()
        let failed = try command.verdict(["run", path, "--input", "spec=" + file], exit: 65)
        #expect(failed.verdict?["reason"]?.stringValue?.contains("8388608 bytes") == true)
    }

    @Test func `what is not there is 6 or 65 and what is not a command is 64`() throws {
        #expect(try command.run(["show", "zzzz"]).status == 6)
        try command.verdict(["resume", "zzzz"], exit: 6)
        try command.verdict(["run", command.folder.path("nowhere")], exit: 65)
        try command.verdict(["run"], exit: 64)
        try command.verdict(["dance"], exit: 64)
        #expect(try command.run(["run", "--help", "--json"]).status == 0)
        try command.verdict(["sandbox", "doctor"], exit: 0)
        try command.verdict(["run", "spec-to-test-plan", "--input", "novalue"], exit: 64)
        let path = try command.folder.write(Workflows.reading, to: "reading/workflow.yaml")
        let missing = try command.verdict(["run", path], exit: 65)
        #expect(missing.verdict?["reason"]?.stringValue?.contains("`spec` is missing") == true)
        try command.verdict(["run", path, "--input", "spec=/no/such"], exit: 65)
        try command.verdict(["run", path, "--input", "spce=x"], exit: 65)
        #expect(try command.run(["--version"]).status == 0)
    }

    @Test func `every workflow that is shipped passes its check and the sandbox holds`() throws {
        let checked = try command.run(["check"])
        #expect(checked.status == 0, "\(checked.errors)")
        #expect(checked.output.contains("ok spec-to-test-plan"))
        let doctor = try command.run(["sandbox", "doctor"])
        #expect(doctor.status == 0, "\(doctor.output)")
    }
}
