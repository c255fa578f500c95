/// Names that a sandboxed command may not bring into the user's folder, at any depth.
///
/// What they have in common: they are written now and executed or believed later, outside of any sandbox and without
/// anybody looking. A hook runs at the next commit, an editor's task when the folder is opened, a CI file with the
/// project's secrets, a shell file at the next login; an agent takes its instructions from others. Source code and
/// build files can do harm as well, but changing those is what a command is for, and they are shown to whoever
/// approves.
package enum ProtectedNames {
    /// The outermost part of the path that has a protected name, as a path; nil when no part has one.
    package static func root(of path: ConfinedPath) -> ConfinedPath? {
        path.prefixes.first { contains($0.name) }
    }

    /// Whether a single name is protected.
    ///
    /// Names compare as the most lenient file system would: without case, without characters that are not shown, and
    /// without dots and spaces at the end.
    package static func contains(_ name: some Collection<UInt8>) -> Bool {
        let name = folded(name)
        if allowed.contains(name) { return false }
        return names.contains(name) || prefixes.contains { name.hasPrefix($0) }
            || suffixes.contains { name.hasSuffix($0) }
    }

    /// Whether a name is hidden and none of the few that are known to be harmless. A list of what programs believe is
    /// never complete, and nearly all of it is hidden, so such a name is refused where it is new.
    package static func isUnknownHidden(_ name: some Collection<UInt8>) -> Bool {
        let name = folded(name)
        return name.hasPrefix(".") && !allowed.contains(name)
    }

    /// Begin like a protected name, but nothing runs or believes them.
    private static let allowed: Set<String> = [
        ".gitignore", ".gitkeep", ".keep", ".dockerignore", ".npmignore", ".eslintignore", ".prettierignore",
        ".editorconfig", ".clang-format", ".swift-format", ".nojekyll", ".coverage",
    ]

    private static let suffixes = [".code-workspace", ".sublime-project", ".sublime-workspace"]

    private static let prefixes = [
        // Version control: hooks, filters, submodules, and what hosts of repositories run (`.github`,
        // `.gitlab-ci.yml`). `git~1` is how Windows file systems also call `.git`.
        ".git", "git~",
        // Variables that tools load by themselves, and secrets.
        ".env",
        // This program's own files.
        ".warrant",
    ]

    private static let names: Set<String> = versionControl.union(automation).union(editors).union(agents)
        .union(shells).union(credentials).union(toolSettings)

    private static let versionControl: Set<String> = [
        ".hg", ".hgrc", ".svn", ".jj", ".bzr", ".husky", ".pre-commit-config.yaml", ".pre-commit-config.yml",
        ".pre-commit-hooks.yaml",
        "lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml",
    ]
    private static let automation: Set<String> = [
        ".ci", ".circleci", ".travis.yml", "jenkinsfile", ".drone.yml", ".buildkite", ".cirrus.yml", ".woodpecker",
        ".woodpecker.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "appveyor.yml", ".appveyor.yml",
        "buildspec.yml", "buildspec.yaml", "cloudbuild.yml", "cloudbuild.yaml",
    ]
    private static let editors: Set<String> = [
        ".vscode", ".idea", ".fleet", ".zed", ".vim", ".vimrc", ".exrc", ".nvimrc", ".nvim.lua", ".dir-locals.el",
        ".devcontainer", ".devcontainer.json", ".lvimrc",
    ]
    private static let agents: Set<String> = [
        ".mcp.json", ".cursor", ".cursorrules", ".claude", ".codex", ".agents", ".gemini", ".windsurf",
        ".windsurfrules", ".clinerules", ".aider.conf.yml", "agents.md", "claude.md", "claude.local.md", "gemini.md",
        "opencode.json", "opencode.jsonc", ".kiro", ".roo", ".continue",
    ]
    private static let shells: Set<String> = [
        ".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".bash_aliases", ".profile", ".zshrc", ".zshenv",
        ".zprofile", ".zlogin", ".zlogout", ".inputrc", ".direnv",
        ".screenrc", ".gdbinit", ".lldbinit", ".pdbrc", ".ghci", ".irbrc", ".rprofile",
    ]
    private static let credentials: Set<String> = [
        ".ssh", ".aws", ".gnupg", ".netrc", ".docker", ".kube",
    ]
    private static let toolSettings: Set<String> = [
        "mise.toml", ".tool-versions", ".bazelrc", ".cargo", ".bundle", ".mvn", ".npmrc", ".pypirc", ".yarnrc",
        ".yarnrc.yml", ".ripgreprc", ".curlrc", ".wgetrc", "warrant.yaml",
        "warrant.yml",
    ]

    private static func folded(_ name: some Collection<UInt8>) -> String {
        let scalars = String(decoding: name, as: UTF8.self).unicodeScalars.filter {
            !$0.properties.isDefaultIgnorableCodePoint
        }
        // Upper case first: a long s and a Kelvin sign have `S` and `K` as their upper case, but are their own lower
        // case or another's.
        var text = String(String.UnicodeScalarView(scalars)).uppercased().lowercased()
        while text.hasSuffix(".") || text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
