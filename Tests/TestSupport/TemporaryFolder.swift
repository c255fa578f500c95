import Foundation

/// A folder of a test's own, removed with everything in it when the value's life ends.
package final class TemporaryFolder: Sendable {
    /// The folder's absolute path, symbolic links resolved, no slash at the end.
    package let path: String

    /// Makes a new empty folder.
    package init() throws {
        let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        let url = root.appendingPathComponent("warrant-test-\(UUID().uuidString.lowercased())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        self.path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The absolute path of `relative` in this folder.
    package func path(_ relative: String) -> String { path + "/" + relative }

    /// Writes a UTF-8 text file, making the folders above it, and returns its absolute path.
    @discardableResult
    package func write(_ text: String, to relative: String) throws -> String {
        try write(bytes: Array(text.utf8), to: relative)
    }

    /// Writes a file of these bytes, making the folders above it, and returns its absolute path.
    @discardableResult
    package func write(bytes: [UInt8], to relative: String) throws -> String {
        let target = path(relative)
        let parent = URL(fileURLWithPath: target).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: target))
        return target
    }

    /// Makes an empty folder inside this one and returns its absolute path.
    @discardableResult
    package func makeFolder(_ relative: String) throws -> String {
        try FileManager.default.createDirectory(atPath: path(relative), withIntermediateDirectories: true)
        return path(relative)
    }

    /// The bytes of a file in this folder.
    package func bytes(of relative: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(relative))))
    }

    /// The text of a file in this folder; bytes that are not UTF-8 come as U+FFFD.
    package func text(of relative: String) throws -> String {
        try String(decoding: bytes(of: relative), as: UTF8.self)
    }

    /// Whether a file or folder of this name is there.
    package func contains(_ relative: String) -> Bool {
        FileManager.default.fileExists(atPath: path(relative))
    }

    /// The relative paths of everything inside, sorted.
    package func listing() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    }
}
