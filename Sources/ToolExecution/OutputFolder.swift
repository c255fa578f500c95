import Foundation
import SandboxExecution

/// The folder a run writes to. A path is taken below it, never out of it, and a file appears whole or not at all.
public struct OutputFolder: Sendable {
    private let root: String

    /// The folder at `root`, an absolute path; it is made when something is first written.
    public init(_ root: String) {
        self.root = root
    }

    /// Writes `bytes` to `path`, a path relative to the folder.
    ///
    /// - Parameters:
    ///   - bytes: the file's new content.
    ///   - path: where.
    ///   - address: the step that writes it; empty for the run itself.
    ///   - keeper: where what the file was before is kept.
    /// - Throws: `ToolError` when `path` leaves the folder, also through a symbolic link, or the disk refuses.
    public func write(
        _ bytes: [UInt8], to path: String, at address: String = "", keeping keeper: any ChangeKeeper = KeepingNothing()
    ) throws(ToolError) {
        let place: ConfinedPath
        do {
            place = try ConfinedPath(path)
        } catch {
            throw ToolError(.refused, "Can't write `\(path)`: it must be a path inside the run's output folder.")
        }
        let makesRoot = PathKind.of(root) == .missing
        do {
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        } catch {
            throw ToolError(.io, "Can't write `\(path)`: \(error.localizedDescription).")
        }
        let folder: ConfinedFolder
        do {
            folder = try ConfinedFolder(opening: root, what: "output folder")
        } catch {
            throw ToolError(.io, error.description)
        }
        try prepare(bytes, to: place, in: folder, makesRoot: makesRoot, at: address, keeping: keeper)
        do {
            for ancestor in place.prefixes.dropLast() where try !folder.hasFolder(ancestor) {
                try folder.makeFolder(ancestor)
            }
            try folder.write(bytes, to: place)
        } catch {
            throw ToolError(error.isOfPlace ? .refused : .io, "Can't write `\(path)`: \(error.reason).")
        }
    }

    /// Keeps what is there, and records what will be.
    private func prepare(
        _ bytes: [UInt8], to place: ConfinedPath, in folder: ConfinedFolder, makesRoot: Bool, at address: String,
        keeping keeper: any ChangeKeeper
    ) throws(ToolError) {
        do {
            // A file that is there keeps its permissions.
            let mode = try folder.existing(place)?.mode ?? 0o644
            let folders = try place.prefixes.dropLast().filter { try !folder.hasFolder($0) }
            try ChangeSet.prepare(
                folders.map { ($0, .folder(mode: 0o755)) } + [(place, .file(bytes, mode: mode))], in: folder,
                root: root, makesRoot: makesRoot, own: place, at: address, keeping: keeper)
        } catch let error as ConfinedFolderError {
            throw ToolError(error.isOfPlace ? .refused : .io, "Can't write `\(place)`: \(error.reason).")
        } catch let error as ToolError {
            throw error
        } catch {
            throw ToolError(.io, "Can't write `\(place)`: what it is now can't be kept (\(error)).")
        }
    }
}

extension ConfinedFolder {
    /// Whether a folder is there; another thing of that name is an error.
    fileprivate func hasFolder(_ path: ConfinedPath) throws(ConfinedFolderError) -> Bool {
        do throws(ConfinedFolderError) {
            let kind = try status(of: path).kind
            guard kind == .folder else { throw .wrongKind(kind) }
            return true
        } catch .missing {
            return false
        }
    }
}

extension ConfinedFolderError {
    /// Whether the path is at fault, and not the disk.
    var isOfPlace: Bool {
        if case .wrongKind = self { true } else { isRefusal }
    }
}
