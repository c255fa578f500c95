import SandboxExecution
import Testing

@Suite struct ProtectedNamesTests {
    @Test(arguments: [
        ".git", ".gitmodules", ".gitattributes", ".github", ".gitlab-ci.yml", ".gitconfig", "GIT~1", ".env",
        ".env.local",
        ".envrc", ".mcp.json", ".vscode", ".idea", ".cursor", ".claude", ".codex", ".agents", ".husky",
        ".pre-commit-config.yaml", ".ci", ".circleci", ".travis.yml", "Jenkinsfile", ".bashrc", ".bash_profile",
        ".bash_login", ".profile", ".zshrc", ".zshenv", ".zprofile", ".zlogin", ".inputrc", ".ssh", ".aws", ".gnupg",
        ".netrc", ".npmrc", ".pypirc", ".ripgreprc", ".direnv", ".devcontainer", ".yarnrc", ".yarnrc.yml",
        "warrant.yaml", ".warrant", "AGENTS.md", "CLAUDE.md", ".docker", ".kube", ".gdbinit", ".lldbinit", ".pdbrc",
        ".ghci", ".irbrc", ".Rprofile",
        ".lvimrc", "CLAUDE.local.md", "opencode.json", "mise.toml", ".tool-versions", "buildspec.yml",
        "cloudbuild.yaml", ".hgrc", ".screenrc", ".bazelrc", ".jj", ".cargo", ".bundle", ".mvn", ".kiro", ".roo",
        ".continue",
    ])
    func `a protected name is one in any spelling`(name: String) {
        let spellings = [
            name, name.uppercased(), name.lowercased(), name + ".", name + " ", name + ". .", "\u{200D}" + name,
            name.replacing("s", with: "\u{17F}"), name.replacing("k", with: "\u{212A}"),
        ]
        for spelling in spellings { #expect(ProtectedNames.contains(Array(spelling.utf8)), "\(spelling)") }
        #expect(!ProtectedNames.contains(Array(("x" + name).utf8)))
    }

    @Test(arguments: [
        ".gitignore", "git", "env", "environment", "policy.yaml", ".editorconfig", "ci", "vscode", "README.md",
        "Makefile",
        "main.py", ".profile.txt", "x.bashrc", "", ".", "bashrc", ".clang-format", "docker",
    ])
    func `an ordinary name is not protected`(name: String) {
        #expect(!ProtectedNames.contains(Array(name.utf8)))
    }

    @Test(arguments: ["a.code-workspace", "A.Code-Workspace", "x.sublime-project", "x.sublime-workspace."])
    func `an editor's project file is protected by its ending`(name: String) {
        #expect(ProtectedNames.contains(Array(name.utf8)))
        #expect(!ProtectedNames.contains(Array((name + "x").utf8)))
    }

    @Test func `a hidden name is known to be harmless or not`() {
        for name in [".newtool", ".Newtool", ".x.yaml", ". ", ".coveragerc"] {
            #expect(ProtectedNames.isUnknownHidden(Array(name.utf8)) == (name != ". "), "\(name)")
        }
        for name in [".gitignore", ".gitkeep", ".editorconfig", "newtool", "x.newtool"] {
            #expect(!ProtectedNames.isUnknownHidden(Array(name.utf8)), "\(name)")
        }
    }

    @Test func `the outermost protected part counts`() throws {
        #expect(try ProtectedNames.root(of: path("a/.git/hooks/.env")) == (try path("a/.git")))
        #expect(try ProtectedNames.root(of: path("a/git/hooks")) == nil)
    }

    @Test func `bytes that are not UTF-8 do not hide a name`() {
        #expect(ProtectedNames.contains(Array(".git".utf8) + [0xFF]))
        #expect(!ProtectedNames.contains([0xFF]))
    }
}
