import Foundation
import SandboxExecution

/// What files of one run's changes were before, each once, named by the hex SHA-256 of its bytes.
///
/// One folder a run, for its user only: it goes as a whole when the run can't be undone any more. What it holds is what
/// the user's own files held, byte for byte, or they could not be put back; it is never shown to a model.
public struct PreimageFolder: Sendable {
    private let path: String

    /// The folder of `run` below the state folder.
    public init(of run: some CustomStringConvertible, in stateDirectory: String) {
        path = "\(stateDirectory)/undo/\(run)"
    }

    /// Keeps bytes; they are durable when this returns.
    ///
    /// - Throws: `ToolError` with code `io` when the disk refuses.
    public func store(_ bytes: [UInt8]) throws(ToolError) {
        let name = ContentDigest.hex(bytes)
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let folder = try ConfinedFolder(opening: path, what: "folder of earlier contents")
            let place = try ConfinedPath(name)
            if try folder.statusIfThere(of: place) != nil, (try? read(name)) != nil { return }
            try folder.write(bytes, to: place, mode: 0o600, isSynced: true)
        } catch let error as ConfinedFolderError {
            throw ToolError(.io, "Can't keep what a file was before: \(error.reason).")
        } catch {
            throw ToolError(.io, "Can't keep what a file was before: \(error).")
        }
    }

    /// The bytes of that hash.
    ///
    /// - Throws: `ToolError` when they are gone, or are not what was kept.
    public func read(_ sha256: String) throws(ToolError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            let folder = try ConfinedFolder(opening: path, what: "folder of earlier contents")
            bytes = try folder.contents(of: ConfinedPath(sha256), byteLimit: EntryState.byteLimit)
        } catch {
            throw ToolError(.notFound, "Can't read what a file was before: `\(sha256.prefix(12))` is gone.")
        }
        guard ContentDigest.hex(bytes) == sha256 else {
            throw ToolError(.badData, "Can't use what a file was before: `\(sha256.prefix(12))` was changed.")
        }
        return bytes
    }

    /// The names of the runs that have such a folder below the state folder.
    public static func runs(in stateDirectory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(stateDirectory)/undo")) ?? []).sorted()
    }

    /// Removes the folder; the run can't be undone after that.
    ///
    /// - Throws: `ToolError` with code `io` when the disk refuses.
    public func remove() throws(ToolError) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw ToolError(.io, "Can't remove what files were before: \(error).")
        }
    }

    /// Whether the bytes of that hash are there and are what was kept.
    public func holds(_ sha256: String) -> Bool { (try? read(sha256)) != nil }
}
