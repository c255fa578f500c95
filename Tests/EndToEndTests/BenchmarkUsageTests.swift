import Foundation
import TestSupport
import Testing

/// `warrant-bench` called in ways that it can't be: told in a sentence, exit code 64, before any weights are loaded.
@Suite struct BenchmarkUsageTests {
    private func run(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
        let program = URL(filePath: Command.executable).deletingLastPathComponent().appending(path: "warrant-bench")
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // Neither is as long as what a pipe holds, so that one can wait for the other.
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        let text = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: said, as: UTF8.self), String(decoding: text, as: UTF8.self)
        )
    }

    @Test(arguments: [
        ["loop-task"], ["triage-batch"], ["bfcl"], ["call-cost"], ["bfcl", "cases.jsonl", "--rounds", "3"],
        ["bfcl", "cases.jsonl", "--deterministic"], ["call-cost", "cases.jsonl", "--server", "http://127.0.0.1:1"],
        ["loop-task", "task", "--rounds", "none"], ["triage-batch", "batch", "--parallel", "0"], ["soak", "--count"],
        ["loop-task", "task", "--no-decline"],
        ["loop-task", "task", "--limit", "3"], ["cold-start", "--bogus"], ["soak", "--prefixes", "folder"],
        ["soak", "--rounds", "3"], ["cold-start", "--filter", "x"], ["parallel", "--parallel", ""],
        ["nothing", "more"],
    ])
    func `a misuse ends with 64`(arguments: [String]) throws {
        let refused = try run(arguments)
        #expect(refused.status == 64, "\(refused.errors)")
        #expect(!refused.errors.isEmpty)
    }

    @Test func `what isn't there is no misuse`() throws {
        // The same options that are refused above where they mean nothing.
        for arguments in [
            ["loop-task", "no-such-folder", "--rounds", "3"],
            ["bfcl", "no-such-file", "--server", "http://127.0.0.1:1"], ["bfcl", "no-such-file", "--no-decline"],
        ] {
            #expect(try run(arguments).status == 74)
        }
        // Weights are no file of the command's.
        #expect(try run(["cold-start", "--model", "no-such-model", "--rounds", "1"]).status == 1)
    }

    @Test(arguments: [
        ("loop-task DIR", "--server URL"), ("triage-batch DIR", "--parallel N"), ("bfcl FILE", "--no-decline"),
        ("call-cost FILE", "--limit N"), ("context-settings", "--filter TEXT"), ("parallel", "--count N"),
        ("soak", "--count N"), ("cold-start", "--rounds N"),
    ])
    func `the help says how each command is called, and so does a misuse`(form: String, option: String) throws {
        let help = try run(["--help"])
        #expect(help.status == 0)
        let line = try #require(
            help.output.split(separator: "\n").first { $0.hasPrefix("warrant-bench \(form) [") }, "\(help.output)")
        #expect(line.contains("[\(option)]"))
        #expect(help.output.contains("    \(option) "))
        let misused = try run(form.split(separator: " ").map(String.init) + ["--bogus"])
        #expect(misused.errors.contains("`\(line)`"), "\(misused.errors)")
        #expect(help.output.contains("74 a folder or file that can't be read."))
    }
}
