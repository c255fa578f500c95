import Foundation
import SandboxExecution

extension EscapeAttacks {
    private static let broker = EscapeControl.withoutLayers([.broker])

    /// What a command tries to have carried out of its workspace, to be executed or believed later.
    static let imports: [EscapeAttack] = [
        planted(12, "a hook", "mkdir -p .git/hooks && cp $probe .git/hooks/pre-commit"),
        EscapeAttack(
            12, "a hook in a repository that is there", .none(because: "what was not copied is never replaced"),
            denial: .harmless
        ) { ground in
            for folder in [".git", ".git/hooks"] {
                try FileManager.default.createDirectory(
                    atPath: ground.workspace.path + "/" + folder, withIntermediateDirectories: false)
            }
            try ground.workspace.write(".git/config", "[core]\n")
            return importing("mkdir -p .git/hooks && echo x > .git/hooks/pre-commit; echo x >> .git/config")
        },
        planted(13, "a configuration of git", "mkdir .git && printf '[core]\\n\\tfsmonitor = ./x\\n' > .git/config"),
        planted(13, "attributes with filters", "echo '* filter=x' > .gitattributes"),
        planted(13, "submodules", "printf '[submodule \"x\"]\\n\\turl = ext::x\\n' > .gitmodules"),
        planted(
            13, "a bare repository",
            "mkdir -p sub/objects sub/refs; echo 'ref: refs/heads/main' > sub/HEAD; echo x > sub/config", "sub"),
        planted(
            13, "a bare repository by reference",
            "mkdir sub; echo 'ref: refs/heads/main' > sub/HEAD; echo /tmp/x > sub/commondir", "sub"),
        planted(14, "a repository in a folder", "mkdir -p a/b/.git && echo x > a/b/.git/config", "a", "a/b"),
        planted(14, "a repository by another spelling", "mkdir -p .GIT && echo x > .GIT/config"),
        planted(14, "a file instead of a repository", "echo 'gitdir: /tmp/x' > .git"),
        planted(15, "servers for agents", "echo '{}' > .mcp.json"),
        planted(15, "tasks for an editor", "mkdir .vscode && echo '{}' > .vscode/tasks.json"),
        planted(15, "another editor's project", "mkdir .idea && echo x > .idea/workspace.xml"),
        planted(15, "lines for a shell", "echo x > .bashrc; echo x > .profile; echo x > .envrc"),
        planted(15, "work for the build server", "mkdir -p .github/workflows && echo x > .github/workflows/x.yml"),
        planted(1, "a link out of the folder", "ln -s /etc/passwd absolute; ln -s ../../x relative"),
        EscapeAttack(2, "a folder that becomes a link", broker, denial: .harmless) { ground in
            try FileManager.default.createDirectory(
                atPath: ground.workspace.path + "/data", withIntermediateDirectories: false)
            return importing("rmdir data && ln -s '\(ground.outside.path)' data")
        },
        EscapeAttack(
            30, "bring out a program with the set-user bit", .none(because: "importing knows permission bits alone"),
            denial: .harmless
        ) { _ in
            importing("cp $probe tool && chmod 6755 tool")
        },
        EscapeAttack(33, "a pipe", .none(because: "importing knows files, folders and links alone"), denial: .harmless)
        {
            _ in importing("mkfifo pipe")
        },
        EscapeAttack(55, "a sparse file", .roomier { $0.workspaceByteLimit = 64 << 20 }, denial: .harmless) { _ in
            var attempt = importing("$probe sparse-file 16", keeps: false)
            attempt.profile.workspaceByteLimit = 8 << 20
            return attempt
        },
        EscapeAttack(55, "many files", .roomier { $0.workspaceEntryLimit = 20_000 }, denial: .harmless) { _ in
            var attempt = importing("i=0; while [ $i -lt 300 ]; do : > file-$i; i=$((i + 1)); done", keeps: false)
            attempt.profile.workspaceEntryLimit = 200
            return attempt
        },
    ]

    /// What must not be there afterwards, beside a file that must: else nothing shows that anything is brought back.
    private static func planted(_ number: Int, _ name: String, _ script: String, _ mayChange: String...) -> EscapeAttack
    {
        EscapeAttack(number, name, broker, denial: .harmless) { _ in
            var attempt = importing(script)
            attempt.mayChange.formUnion(mayChange)
            return attempt
        }
    }

    private static func importing(_ script: String, keeps: Bool = true) -> EscapeAttempt {
        var attempt = EscapeAttempt(script: keeps ? "\(script); echo kept > kept.txt" : script)
        attempt.profile.workspaceAccess = .imported
        if keeps { attempt.mustChange = ["kept.txt"] }
        return attempt
    }
}
