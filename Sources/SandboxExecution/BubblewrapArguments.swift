import Glibc

/// Turns a profile and a command into bubblewrap's arguments.
///
/// Options are applied in order, so the order below is part of the promise: mount points are only ever made
/// on the sandbox's own file systems, never inside a folder that somebody else may write to, and the root is
/// made read-only last.
enum BubblewrapArguments {
    /// The complete argument list after the program name.
    static func make(
        command: SandboxCommand, program: String, workspace: String?, readOnlyPaths: [String],
        profile: SandboxProfile
    ) -> [String] {
        var list = isolation + systemMounts
        // A new procfs belongs to this process namespace. Read-only, because a caller that is root stays the
        // owner of /proc/sys there and could change the machine's settings.
        list += ["--proc", "/proc", "--remount-ro", "/proc"]
        list += ["--dev", "/dev"]
        list += tmpfs("/dev/shm", byteLimit: profile.tmpByteLimit) + ["--remount-ro", "/dev"]
        list += tmpfs("/tmp", byteLimit: profile.tmpByteLimit)
        for path in readOnlyPaths { list += ["--ro-bind", path, path] }
        if let workspace {
            list += [profile.isWorkingDirectoryWritable ? "--bind" : "--ro-bind", workspace, "/workspace"]
        }
        list += ["--remount-ro", "/", "--chdir", workspace == nil ? "/tmp" : "/workspace", "--clearenv"]
        for (key, value) in environment(of: command) { list += ["--setenv", key, value] }
        list.append("--")
        return list
            + LaunchScript.arguments(
                program: program, arguments: Array(command.argv.dropFirst()), profile: profile)
    }

    private static let isolation = [
        "--unshare-all", "--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534",
        "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox",
    ]

    /// The folders that programs of the system lie in, on the host and inside alike.
    static let systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]

    /// `/usr`, the top-level names that lead into it, and what the dynamic linker and `alternatives` need.
    private static let systemMounts: [String] = {
        var list = ["--ro-bind", "/usr", "/usr"]
        for name in systemFolders.dropFirst() {
            if let target = HostPath.linkTarget(name) {
                list += ["--symlink", target, name]
            } else if HostPath.isDirectory(name) {
                list += ["--ro-bind", name, name]
            }
        }
        // Made first and readable by all: bubblewrap creates missing parents with mode 0700.
        list += ["--perms", "0755", "--dir", "/etc"]
        for name in ["/etc/ld.so.cache", "/etc/alternatives"] { list += ["--ro-bind-try", name, name] }
        return list
    }()

    private static func tmpfs(_ path: String, byteLimit: Int) -> [String] {
        ["--perms", "1777", "--size", "\(max(byteLimit, 1 << 16))", "--tmpfs", path]
    }

    private static func environment(of command: SandboxCommand) -> [(key: String, value: String)] {
        let fixed = [
            "PATH": ProgramLocation.searchPath.joined(separator: ":"), "LANG": "C.UTF-8", "HOME": "/tmp",
            "TMPDIR": "/tmp",
        ]
        return fixed.merging(command.environment) { _, own in own }.sorted { $0.key < $1.key }
    }
}
