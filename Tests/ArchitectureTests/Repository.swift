import Foundation

/// The repository that this test was built from.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The names of the folders directly below `path`.
    static func folders(in path: String) throws -> Set<String> {
        let urls = try FileManager.default.contentsOfDirectory(
            at: root.appendingPathComponent(path), includingPropertiesForKeys: [.isDirectoryKey],
            options: [.skipsHiddenFiles])
        return Set(urls.filter { $0.hasDirectoryPath }.map(\.lastPathComponent))
    }

    /// The names of the files directly in `path`.
    static func files(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(path).path).sorted()
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Every Swift file of a folder of `Sources`, at any depth.
    static func sources(of room: String) throws -> [SourceText] {
        let folder = root.appendingPathComponent("Sources/\(room)")
        guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else {
            return []
        }
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .sorted { $0.path < $1.path }
            .map { file in
                SourceText(
                    room: room, name: file.lastPathComponent,
                    text: try String(contentsOf: file, encoding: .utf8))
            }
    }
}
