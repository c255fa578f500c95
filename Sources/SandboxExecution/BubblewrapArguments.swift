import Glibc

/// Turns a plan into bubblewrap's arguments.
///
/// Options are applied in order, so the order below is part of the promise: mount points are only ever made
/// on the sandbox's own file systems, never inside a folder that somebody else may write to, and the root is
/// made read-only last.
enum BubblewrapArguments {
    /// The complete argument list after the program name.
    static func make(_ plan: SandboxPlan) -> [String] {
        let layers = plan.layers
        let profile = plan.profile
        var list = namespaces(layers)
        list += layers.has(.files) ? systemMounts : machineMounts()
        if layers.has(.processes) {
            // A new procfs belongs to this process namespace. Read-only, because whoever made the namespace stays the
            // owner of /proc/sys there.
            list += ["--proc", "/proc", "--remount-ro", "/proc"]
        } else {
            list += ["--ro-bind", "/proc", "/proc"]
        }
        list += ["--dev", "/dev"]
        list += tmpfs("/dev/shm", byteLimit: profile.tmpByteLimit) + ["--remount-ro", "/dev"]
        if layers.has(.files) { list += tmpfs("/tmp", byteLimit: profile.tmpByteLimit) }
        for path in plan.readOnlyPaths { list += ["--ro-bind", path, path] }
        if plan.hasWorkspace {
            list += tmpfs(SandboxPlan.workspace, byteLimit: plan.workspaceSize, permissions: "0755")
        }
        list += ["--perms", "0555", "--file", "\(HelperArguments.descriptor)", HelperArguments.pathInside]
        list += ["--remount-ro", "/"]
        if layers.has(.environment) { list.append("--clearenv") }
        for (key, value) in environment(of: plan) { list += ["--setenv", key, value] }
        list.append("--")
        return list + HelperArguments.inside(plan)
    }

    private static func namespaces(_ layers: SandboxLayers) -> [String] {
        var list = [
            "--unshare-user", "--unshare-uts", "--unshare-cgroup-try", "--uid", "\(SandboxIdentity.sandboxUser)",
            "--gid", "\(SandboxIdentity.sandboxUser)", "--die-with-parent", "--hostname", "sandbox",
        ]
        if layers.has(.ipc) { list.append("--unshare-ipc") }
        if layers.has(.processes) { list.append("--unshare-pid") }
        if layers.has(.network) { list.append("--unshare-net") }
        if layers.has(.nestedNamespaces) { list.append("--disable-userns") }
        if layers.has(.session) { list.append("--new-session") }
        list += layers.has(.capabilities) ? ["--cap-drop", "ALL"] : ["--cap-add", "ALL"]
        return list
    }

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

    /// The machine's own root, for the test that shows what hiding it prevents.
    private static func machineMounts() -> [String] {
        HostPath.names(in: "/").sorted().flatMap { name -> [String] in
            let path = "/" + name
            if ["/proc", "/dev", SandboxPlan.workspace].contains(path) { return [] }
            if let target = HostPath.linkTarget(path) { return ["--symlink", target, path] }
            return ["--bind-try", path, path]
        }
    }

    private static func tmpfs(_ path: String, byteLimit: Int, permissions: String = "1777") -> [String] {
        ["--perms", permissions, "--size", "\(max(byteLimit, 1 << 16))", "--tmpfs", path]
    }

    private static func environment(of plan: SandboxPlan) -> [(key: String, value: String)] {
        let fixed = [
            "PATH": ProgramLocation.searchPath.joined(separator: ":"), "LANG": "C.UTF-8", "HOME": "/tmp",
            "TMPDIR": "/tmp",
        ]
        return fixed.merging(plan.environment) { _, own in own }.sorted { $0.key < $1.key }
    }
}
