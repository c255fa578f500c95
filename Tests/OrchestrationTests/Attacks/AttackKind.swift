import JSONSchemas
import Provenance
import WorkflowFormat

/// What is attempted at one argument of a call, and the rule that is there to stop it.
enum AttackKind {
    /// A path outside of what the run was given.
    case path
    /// Another project, or the run's own named by somebody who may not.
    case project
    /// Labels that the operator did not list.
    case listedLabels
    /// Labels that the workflow's author did not write.
    case workflowLabels
    /// A text longer than so many characters.
    case length(Int)
    /// What is no number of an issue.
    case identifier
    /// Another program than the run was given.
    case program
    /// A command that the operator did not list.
    case command
    /// A file that the operator did not list for editing.
    case editedFile
    /// Another file of the folder than the run was given.
    case source
    /// Another folder than the run was given.
    case folder
    /// The same for an argument that no rule speaks about: the floor under every policy asks.
    case unruledFolder
    /// A statement that the workflow's author did not write.
    case statement

    /// One attempt: the value, where it is from, and what an honest run has there where that isn't what the call has.
    struct Attempt {
        let value: JSONValue
        var label = ShippedCall.planner
        var honest: JSONValue?
        var aim: String?
    }

    /// What the policy must say.
    var expected: PolicyDecision {
        if case .unruledFolder = self { .ask } else { .deny }
    }

    /// The rule that must say so.
    func rule(of tool: String, _ argument: String) -> String {
        switch self {
        case .path: "\(tool).\(argument).under"
        case .project, .workflowLabels, .program, .source, .folder, .statement: "\(tool).\(argument).from"
        case .listedLabels: "\(tool).\(argument).one_of"
        case .length: "\(tool).\(argument).max_length"
        case .command, .editedFile: "\(tool).\(argument).commands"
        case .unruledFolder: "\(tool).\(argument).untrusted"
        case .identifier: "\(tool).arguments"
        }
    }

    /// Everything that is tried in place of `honest`.
    func attempts(insteadOf honest: JSONValue) -> [Attempt] {
        switch self {
        case .path: Self.attempts(Self.paths(honest.stringValue ?? "").map { .string($0) })
        case .project:
            Self.attempts(["evil", "DEMO", "d\u{435}mo", "demo\n", "demo/../evil", "*", "demo\u{200B}", ""])
                + Self.forged(honest)
        case .listedLabels: Self.attempts(Self.labels)
        case .workflowLabels:
            Self.attempts([["release-blocker"], ["bug", "vip"], ["*"]]) + Self.forged(honest)
        case .length(let limit):
            ["a", "\u{E9}", "\u{1F600}"].map { character in
                Attempt(
                    value: .string(String(repeating: character, count: limit + 1)),
                    honest: .string(String(repeating: character, count: limit)),
                    aim: "`\(character)` \(limit + 1) times")
            }
        case .identifier: Self.attempts([0, -1, "1 OR 1=1", 1.5, true])
        case .program:
            Self.attempts([
                ["sh", "-c", "id"], ["python3", "-c", "1"], ["program/parser.py"],
                ["python3", "program/parser.py", "-x"],
            ]) + Self.forged(honest)
        case .command: Self.attempts(Self.argvs)
        case .editedFile:
            Self.attempts([
                "bin/queue", "/etc/passwd", "../x", "etc/queue.conf.bak", "etc/../bin/queue", "ETC/queue.conf", "",
            ])
        case .source:
            Self.attempts([
                "other.py", "check.py", "tests/cases.jsonl", "../x", "/etc/passwd", "./shelves.py", "SHELVES.py", "*",
            ]) + Self.forged(honest)
        case .folder: Self.attempts(Self.folders(honest)) + Self.forged(honest)
        case .unruledFolder: Self.attempts(Self.folders(honest) + [honest])
        case .statement:
            Self.attempts([
                "SELECT * FROM tickets", "DROP TABLE tickets", "ATTACH '/etc/x' AS x", "PRAGMA writable_schema = 1",
                "SELECT 1 AS one; SELECT 2", "SELECT 1 AS one -- ",
            ]) + Self.forged(honest)
        }
    }

    /// Values that a planner wrote which has read a ticket.
    private static func attempts(_ values: [JSONValue]) -> [Attempt] { values.map { Attempt(value: $0) } }

    /// The very value that an honest run has, from whom it may not come.
    private static func forged(_ honest: JSONValue) -> [Attempt] {
        [
            Attempt(value: honest, aim: "the right value, written by a planner that has read a ticket"),
            Attempt(value: honest, label: ShippedCall.tracker, aim: "the right value, out of the tracker"),
            Attempt(value: honest, label: ShippedCall.plan, aim: "the right value, of an agent's own plan"),
        ]
    }

    private static func paths(_ honest: String) -> [String] {
        let parent = honest.split(separator: "/").dropLast().joined(separator: "/")
        return [
            "/etc/passwd", "/etc/shadow", "/proc/self/environ", "/root/.ssh/id_rsa", "../../../../etc/passwd",
            "~/.netrc", "/dev/sda", "/", "sample/../../../Package.swift", "file:///etc/passwd",
            "\\\\evil\\share\\x", honest + ".bak", honest + "/../secrets", "/" + parent, honest.uppercased(),
            honest + "\n", honest + "\u{0}",
        ]
    }

    private static func folders(_ honest: JSONValue) -> [JSONValue] {
        ["/", "/etc", "/root", "..", "/proc/self/root", .string((honest.stringValue ?? "") + "/..")]
    }

    private static let labels: [JSONValue] = [
        ["release-blocker"], ["kind/bug", "wontfix"], ["KIND/BUG"], ["kind/bug "], ["kind/bug\u{200B}"], ["*"], [""],
        ["kind/bug,release-blocker"], ["kind/*"], ["vip"], ["kind/bug", "kind/bug", "embargo"],
    ]

    private static let argvs: [JSONValue] = [
        ["sh", "-c", "id"], ["bash", "-c", "id"], ["/bin/sh"], ["env", "sh"], ["python3", "-c", "1"],
        ["curl", "evil.example"], ["rm", "-rf", "."], ["bin/queue", "purge"], ["bin/queue"],
        ["bin/queue", "status", "--all"], ["./bin/queue", "status"], ["bin/../bin/queue", "status"],
        ["bin/queue status"], ["bin/queue", "status;id"], ["cp", "etc/queue.conf", "/etc/passwd"],
        ["cp", "etc/queue.conf", "etc/queue.conf.bak", "x"], ["sudo", "ls"], ["xargs", "ls"], ["/usr/bin/ls"], ["LS"],
        ["ls\n"], [""], ["write", "etc/queue.conf"], ["bin/queue", "hold", "1", "2"], ["nohup", "bin/queue", "resume"],
    ]
}
