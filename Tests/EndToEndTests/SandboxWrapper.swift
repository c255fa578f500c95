import Foundation
import TestSupport
import Testing

/// What a test puts before `warrant`: shell code that changes the words in `$@`, and the variables that it uses.
struct SandboxWrapper: Sendable {
    let shell: String
    var environment: [String: String] = [:]

    static let none = SandboxWrapper(shell: "")
}

extension Command {
    /// What lies beside the built `warrant`.
    static func built(_ name: String) -> String {
        URL(filePath: executable).deletingLastPathComponent().appending(path: name).path(percentEncoded: false)
    }

    /// Starts `warrant sandbox` behind a wrapper, which may use `$PROBE`, `$HELPER` and `$FOLDER`.
    func startSandbox(_ arguments: [String], in wrapper: SandboxWrapper = .none) throws -> Started {
        let variables = [
            "PROBE": Self.built("sandbox-probe"), "HELPER": Self.built("sandbox-helper"), "FOLDER": folder.path,
        ]
        return try start(
            ["sandbox"] + arguments, environment: variables.merging(wrapper.environment) { $1 },
            shell: wrapper.shell.isEmpty ? nil : wrapper.shell)
    }

    /// Runs `warrant sandbox` behind a wrapper to its end.
    func sandbox(_ arguments: [String], in wrapper: SandboxWrapper = .none) throws -> Finished {
        try startSandbox(arguments, in: wrapper).wait()
    }

    /// Control groups that `warrant` made as this process and that are still there.
    static func controlGroups(of process: Int32) -> [String] {
        let names = FileManager.default.enumerator(atPath: "/sys/fs/cgroup")
        var found: [String] = []
        while let name = names?.nextObject() as? String {
            if name.split(separator: "/").last?.hasPrefix("warrant-\(process)-") == true { found.append(name) }
        }
        return found
    }

    /// A number of seconds to sleep for that marks a test's processes.
    static func sleepMark() -> String { "7\(Int.random(in: 10_000_000...99_999_999)).5" }
}

extension Finished {
    /// Expects a failure of `warrant` itself: this code, nothing on standard output, and on standard error one sentence
    /// of the form `Can't ...: ... .`, with at most one line after it that says what to do.
    func expectSentence(exit: Int32, says words: [String], location: SourceLocation = #_sourceLocation) {
        #expect(status == exit, "\(errors)", sourceLocation: location)
        #expect(output.isEmpty, "\(output)", sourceLocation: location)
        let lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            errors.wholeMatch(of: #/warrant: (\S+:\d+:\d+: )?Can't [^\n]+[^.\n]\.\n([^\n]+[^.\n]\.\n)?/#) != nil
                && lines.count <= 3,
            "\(errors)", sourceLocation: location)
        for word in words { #expect(errors.contains(word), "\(errors)", sourceLocation: location) }
    }
}
