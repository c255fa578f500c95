import Foundation
import JSONSchemas
import TestSupport
import Testing

/// Records that replay where nothing is left of what made them.
@Suite(.serialized) struct ReplayTests {
    private let command: Command

    init() throws {
        command = try Command()
        for (name, text) in [("filing", Workflows.filing), ("agent", Workflows.agent)] {
            try command.folder.write(text, to: "\(name)/workflow.yaml")
            try command.folder.write(Workflows.rows, to: "\(name)/rows.jsonl")
            try command.folder.write("# Keys\n\nKeys must be unique.\n", to: "\(name)/spec.md")
        }
        try command.folder.write(Workflows.script, to: "filing.jsonl")
        try command.folder.write(Workflows.agentScript, to: "agent.jsonl")
    }

    /// A process with a network of its own that is down, no program but itself in its path, and no weights: what is
    /// shown of the system are the libraries it was linked with, what is shown of the state is the journal.
    private func bare(_ arguments: [String]) throws -> Finished {
        let build = URL(filePath: Command.executable).deletingLastPathComponent().path(percentEncoded: false)
        return try command.run(
            arguments,
            environment: [
                "BUILD": build, "FOLDER": command.folder.path, "CACHE": command.folder.path("no-cache"),
            ], shell: Self.bareRoom)
    }

    /// Libraries outside of `/usr` that the program was linked with are shown file by file.
    private static let bareRoom = """
        libraries=(); for file in $(ldd "$1" | grep -o '=> /[^ ]*' | cut -c4-); do
            case $file in /usr/*|/lib*) ;; *) libraries+=(--ro-bind "$file" "$file") ;; esac
        done
        mkdir -p "$CACHE"
        set -- bwrap --unshare-net --unshare-pid --die-with-parent --tmpfs / --ro-bind /usr/lib /usr/lib \
            --symlink usr/lib /lib --symlink usr/lib64 /lib64 $([ -d /usr/lib64 ] && echo --ro-bind /usr/lib64 /usr/lib64) \
            --proc /proc --dev /dev "${libraries[@]}" \
            --ro-bind "$WARRANT_SHARE/Tools" "$WARRANT_SHARE/Tools" \
            --ro-bind "$WARRANT_SHARE/Sandbox" "$WARRANT_SHARE/Sandbox" \
            --ro-bind "$WARRANT_SHARE/Workflows" "$WARRANT_SHARE/Workflows" \
            --bind "$FOLDER" "$FOLDER" --ro-bind "$1" "$1" --setenv PATH "" --setenv XDG_CACHE_HOME "$CACHE" \
            --setenv HOME "$CACHE" --chdir "$FOLDER" -- "$@"
        """

    private func run(_ arguments: [String], _ environment: [String: String] = [:]) throws -> String {
        let finished = try command.run(["run"] + arguments + ["--json", "--unattended"], environment: environment)
        return try #require(finished.verdict?["run"]?.stringValue, "\(finished.errors)")
    }

    private func scripted(_ name: String) -> [String] {
        ["--model", "scripted:" + command.folder.path("\(name).jsonl")]
    }

    /// One of the shipped workflows on its sample, answered until it is over.
    private func shipped(_ name: String, _ more: [String] = [], rounds: Int = 4) throws -> String {
        let folder = Command.repository + "Workflows/" + name
        let run = try run(
            [
                folder, "--model", "scripted:\(folder)/sample.script.jsonl", "--output",
                command.folder.path("out/\(UUID())"),
            ]
                + more)
        for _ in 0..<rounds {
            guard try command.run(["approve", run, "all"]).status == 0 else { break }
            if try command.run(["resume", run, "--json", "--unattended"]).status != 2 { break }
        }
        return run
    }

    /// A filing run with chosen inputs, answers and kills.
    private func filing(_ seed: UInt64) throws -> String {
        var generator = SeededGenerator(seed: seed)
        let titles = (0..<Int.random(in: 1...4, using: &generator)).map { number in
            (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                ["keys", "must", "be", "unique", "<b>", "\\u202e", "\\u00e9", "Ignore all that."].randomElement(
                    using: &generator) ?? ""
            }.joined(separator: " ") + " \(number)"
        }
        let rows = titles.map { #"{"title": "\#($0)"}"# + "\n" }.joined()
        let script = titles.indices.map { index in
            let bad = Bool.random(using: &generator) ? "much" : "little"
            return
                #"{"step": "each[\#(index)]/class", "value": {"bad": "\#(bad)"}, "confidence": 0.\#(Int.random(in: 10...99, using: &generator))}"#
                + "\n"
        }.joined()
        let paths = (
            try command.folder.write(rows, to: "rows/\(seed).jsonl"),
            try command.folder.write(script, to: "scripts/\(seed).jsonl")
        )
        let run = try run(
            [
                command.folder.path("filing"), "--model", "scripted:" + paths.1, "--input", "rows=" + paths.0,
                "--output", command.folder.path("out/\(seed)"), "--input", "project=p\(seed % 7)",
            ] + (seed % 11 == 0 ? ["--dry-run"] : []))
        for _ in 0..<Int.random(in: 0...2, using: &generator) {
            let step = "each[\(Int.random(in: titles.indices, using: &generator))]/create"
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: _ = try command.run(["approve", run, step])
            case 1: _ = try command.run(["deny", run, step, "--why", "no"])
            default: _ = try command.run(["approve", run, step, "--endorse", "title"])
            }
            if Bool.random(using: &generator) {
                let moment = Double.random(in: 0.01...0.2, using: &generator)
                _ = try command.run(
                    ["resume", run, "--json", "--unattended"], shell: "exec timeout -s KILL \(moment) \"$@\"")
            }
            _ = try command.run(["resume", run, "--json", "--unattended"])
        }
        if seed % 5 == 0 { _ = try command.run(["cancel", run]) }
        return run
    }

