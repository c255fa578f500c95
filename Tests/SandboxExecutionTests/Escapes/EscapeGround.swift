import Foundation

/// What an attack has before it: a workspace with the probe in it, and a folder outside that must stay as it is.
final class EscapeGround: Sendable {
    /// The folder that is copied into the sandbox.
    let workspace: Scratch
    /// The folder that the sandbox must not reach.
    let outside: OutsideFolder

    init() throws {
        workspace = try Scratch()
        outside = try OutsideFolder()
        try SandboxProbe.copy(to: workspace.path)
    }

    /// Both folders as they are.
    func state() throws -> State {
        State(workspace: try FolderState(of: workspace.path), outside: try FolderState(of: outside.path))
    }

    struct State: Sendable {
        let workspace: FolderState
        let outside: FolderState

        func changes(from old: State) -> Changes {
            Changes(workspace: workspace.changes(from: old.workspace), outside: outside.changes(from: old.outside))
        }
    }

    /// Paths that are there, gone, or otherwise than before.
    struct Changes: Sendable {
        let workspace: Set<String>
        let outside: Set<String>
    }
}

/// A folder outside of the sandbox where everybody may write, so that nothing but the sandbox protects it.
///
/// Not below `/tmp`, which a command always has one of: Landlock lets it write there, to its own.
final class OutsideFolder: Sendable {
    static let mark = "content-of-outside"
    let path: String

    init() throws {
        path = "/var/tmp/sandbox-escapes-\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a file that everybody may read and write, unless `mode` says otherwise; returns its path.
    func file(_ name: String, mode: Int = 0o666) throws -> String {
        let file = path + "/" + name
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder)
        try Data(Self.mark.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}

/// Everything in a folder: what it is, its permissions, and its content or target.
struct FolderState: Equatable, Sendable {
    private var entries: [String: String] = [:]

    init(of folder: String) throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            let path = folder + "/" + name
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let type = attributes[.type] as? FileAttributeType
            let mode = attributes[.posixPermissions] as? Int
            let content =
                switch type {
                case .typeSymbolicLink: try FileManager.default.destinationOfSymbolicLink(atPath: path)
                // A large file that somebody brought in would be sparse: its size says enough.
                case .typeRegular where (attributes[.size] as? Int ?? 0) <= 1 << 20:
                    FileManager.default.contents(atPath: path)?.base64EncodedString() ?? "unreadable"
                case .typeRegular: "\(attributes[.size] as? Int ?? 0) bytes"
                default: ""
                }
            entries[name] = "\(type?.rawValue ?? "?") \(mode ?? -1) \(content)"
        }
    }

    var isEmpty: Bool { entries.isEmpty }

    func changes(from old: FolderState) -> Set<String> {
        let names = Set(entries.keys).union(old.entries.keys)
        return names.filter { entries[$0] != old.entries[$0] }
    }
}
