/// Names whose content is never copied into a sandbox, at any depth: version control, whose hooks and configuration are
/// programs and whose history may hold anything, and files that exist to hold passwords and keys. Keys of ordinary names,
/// such as a test's `server.pem`, are copied.
enum SecretNames {
    /// Whether an entry of this name stays outside. ASCII letters compare without case.
    static func contains(_ name: some Collection<UInt8>) -> Bool {
        let name = String(decoding: name, as: UTF8.self).lowercased()
        return names.contains(name) || (name.hasPrefix(".env.") && !examples.contains(name))
    }

    private static let names: Set<String> = [
        ".git", ".hg", ".svn", ".jj", ".bzr", "cvs", ".git-credentials", ".env", ".envrc", ".ssh", ".aws", ".azure",
        ".gnupg", ".netrc", ".pgpass", ".my.cnf", ".htpasswd", ".vault-token", ".pypirc", ".npmrc", ".yarnrc.yml",
        ".docker", ".kube", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519",
    ]
    /// What projects check in to show which variables there are.
    private static let examples: Set<String> = [".env.example", ".env.sample", ".env.template"]
}
