import Foundation
import SandboxExecution

/// A copy of the folder under repair, kept in the run's output folder under `before`.
struct FolderCopy {
    let folder: String
    let copy: String
    /// Called with the name of a place that the work passes, for tests that die there.
    private let faultPoint: @Sendable (String) -> Void

    /// - Throws: `ToolError` when one of both folders lies in the other.
    init(
        of folder: String, output: String, faultPoint: @escaping @Sendable (String) -> Void
    ) throws(ToolError) {
        self.faultPoint = faultPoint
        self.folder = WorkspacePath.real(folder)
        copy = output + "/before"
        let kept = WorkspacePath.real(output)
        guard !(kept + "/").hasPrefix(self.folder + "/"), !(self.folder + "/").hasPrefix(kept + "/") else {
            throw ToolError(.refused, "Can't copy the folder: the run's output folder and it lie in one another.")
        }
    }

    /// Called with what paths are to become, the folder they are below, its path, and whether it was made just now,
    /// before anything is changed.
    typealias Preparation = (
        [(path: ConfinedPath, after: EntryState)], ConfinedFolder, String, _ makesRoot: Bool
    ) throws -> Void

    /// Copies the folder; an earlier copy becomes this one.
    func keep(preparing prepare: Preparation) throws(ToolError) -> FolderState {
        let state = try FolderState(of: folder)
        try doing("copy the folder") {
            let manager = FileManager.default
            let output = URL(filePath: copy).deletingLastPathComponent().path(percentEncoded: false)
            let makesRoot = PathKind.of(output) == .missing
            try manager.createDirectory(atPath: output, withIntermediateDirectories: true)
            let name = URL(filePath: copy).lastPathComponent
            let earlier = PathKind.of(copy) == .folder ? try FolderState(of: copy) : nil
            let gone = (earlier?.entries ?? [:]).keys.filter { state.entries[$0] == nil }
            try prepare(
                [(try ConfinedPath(name), .folder(mode: 0o755))]
                    + gone.sorted().map { (try ConfinedPath(name + "/" + $0), .absent) }
                    + state.entries.sorted { $0.key < $1.key }.map {
                        (try ConfinedPath(name + "/" + $0.key), $0.value.state)
                    }, ConfinedFolder(opening: output, what: "output folder"), WorkspacePath.real(output), makesRoot)
            if earlier == nil {
                try? manager.removeItem(atPath: copy)
                try manager.createDirectory(
                    atPath: copy, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
            }
            try make(state, of: earlier ?? FolderState(), in: copy, taking: folder)
        }
        guard try FolderState(of: copy) == state else {
            throw ToolError(.io, "Can't copy the folder: the copy isn't the same.")
        }
        return state
    }

    /// Makes the folder what it was, entry by entry; what is the same isn't touched.
    func putBack(preparing prepare: Preparation) throws(ToolError) -> [(path: String, change: String)] {
        let wanted = try FolderState(of: copy)
        let now = try FolderState(of: folder)
        let changes = now.changes(to: wanted)
        try doing("put the folder back") {
            try prepare(
                changes.map { (try ConfinedPath($0.path), wanted.entries[$0.path]?.state ?? .absent) },
                ConfinedFolder(opening: folder, what: "folder under repair"), folder, false)
            try make(wanted, of: now, in: folder, taking: copy)
        }
        guard try FolderState(of: folder) == wanted else {
            throw ToolError(.io, "Can't put the folder back: it isn't what it was.")
        }
        return changes
    }

    /// Makes the folder `root`, which is `now`, what the folder `source` is.
    ///
    /// A file gets its content under a temporary name and then takes its place, so that a process that dies in between
    /// leaves each path as it was or as it should be. Only what is to go, or to become another kind of thing, is removed.
    private func make(
        _ wanted: FolderState, of now: FolderState, in root: String, taking source: String
    ) throws {
        let target = try ConfinedFolder(opening: root, what: "folder")
        let origin = try ConfinedFolder(opening: source, what: "folder")
        let changes = try now.changes(to: wanted).map { (name: $0.path, path: try ConfinedPath($0.path)) }
        // Deepest first, so that a folder is empty when it goes.
        for (name, path) in changes.reversed() {
            guard let old = now.entries[name], wanted.entries[name]?.isFolder != old.isFolder else { continue }
            faultPoint("folder.change")
            if old.isFolder { try target.removeFolder(path) } else { try target.removeFile(path) }
        }
        for (name, path) in changes {
            faultPoint("folder.change")
            let existing = try target.existing(path)
            switch wanted.entries[name] {
            case .folder?: if existing == nil { try target.makeFolder(path) }
            case .file(_, _, let mode)?:
                let bytes = try origin.contents(of: path, byteLimit: FolderState.byteLimit)
                try target.write(bytes, to: path, ifStill: existing, mode: UInt16(mode & 0o777))
            case .link(let text)?: try target.placeLink(at: path, to: Array(text.utf8), expecting: existing)
            case nil: break
            }
        }
        try setModes(as: wanted, in: root)
    }

    private func setModes(as state: FolderState, in root: String) throws {
        // Deepest first, since a folder's permissions may close the way to what is in it.
        for (path, entry) in state.entries.sorted(by: { $0.key > $1.key }) {
            switch entry {
            case .file(_, _, let mode), .folder(let mode):
                let now = try FileManager.default.attributesOfItem(atPath: root + "/" + path)[.posixPermissions] as? Int
                if now != mode {
                    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: root + "/" + path)
                }
            case .link: break
            }
        }
    }

    private func doing(_ what: String, _ work: () throws -> Void) throws(ToolError) {
        do {
            try work()
        } catch let error as ToolError {
            throw error
        } catch let error as ConfinedFolderError {
            throw ToolError(.io, "Can't \(what): \(error.reason).")
        } catch let error as SandboxError {
            throw ToolError(.io, error.description)
        } catch {
            throw ToolError(.io, "Can't \(what): \(error.localizedDescription).")
        }
    }
}
