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
    /// - Throws: `ToolError` when `path` leaves the folder, also through a symbolic link, or the disk refuses.
    public func write(_ bytes: [UInt8], to path: String) throws(ToolError) {
        let place: ConfinedPath
        do {
            place = try ConfinedPath(path)
        } catch {
            throw ToolError(.refused, "Can't write `\(path)`: it must be a path inside the run's output folder.")
        }
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
        do {
            for ancestor in place.prefixes.dropLast() where try !folder.hasFolder(ancestor) {
                try folder.makeFolder(ancestor)
            }
            try folder.write(bytes, to: place)
        } catch {
            throw ToolError(error.isOfPlace ? .refused : .io, "Can't write `\(path)`: \(error.reason).")
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
