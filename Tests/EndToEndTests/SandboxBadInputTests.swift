import Foundation
import TestSupport
import Testing

/// What `warrant sandbox exec` can't do anything with: one sentence, the documented exit code, nothing left behind.
@Suite struct SandboxBadInputTests {
    private let room: SandboxCleanRoom

    init() throws {
        room = try SandboxCleanRoom()
    }

    /// Arguments, what is prepared before, and what comes of it.
    struct Input: Sendable, CustomTestStringConvertible {
        let name: String
        var options = ["--workspace", "project"]
        var argv = ["sh", "-c", SandboxCleanRoom.script]
        var preparation = ""
        let exit: Int32
        let says: [String]

        var testDescription: String { name }
    }

    static let profiles = [
        Input(
            name: "unknown key", options: ["--workspace", "project", "--profile", "bad.yaml"],
            preparation: #"sed 's/^network:/netwrok:/' "$WARRANT_SHARE/Sandbox/profiles/test.yaml" > bad.yaml"#,
            exit: 65, says: ["bad.yaml:6:1: ", "unknown key `netwrok`", "Write `network`"]),
        Input(
            name: "no profile file", options: ["--profile", "./none.yaml"], exit: 65,
            says: ["none.yaml", "doesn't exist"]),
        Input(name: "unknown profile", options: ["--profile", "none"], exit: 64, says: ["`none`", "`strict`"]),
    ]

    static let walls = ["soon", "0", "25h", "", "1e3", "0.5s"].map {
        Input(
            name: "wall \($0)", options: ["--workspace", "project", "--wall", $0], exit: 64,
            says: ["`--wall \($0)`", "24h"])
    }

    static let workspaces = [
        Input(name: "empty", options: ["--workspace", ""], exit: 64, says: ["`--workspace`", "empty"]),
        Input(
            name: "a link", options: ["--workspace", "link/"], preparation: "ln -s project link", exit: 65,
            says: ["/link`", "symbolic link"]),
        Input(name: "missing", options: ["--workspace", "none"], exit: 65, says: ["/none`", "does not exist"]),
        Input(
            name: "a file", options: ["--workspace", "file"], preparation: "echo x > file", exit: 65,
            says: ["/file`", "not a folder"]),
        Input(name: "everything", options: ["--workspace", "/"], exit: 65, says: ["`/`", "too wide"]),
        Input(name: "devices", options: ["--workspace", "/dev/shm"], exit: 65, says: ["`/dev/shm`", "never shown"]),
        Input(
            name: "many files", preparation: "(cd project && seq 30000 | xargs touch)", exit: 65,
            says: ["/project`", "20000 files"]),
        Input(
            name: "a sparse file", preparation: "truncate -s 100G project/big", exit: 65,
            says: ["/project`", "102400 MiB", "256 MiB"]),
    ]

    static let commands = [
        Input(name: "none", argv: [], exit: 64, says: ["nothing"]),
        Input(name: "an empty name", argv: [""], exit: 65, says: ["no program"]),
        Input(name: "unknown", argv: ["no-such-program"], exit: 126, says: ["`no-such-program`", "/usr/bin"]),
        Input(name: "a folder", argv: ["/usr"], exit: 126, says: ["`/usr`", "no executable file"]),
        Input(
            name: "no executable", argv: ["./text"], preparation: "echo 'echo ran' > project/text", exit: 126,
            says: ["`./text`", "no executable file"]),
        Input(
            name: "no interpreter", argv: ["./text"],
            preparation: "echo '#!/no/such' > project/text; chmod +x project/text", exit: 126,
            says: ["`./text`", "first line"]),
        Input(
            name: "many arguments", preparation: #"set -- "$@" $(seq 9000)"#, exit: 65,
            says: ["9003 arguments", "8000"]),
        Input(name: "no text", preparation: #"set -- "$@" $'\377'"#, exit: 65, says: ["not UTF-8"]),
        Input(
            name: "100 MiB of input", preparation: "exec < <(head -c 104857600 /dev/zero 2>&-)", exit: 65,
            says: ["standard input", "67108864 bytes"]),
        Input(
            name: "a folder as input", preparation: "exec < /", exit: 74,
            says: ["standard input", "directory"]),
    ]

    @Test(arguments: profiles + walls + workspaces + commands)
    func `it is refused in one sentence and nothing is left behind`(input: Input) throws {
        let start = ContinuousClock.now
        let finished = try room.exec(
            input.options + ["--"] + input.argv,
            after: input.preparation + "\nls -A project > seen/before")
        finished.expectSentence(exit: input.exit, says: input.says)
        // Making 30,000 files is most of it.
        #expect(ContinuousClock.now - start < .seconds(20))
        let before = try room.command.folder.text(of: "seen/before").split(separator: "\n").map(String.init)
        #expect(try room.project() == before.sorted())
    }

    @Test func `what is good runs, and nothing but its changes is left behind`() throws {
        let finished = try room.exec(
            ["--workspace", "project", "--wall", "20", "--", "sh", "-c", SandboxCleanRoom.script])
        #expect(finished.status == 5 && finished.output == "ran\n", "\(finished.errors)")
        #expect(try room.project() == ["made"])
    }

    @Test func `30,000 files are refused within two seconds`() throws {
        let folder = room.command.folder
        #expect(try room.exec(["--", "true"], after: "(cd project && seq 30000 | xargs touch)").status == 0)
        let start = ContinuousClock.now
        let finished = try room.command.sandbox(["exec", "--workspace", folder.path("project"), "--", "true"])
        #expect(ContinuousClock.now - start < .seconds(2))
        finished.expectSentence(exit: 65, says: ["20000 files"])
    }

    @Test func `the longest argument that the system passes on and 64 MiB of input arrive`() throws {
        let measure = "wc -c; printf '%s' \"$1\" | wc -c"
        // Linux takes 128 KiB for one argument, its end counted (MAX_ARG_STRLEN); a longer one never gets to `warrant`.
        let finished = try room.exec(
            ["--", "sh", "-c", measure, "sh"],
            after: """
                exec < <(head -c 67108864 /dev/zero)
                set -- "$@" "$(head -c 131071 /dev/zero | tr '\\0' x)"
                """)
        #expect(finished.status == 0, "\(finished.errors)")
        #expect(finished.output == "67108864\n131071\n")
    }
}
