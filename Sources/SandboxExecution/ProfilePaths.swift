import Glibc
import SystemPackage

/// A profile's paths after they have been checked and every link in them followed.
struct ProfilePaths: Equatable {
    let workspace: String?
    let readOnlyPaths: [String]

    init(checking profile: SandboxProfile) throws(SandboxError) {
        if let folder = profile.workingDirectory {
            let path = try Self.check(folder, what: "workspace")
            guard HostPath.linkTarget(folder) == nil else {
                throw Self.failure(folder, what: "workspace", reason: "it is a symbolic link; name the folder itself")
            }
            guard HostPath.isDirectory(path) else {
                throw Self.failure(folder, what: "workspace", reason: "it is not a folder")
            }
            workspace = path
        } else {
            workspace = nil
        }
        var paths: [String] = []
        for path in profile.readOnlyPaths {
            let resolved = try Self.check(path, what: "read-only path")
            // A path that is a link is bound under both names, so that either spelling works inside.
            for name in path == resolved ? [path] : [resolved, path]
            where !HostPath.isInside(name, folder: "/usr") && !paths.contains(name) {
                paths.append(name)
            }
        }
        readOnlyPaths = paths
    }

    /// Folders whose content is the machine's or a person's, never a tool's: refused with all they contain.
    private static let closed = ["/proc", "/sys", "/dev", "/run", "/var/run", "/boot", "/lost+found"]
    /// Refused as a whole, but a folder inside may be named.
    private static let tooWide = [
        "/", "/home", "/root", "/etc", "/var", "/mnt", "/media", "/tmp", "/usr", "/workspace",
    ]

    private static func check(_ path: String, what: String) throws(SandboxError) -> String {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw failure(path, what: what, reason: "it is not an absolute path")
        }
        guard let resolved = HostPath.resolved(path) else {
            let isClosed = errno == EACCES
            throw failure(
                path, what: what,
                reason: isClosed
                    ? "a folder above it is closed to user \(SandboxIdentity.caller)" : "it does not exist")
        }
        // A folder for temporary files, in memory. The sandbox has its own there, so it can't be shown, but copied.
        let isInSharedMemory = what == "workspace" && resolved.hasPrefix("/dev/shm/")
        for name in [path, resolved] where !isInSharedMemory {
            if closed.contains(where: { HostPath.isInside(name, folder: $0) }) {
                throw failure(
                    path, what: what,
                    reason: "`\(VisiblePath.text(of: name.utf8))` is never shown to a sandboxed command")
            }
        }
        let isHome = HostPath.homeFolders.contains { HostPath.isInside($0, folder: resolved) }
        if isHome || FilePath(resolved).removingLastComponent() == "/home"
            || (tooWide.contains(resolved) && !(what == "read-only path" && resolved == "/usr"))
        {
            throw failure(path, what: what, reason: "it is too wide; name a folder inside it")
        }
        return resolved
    }

    private static func failure(_ path: String, what: String, reason: String) -> SandboxError {
        SandboxError(
            .invalidProfile, operation: "show \(what) `\(VisiblePath.text(of: path.utf8))` in sandbox", reason: reason)
    }
}

extension HostPath {
    /// The home folders of people, links followed: the caller's own by its environment, and all that the machine's list
    /// of users names for numbers that people have (login.defs(5): from 1000; 65534 is nobody's).
    static var homeFolders: [String] {
        var paths: [String] = []
        // getenv's result is copied at once; nothing here changes the environment.
        if let raw = unsafe getenv("HOME") { paths.append(unsafe String(cString: raw)) }
        for line in (contents("/etc/passwd") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 7, let user = Int(fields[2]), user >= 1000, user != 65_534 else { continue }
            paths.append(String(fields[5]))
        }
        return paths.filter { $0.hasPrefix("/") && $0 != "/" }.compactMap { resolved($0) }.filter { $0 != "/" }
    }
}
