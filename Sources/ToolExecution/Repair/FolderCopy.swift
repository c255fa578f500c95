import Foundation

/// A copy of the folder under repair, kept in the run's output folder under `before`.
struct FolderCopy {
    let folder: String
    let copy: String

    /// - Throws: `ToolError` when one of both folders lies in the other.
    init(of folder: String, output: String) throws(ToolError) {
        self.folder = WorkspacePath.real(folder)
        copy = output + "/before"
        let kept = WorkspacePath.real(output)
        guard !(kept + "/").hasPrefix(self.folder + "/"), !(self.folder + "/").hasPrefix(kept + "/") else {
            throw ToolError(.refused, "Can't copy the folder: the run's output folder and it lie in one another.")
        }
    }

    /// Copies the folder; an earlier copy is replaced.
    func keep() throws(ToolError) -> FolderState {
        let state = try FolderState(of: folder)
        try doing("copy the folder") {
            let manager = FileManager.default
            try manager.createDirectory(
                atPath: URL(filePath: copy).deletingLastPathComponent().path(percentEncoded: false),
                withIntermediateDirectories: true)
            try? manager.removeItem(atPath: copy)
            try manager.copyItem(atPath: folder, toPath: copy)
            try setModes(as: state, in: copy)
        }
        guard try FolderState(of: copy) == state else {
            throw ToolError(.io, "Can't copy the folder: the copy isn't the same.")
        }
        return state
    }

    /// Makes the folder what it was, entry by entry; what is the same isn't touched.
    func putBack() throws(ToolError) -> [(path: String, change: String)] {
        let wanted = try FolderState(of: copy)
        let changes = try FolderState(of: folder).changes(to: wanted)
        try doing("put the folder back") {
            let manager = FileManager.default
            // Deepest first, so that a folder is empty when it goes.
            for (path, change) in changes.reversed() where change != "added" {
                if case .folder? = wanted.entries[path], isFolder(folder + "/" + path) { continue }
                try? manager.removeItem(atPath: folder + "/" + path)
            }
            for (path, _) in changes {
                let target = folder + "/" + path
                switch wanted.entries[path] {
                case .folder?: try manager.createDirectory(atPath: target, withIntermediateDirectories: true)
                case .file?, .link?: try manager.copyItem(atPath: copy + "/" + path, toPath: target)
                case nil: break
                }
            }
            try setModes(as: wanted, in: folder)
        }
        guard try FolderState(of: folder) == wanted else {
            throw ToolError(.io, "Can't put the folder back: it isn't what it was.")
        }
        return changes
    }

    private func setModes(as state: FolderState, in root: String) throws {
        for (path, entry) in state.entries {
            switch entry {
            case .file(_, let mode), .folder(let mode):
                let now = try FileManager.default.attributesOfItem(atPath: root + "/" + path)[.posixPermissions] as? Int
                if now != mode {
                    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: root + "/" + path)
                }
            case .link: break
            }
        }
    }

    private func isFolder(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType) == .typeDirectory
    }

    private func doing(_ what: String, _ work: () throws -> Void) throws(ToolError) {
        do {
            try work()
        } catch let error as ToolError {
            throw error
        } catch {
            throw ToolError(.io, "Can't \(what): \(error.localizedDescription).")
        }
    }
}
