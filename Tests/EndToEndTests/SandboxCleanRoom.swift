import Foundation
import TestSupport
import Testing

/// Runs `warrant sandbox exec` with a `/tmp` of its own and looks afterwards for anything that was left behind.
struct SandboxCleanRoom {
    let command: Command

    /// What every command of a test here would do first, were it run.
    static let script = "echo ran; echo ran > made; exit 5"

    init() throws {
        command = try Command()
        try command.folder.makeFolder("project")
        try command.folder.makeFolder("seen")
    }

    /// The inner shell becomes `warrant`, so its number is the one in names.
    private static let inside = """
        bash -c 'echo $$ > "$FOLDER/seen/process"; cd "$FOLDER"; eval "$PREPARATION"; exec "$@"' bash "$@"
        code=$?; ls -A /tmp > "$FOLDER/seen/names"; exit $code
        """
    private static let wrapper = """
        set -- bwrap --dev-bind / / --tmpfs /tmp --ro-bind "$WARRANT_SHARE" "$WARRANT_SHARE" \
            --ro-bind "$BUILD" "$BUILD" --bind "$FOLDER" "$FOLDER" -- bash -c "$INSIDE" bash "$@"
        """

    /// Runs it after `preparation`, a script that works in `$FOLDER` and may change `$@`.
    func exec(
        _ arguments: [String], after preparation: String = "", location: SourceLocation = #_sourceLocation
    ) throws -> Finished {
        let build = URL(filePath: Command.executable).deletingLastPathComponent().path(percentEncoded: false)
        let finished = try command.sandbox(
            ["exec"] + arguments,
            in: SandboxWrapper(
                shell: Self.wrapper,
                environment: ["BUILD": build, "INSIDE": Self.inside, "PREPARATION": preparation]))
        // What is bound below the new `/tmp` is there from the start.
        let bound = [command.folder.path, build, Command.repository].compactMap { path in
            path.hasPrefix("/tmp/") ? path.split(separator: "/")[1] : nil
        }
        let names = try command.folder.text(of: "seen/names").split(separator: "\n")
        #expect(names.allSatisfy(bound.contains), "\(names)", sourceLocation: location)
        let text = try command.folder.text(of: "seen/process").dropLast()
        let process = try #require(Int32(text), sourceLocation: location)
        #expect(Command.controlGroups(of: process).isEmpty, sourceLocation: location)
        #expect(Command.processes(with: command.folder.path).isEmpty, sourceLocation: location)
        return finished
    }

    /// The names in the workspace.
    func project() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: command.folder.path("project")).sorted()
    }
}