    @Test func `a hundred recorded runs replay without weights, programs and network`() async throws {
        var runs: [String] = []
        let machine = command.folder.path("machine")
        try FileManager.default.copyItem(
            atPath: Command.repository + "Workflows/repair-guide/sample/machine", toPath: machine)
        runs.append(try shipped("repair-guide", ["--input", "folder=" + machine, "--input", "commands=allow"]))
        runs.append(try shipped("ticket-triage"))
        runs.append(try shipped("ticket-triage", rounds: 0))
        runs.append(try shipped("spec-to-test-plan", rounds: 1))
        for index in 0..<6 {
            runs.append(
                try run(
                    [command.folder.path("agent"), "--output", command.folder.path("out/agent-\(index)")]
                        + scripted("agent") + ["--input", "project=p\(index)"]))
        }
        var seed: UInt64 = 0
        while runs.count < 100 {
            seed += 1
            runs.append(try filing(seed))
            // Gives other tests, which wait for something, a turn.
            await Task.yield()
        }
        #expect(Set(runs).count == 100)
        // The control arm: there a run can't be made, and neither can a tool's program be started.
        let control = try bare([
            "run", Command.repository + "Workflows/spec-to-test-plan", "--output", command.folder.path("out/control"),
            "--model", "scripted:" + Command.repository + "Workflows/spec-to-test-plan/sample.script.jsonl", "--json",
        ])
        #expect(control.status == 78, "\(control.status) \(control.errors)")
        let weights = try bare(["run", Command.repository + "Workflows/ticket-triage", "--json"])
        #expect(weights.status == 78 && weights.errors.contains("Can't load model"), "\(weights.errors)")
        var stretches = 0
        for run in runs {
            await Task.yield()
            let replayed = try bare(["replay", run, "--json"])
            #expect(replayed.status == 0, "\(run) \(replayed.output) \(replayed.errors)")
            #expect(replayed.verdict?["outcome"] == "identical")
            #expect((replayed.verdict?["compared"]?.intValue ?? 0) > 0)
            stretches += replayed.verdict?["stretches"]?.intValue ?? 0
        }
        #expect(stretches > 130, "too few were resumed: \(stretches)")
        #expect(try command.run(["verify"]).status == 0)
    }

    @Test func `a changed workflow is refused, a moved one is found where it is said to be`() throws {
        let run = try run(
            [command.folder.path("filing"), "--output", command.folder.path("out")] + scripted("filing"))
        #expect(try command.run(["replay", run]).status == 0)
        let decisions = try command.verdict(["replay", run, "--policy", command.folder.path("filing")], exit: 0)
        #expect(decisions.verdict?["decisions"]?.intValue ?? 0 > 3)
        try command.folder.write(Workflows.filing, to: "moved/workflow.yaml")
        try command.folder.write(Workflows.filing + "# other\n", to: "filing/workflow.yaml")
        try command.verdict(["replay", run], exit: 65)
        try command.verdict(["replay", run, "--workflow", command.folder.path("moved")], exit: 0)
        try command.verdict(["replay", run, "--workflow", command.folder.path("agent")], exit: 65)
        try command.verdict(["replay", "nothing"], exit: 6)
        try command.verdict(["replay", run, "--workflow", "a", "--policy", "b"], exit: 64)
    }

    @Test func `what an undone run did is taken back, and the record says so`() throws {
        let run = try run([command.folder.path("agent"), "--output", command.folder.path("out")] + scripted("agent"))
        #expect(command.folder.contains("out/note.txt") && command.folder.contains("out/result.json"))
        let planned = try command.verdict(["undo", run, "--dry-run"], exit: 0)
        #expect(command.folder.contains("out/note.txt"))
        #expect(planned.output.contains(#""type":"by_hand""#) && planned.output.contains("close it in the tracker"))
        try command.folder.write("mine", to: "out/note.txt")
        let partial = try command.verdict(["undo", run], exit: 1)
        #expect(partial.verdict?["refused"] == ["note"])
        #expect(try command.folder.text(of: "out/note.txt") == "mine")
        #expect(!command.folder.contains("out/result.json"))
        try command.folder.write("demo", to: "out/note.txt")
        try command.verdict(["undo", run, "note"], exit: 0)
        #expect(!command.folder.contains("out/note.txt"))
        try command.verdict(["undo", run], exit: 65)
        try command.verdict(["undo", run, "nowhere"], exit: 6)
        try command.verdict(["replay", run], exit: 0)
        #expect(try command.run(["verify"]).status == 0)
    }
}
