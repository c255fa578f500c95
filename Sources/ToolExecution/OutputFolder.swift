import Foundation

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
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard !path.hasPrefix("/"), !parts.isEmpty, !parts.contains(".."), !parts.contains("."), !path.contains("\0")
        else {
            throw ToolError(.refused, "Can't write `\(path)`: it must be a path inside the run's output folder.")
        }
        let manager = FileManager.default
        var folder = root
        do {
            try manager.createDirectory(atPath: root, withIntermediateDirectories: true)
            for part in parts.dropLast() {
                folder += "/" + part
                if let type = try? manager.attributesOfItem(atPath: folder)[.type] as? FileAttributeType {
                    guard type == .typeDirectory else {
                        throw ToolError(.refused, "Can't write `\(path)`: `\(part)` is no folder.")
                    }
                } else {
                    try manager.createDirectory(atPath: folder, withIntermediateDirectories: false)
                }
            }
            let target = root + "/" + parts.joined(separator: "/")
            if let type = try? manager.attributesOfItem(atPath: target)[.type] as? FileAttributeType {
                guard type == .typeRegular else {
                    throw ToolError(.refused, "Can't write `\(path)`: something that is no file has that name.")
                }
            }
            // Foundation writes to a temporary file beside the target and renames it.
            try Data(bytes).write(to: URL(filePath: target), options: .atomic)
        } catch let error as ToolError {
            throw error
        } catch {
            throw ToolError(.io, "Can't write `\(path)`: \(error.localizedDescription).")
        }
    }
}
