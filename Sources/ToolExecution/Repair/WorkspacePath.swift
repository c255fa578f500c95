import Foundation
import SandboxExecution

/// A file below the folder under repair, and nowhere else: no link on its way is followed.
struct WorkspacePath {
    /// The folder, held open.
    let folder: ConfinedFolder
    /// The path below it.
    let place: ConfinedPath
    /// The folder's path.
    let root: String

    /// - Throws: `ToolError` when `path` is absolute, leads out of the folder, or names it; or the folder can't be opened.
    init(_ path: String, in workspace: String) throws(ToolError) {
        root = Self.real(workspace)
        do {
            folder = try ConfinedFolder(opening: root, what: "folder under repair")
        } catch {
            throw ToolError(.badArgument, error.description)
        }
        // Guides write `./etc/a.conf` and `etc//a.conf` too.
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
        do {
            guard !path.hasPrefix("/") else { throw ConfinedFolderError.invalidPath }
            place = try ConfinedPath(parts.joined(separator: "/"))
        } catch {
            throw ToolError(.refused, "Can't use `\(path)`: it must be a path inside the folder under repair.")
        }
    }

    /// The file's bytes; nil where no regular file is there.
    ///
    /// - Throws: `ToolError` when the way to it is refused or the file is too large.
    func bytes(byteLimit: Int) throws(ToolError) -> [UInt8]? {
        do {
            return try folder.contents(of: place, byteLimit: byteLimit)
        } catch .missing, .wrongKind {
            return nil
        } catch {
            throw ToolError(error.isRefusal ? .refused : .limit, "Can't use `\(place)`: \(error.reason).")
        }
    }

    static func real(_ path: String) -> String {
        let text = URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path(percentEncoded: false)
        return text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
