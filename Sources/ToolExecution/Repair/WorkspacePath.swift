import Foundation

/// A path below the folder under repair, and nowhere else.
struct WorkspacePath {
    /// The absolute path.
    let full: String
    /// Relative to the folder.
    let relative: String

    /// - Throws: `ToolError` when `path` is absolute, leads out of the folder, also through a link, or names it.
    init(_ path: String, in workspace: String) throws(ToolError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init).filter { $0 != "." }
        guard !path.hasPrefix("/"), !parts.isEmpty, !parts.contains(".."), !path.utf8.contains(0) else {
            throw ToolError(.refused, "Can't use `\(path)`: it must be a path inside the folder under repair.")
        }
        let root = Self.real(workspace)
        relative = parts.joined(separator: "/")
        full = root + "/" + relative
        // Links are followed as far as the path exists; what they lead to has to be inside, too.
        guard Self.real(full) == full else {
            throw ToolError(.refused, "Can't use `\(path)`: a link leads elsewhere.")
        }
    }

    static func real(_ path: String) -> String {
        let text = URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path(percentEncoded: false)
        return text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
